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
    Index("products_by_position", "catalog_id", "position"),
    Index("products_by_source_key", "catalog_id", "source_key"),
    Index("products_by_category", "catalog_id", "category"),
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
    Index("product_pictures_by_hash", "picture_hash"),
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
    Column("reason", String(40), nullable=False),
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
