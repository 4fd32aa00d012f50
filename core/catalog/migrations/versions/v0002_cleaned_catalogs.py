"""Products left out, cleaning steps, what imports changed, and rows that bear the event that added them"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "catalog_totals",
        sa.Column("catalog_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("categories", sa.Integer(), nullable=False),
        sa.Column("splits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("catalog_id"),
    )
    op.create_table(
        "duplicate_groups",
        sa.Column("catalog_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("group_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("picture_hash", sa.String(length=64), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("built_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("catalog_id", "kind", "group_id", "product_id", "picture_hash"),
    )
    with op.batch_alter_table("duplicate_groups", schema=None) as batch_op:
        batch_op.create_index("duplicate_groups_by_product", ["catalog_id", "product_id"], unique=False)

    op.create_table(
        "picture_measures",
        sa.Column("picture_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("brightness", sa.Float(), nullable=True),
        sa.Column("highlight", sa.Float(), nullable=True),
        sa.Column("contrast", sa.Float(), nullable=True),
        sa.Column("sharpness", sa.Float(), nullable=True),
        sa.Column("information", sa.Float(), nullable=True),
        sa.Column("edges", sa.Float(), nullable=True),
        sa.Column("background", sa.Float(), nullable=True),
        sa.Column("colorfulness", sa.Float(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("picture_hash"),
    )
    op.create_table(
        "removed_product_pictures",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalog_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("picture_hash", sa.String(length=64), nullable=True),
        sa.Column("source_name", sa.Text(), nullable=True),
        sa.Column("source_bytes", sa.BigInteger(), nullable=True),
        sa.Column("source_modified_ns", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "catalog_id", "product_id", "position"),
    )
    with op.batch_alter_table("removed_product_pictures", schema=None) as batch_op:
        batch_op.create_index("removed_product_pictures_by_row", ["catalog_id", "product_id", "position"], unique=False)

    op.create_table(
        "removed_products",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalog_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("price_minor_units", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("split", sa.String(length=10), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.Column("source_values", sa.JSON(), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("changed_in", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "catalog_id", "product_id"),
    )
    with op.batch_alter_table("removed_products", schema=None) as batch_op:
        batch_op.create_index("removed_products_by_row", ["catalog_id", "product_id"], unique=False)

    op.create_table(
        "cleaning_steps",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("catalog_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"],
            ["catalogs.catalog_id"],
        ),
        sa.PrimaryKeyConstraint("step_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("cleaning_steps", schema=None) as batch_op:
        batch_op.create_index("cleaning_steps_by_catalog", ["catalog_id"], unique=False)

    op.create_table(
        "import_changes",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.import_id"],
        ),
        sa.PrimaryKeyConstraint("import_id", "product_id", "kind"),
    )
    with op.batch_alter_table("catalogs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("columns_since", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undoes", sa.Integer(), nullable=True))

    with op.batch_alter_table("product_pictures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("added_by", sa.Integer(), nullable=True))
        batch_op.create_index("product_pictures_by_event", ["added_by"], unique=False)

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_out", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("added_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("changed_in", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_index("products_by_category")
        batch_op.drop_index("products_by_source_key")
        batch_op.create_index("products_by_change", ["catalog_id", "changed_in"], unique=False)
        batch_op.create_index("products_by_event", ["added_by"], unique=False)
        batch_op.create_index(
            "products_by_other_key",
            ["catalog_id", "source_key"],
            unique=False,
            sqlite_where=sa.text("source_key <> product_id"),
            postgresql_where=sa.text("source_key <> product_id"),
        )
        batch_op.create_index("products_in_category", ["catalog_id", "category", "left_out", "split"], unique=False)
        batch_op.create_index(
            "products_left_out",
            ["catalog_id", "product_id"],
            unique=False,
            sqlite_where=sa.text("left_out IS NOT NULL"),
            postgresql_where=sa.text("left_out IS NOT NULL"),
        )

    # A file or row may be skipped for two reasons: the reason joins the key.
    op.create_table(
        "skipped_files_by_reason",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.import_id"],
        ),
        sa.PrimaryKeyConstraint("import_id", "name", "reason"),
    )
    columns = "import_id, name, reason, detail"
    op.execute(f"INSERT INTO skipped_files_by_reason ({columns}) SELECT {columns} FROM skipped_files")
    op.drop_table("skipped_files")
    op.rename_table("skipped_files_by_reason", "skipped_files")
