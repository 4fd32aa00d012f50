"""The tables of a home. Change them only together with a migration in ``core/catalog/migrations``."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

catalogs = Table(
    "catalogs",
    metadata,
    Column("catalog_id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("source", Text),
    Column("version", Integer, nullable=False, default=1),
    Column("created", String(32), nullable=False),
    Column("deleted", String(32)),
    # Columns of an earlier version (see product_columns) cannot be mended row by row: products left since.
    Column("columns_since", Integer, nullable=False, default=0, server_default="0"),
    # A deleted catalog keeps its row so that deleting can be undone; its name is free at once.
    Index(
        "one_live_catalog_a_name",
        "name",
        unique=True,
        sqlite_where=text("deleted IS NULL"),
        postgresql_where=text("deleted IS NULL"),
    ),
    sqlite_autoincrement=True,  # an id is never given twice: folders are named by it
)

products = Table(
    "products",
    metadata,
    Column("catalog_id", ForeignKey("catalogs.catalog_id"), primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("source_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("category", Text),
    Column("price_minor_units", BigInteger),
    Column("currency", String(3)),
    Column("brand", Text),
    Column("color", Text),
    Column("description", Text),
    Column("split", String(10)),
    Column("attributes", JSON, nullable=False),
    # What the source said last, field by field: an edit survives until the source itself changes its value.
    Column("source_values", JSON, nullable=False),
    # Why a cleaning step took the product out of the catalog; None for those that are in it.
    Column("left_out", Text),
    # The event that added the row: undoing it takes out all it added, without a record for each.
    Column("added_by", Integer),
    # The catalog's version that the last change of the row made.
    Column("changed_in", Integer, nullable=False, default=0, server_default="0"),
    Index("products_by_position", "catalog_id", "position"),
    # Few products bear another id than their source gives them: the others are found by their id.
    Index(
        "products_by_other_key",
        "catalog_id",
        "source_key",
        sqlite_where=text("source_key <> product_id"),
        postgresql_where=text("source_key <> product_id"),
    ),
    # All that totals count stands in this index, so that the rows themselves need not be read.
    Index("products_in_category", "catalog_id", "category", "left_out", "split"),
    Index(
        "products_left_out",
        "catalog_id",
        "product_id",
        sqlite_where=text("left_out IS NOT NULL"),
        postgresql_where=text("left_out IS NOT NULL"),
    ),
    Index("products_by_event", "added_by"),
    Index("products_by_change", "catalog_id", "changed_in"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("picture_hash", String(64), primary_key=True),
    Column("extension", String(5), nullable=False),
    Column("format", String(10), nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

product_pictures = Table(
    "product_pictures",
    metadata,
    Column("catalog_id", Integer, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("picture_hash", ForeignKey("pictures.picture_hash"), nullable=False),
    Column("source_name", Text, nullable=False),
    # Size and time of the source file, so that importing again need not read an unchanged file.
    Column("source_bytes", BigInteger),
    Column("source_modified_ns", BigInteger),
    Column("added_by", Integer),
    Index("product_pictures_by_hash", "picture_hash"),
    Index("product_pictures_by_event", "added_by"),
)

catalog_totals = Table(
    "catalog_totals",
    metadata,
    # Derived: what a catalog held in one of its versions, so that pages need not count.
    Column("catalog_id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("products", Integer, nullable=False),
    Column("pictures", Integer, nullable=False),
    Column("categories", Integer, nullable=False),
    Column("splits", JSON, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("catalog_id", ForeignKey("catalogs.catalog_id"), nullable=False),
    Column("event_id", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("started", String(32), nullable=False),
    Column("finished", String(32)),
    Column("report", JSON),
    Index("imports_by_catalog", "catalog_id"),
    sqlite_autoincrement=True,  # an id is never given twice: folders are named by it
)

skipped_files = Table(
    "skipped_files",
    metadata,
    Column("import_id", ForeignKey("imports.import_id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("reason", String(40), primary_key=True),  # a row of a table may have two troubles
    Column("detail", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("summary", Text, nullable=False),
    Column("catalog_id", Integer),
    # The later event that undid this one, so that nothing is undone twice.
    Column("undone_by", Integer),
    # What an undoing or a redoing reverses; the first version did not keep it.
    Column("undoes", Integer),
    Index("events_by_catalog", "catalog_id", "event_id"),
    sqlite_autoincrement=True,  # an id is never given twice: folders are named by it
)

changed_rows = Table(
    "changed_rows",
    metadata,
    Column("event_id", ForeignKey("events.event_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("table_name", String(40), nullable=False),
    Column("row_key", Text, nullable=False),
    # The row as it was; None where the change added it.
    Column("row_before", JSON(none_as_null=True)),
    Index("changed_rows_by_row", "table_name", "row_key"),
)


def _removed(table: Table) -> Table:
    """Make the table of the rows that undoing took out of a table: event_id is the undoing."""
    keys = [Column(column.name, column.type, primary_key=True, autoincrement=False) for column in table.primary_key]
    others = [Column(column.name, column.type) for column in table.columns if not column.primary_key]
    event_id = Column("event_id", Integer, primary_key=True, autoincrement=False)
    by_row = Index(f"removed_{table.name}_by_row", *(column.name for column in table.primary_key))
    return Table(f"removed_{table.name}", metadata, event_id, *keys, *others, by_row)


removed_products = _removed(products)
removed_product_pictures = _removed(product_pictures)

import_changes = Table(
    "import_changes",
    metadata,
    # What an import found changed, moved or gone. What it added bears its event in `products.added_by`.
    Column("import_id", ForeignKey("imports.import_id"), primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("kind", String(10), primary_key=True),
    # Field -> [before, after]; None for a product that is gone.
    Column("fields", JSON(none_as_null=True)),
)

cleaning_steps = Table(
    "cleaning_steps",
    metadata,
    Column("step_id", Integer, primary_key=True),
    Column("catalog_id", ForeignKey("catalogs.catalog_id"), nullable=False),
    Column("event_id", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("summary", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Index("cleaning_steps_by_catalog", "catalog_id"),
    sqlite_autoincrement=True,  # an id is never given twice
)

picture_measures = Table(
    "picture_measures",
    metadata,
    # Derived: measured again whenever the version of the measuring changes.
    Column("picture_hash", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("brightness", Float),
    Column("highlight", Float),
    Column("contrast", Float),
    Column("sharpness", Float),
    Column("information", Float),
    Column("edges", Float),
    Column("background", Float),
    Column("colorfulness", Float),
    # Why the kept file could not be measured; None where it was.
    Column("problem", Text),
)

duplicate_groups = Table(
    "duplicate_groups",
    metadata,
    # Derived: pictures that are the same ("exact") or look the same ("near"), as found in a catalog's version.
    Column("catalog_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), primary_key=True),
    Column("group_id", Integer, primary_key=True, autoincrement=False),
    Column("product_id", Text, primary_key=True),
    Column("picture_hash", String(64), primary_key=True),
    Column("similarity", Float, nullable=False),
    Column("built_version", Integer, nullable=False),
    Index("duplicate_groups_by_product", "catalog_id", "product_id"),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(80), primary_key=True),
    Column("catalog_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("recipe", String(40), nullable=False),
    Column("backbone", String(80)),
    Column("created", String(32), nullable=False),
    Column("seconds", Float),
    Column("metrics", JSON, nullable=False),
    Column("deleted", String(32)),
    Column("notes", Text),
    Column("tags", JSON(none_as_null=True)),
    Index("runs_by_catalog", "catalog_id"),
)

histories = Table(
    "histories",
    metadata,
    Column("history_id", Integer, primary_key=True),
    Column("catalog_id", ForeignKey("catalogs.catalog_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("deleted", String(32)),
    Index("histories_by_catalog", "catalog_id"),
    sqlite_autoincrement=True,  # an id is never given twice: folders are named by it
)

history_events = Table(
    "history_events",
    metadata,
    # No foreign key: undoing an import takes its row out of `histories` and leaves the events for doing it again.
    Column("history_id", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("user", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("event", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    Index("history_events_by_user", "history_id", "user"),
)

documents = Table(
    "documents",
    metadata,
    # What people keep under a name: slices, presets, sets of pictures, blind tests. The kind says what the body holds.
    Column("document_id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("catalog_id", ForeignKey("catalogs.catalog_id"), nullable=False),
    Column("name", String(100), nullable=False),
    # Rises with every change, so that two people who edit at once are told.
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("created", String(32), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed", String(32), nullable=False),
    Column("deleted", String(32)),
    Index(
        "one_live_document_a_name",
        "catalog_id",
        "kind",
        "name",
        unique=True,
        sqlite_where=text("deleted IS NULL"),
        postgresql_where=text("deleted IS NULL"),
    ),
    sqlite_autoincrement=True,  # an id is never given twice
)

document_entries = Table(
    "document_entries",
    metadata,
    # What gathers around a document and is never changed: votes, picks, views. No foreign key: undoing the making of a
    # document takes its row out and leaves its entries for doing it again.
    Column("document_id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("body", JSON, nullable=False),
)
