"""Texts in the same order on every database

SQLite and Python compare texts by code points. PostgreSQL compares them as the language of its cluster does, which
would deal products to other splits, and list them in another order, than the same home on SQLite.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXTS = sa.text(
    "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying') "
    "AND table_name <> 'alembic_version' AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
)


def upgrade() -> None:
    """Change the schema."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.quote
    changes: dict[str, list[str]] = {}
    for table, column, longest in connection.execute(_TEXTS).all():
        kind = "TEXT" if longest is None else f"VARCHAR({longest})"
        changes.setdefault(table, []).append(f'ALTER COLUMN {quoted(column)} TYPE {kind} COLLATE "C"')
    for table, parts in changes.items():  # one pass over each table
        op.execute(f"ALTER TABLE {quoted(table)} {', '.join(parts)}")
