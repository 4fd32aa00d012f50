"""Checking that a query only reads: one SELECT, VALUES or WITH and nothing that writes inside it."""

import logging
import re
from typing import Any

from core.catalog.picture_formats import printable
from core.errors import CatalogError

LONGEST_QUERY = 100_000

_TABLE = re.compile(r"[^\W\d][\w$]*(\.[^\W\d][\w$]*)?")
_DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "tsql"}
# Functions that act beyond what a read-only transaction holds back: files and processes of the server, other servers.
_ACTING = re.compile(
    r"lo_export|dblink\w*|pg_(terminate|cancel)_backend|pg_reload_conf|pg_rotate_logfile|pg_promote|pg_file_\w+"
    r"|pg_(switch|walfile)\w*|pg_create_\w+|pg_drop_\w+|pg_logical_emit_message|load_file|sys_(exec|eval)|xp_\w+",
    re.IGNORECASE,
)
_RUN_COMMENT = re.compile(r"/\*M?!")  # MySQL runs what such a comment holds
_WAY_OUT = "expected one SELECT, WITH or VALUES, or the name of a table, after --query"


def named_table(query: str) -> tuple[str, ...] | None:
    """Give the parts of a table's name ("schema", "table") where the query is nothing but one; None otherwise."""
    text = query.strip()
    return tuple(text.split(".")) if _TABLE.fullmatch(text) else None


def check_query(query: str, *, backend: str) -> str:
    """Check that a query only reads, and give it without the semicolon at its end.

    Args:
        query: As the user wrote it.
        backend: What SQLAlchemy calls the kind of database.

    Raises:
        CatalogError: It is empty, too long, cannot be understood, is more than one statement or writes.
    """
    from sqlglot import exp

    if len(query) > LONGEST_QUERY:
        raise CatalogError(f"a query has at most {LONGEST_QUERY:,} characters, not {len(query):,}")
    statements = _parsed(query, _DIALECTS.get(backend, backend))
    if len(statements) != 1:
        raise CatalogError(f"the query holds {len(statements)} statements: {_WAY_OUT}")
    [statement] = statements
    if not isinstance(statement, exp.Query | exp.Values):
        raise CatalogError(f"{_quoted(query)} is no query that reads: {_WAY_OUT}")
    writing = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock)
    # A plain query counts as neither; only what writes, locks or is not understood does.
    found = next((node for node in statement.walk() if isinstance(node, writing)), None)
    if found is not None:
        what = {"Into": "INTO", "Lock": "FOR UPDATE"}.get(type(found).__name__, type(found).__name__.upper())
        raise CatalogError(f"the query writes or locks ({what}): {_WAY_OUT}")
    _refuse_acting(statement, query, backend)
    return query.strip().rstrip(";").rstrip()


def _refuse_acting(statement: Any, query: str, backend: str) -> None:
    """Refuse what does more than read though it looks like reading."""
    from sqlglot import exp

    names = (node.name for node in statement.find_all(exp.Anonymous))
    acting = next((name for name in names if _ACTING.fullmatch(name)), None)
    if acting is not None:
        raise CatalogError(f"the query calls {acting.lower()}, which does more than read: {_WAY_OUT}")
    if backend in ("mysql", "mariadb") and _RUN_COMMENT.search(query):
        raise CatalogError(f"the query holds a comment that is run (/*!): {_WAY_OUT}")


def _parsed(query: str, dialect: str) -> list[object]:
    """Parse a query; the parser's notes about what it does not know go nowhere, for they quote the query."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    notes = logging.getLogger("sqlglot")
    level = notes.level
    notes.setLevel(logging.CRITICAL)
    try:
        return [each for each in sqlglot.parse(query, dialect=dialect) if each is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        first = re.sub(r"\x1b\[[0-9;]*m", "", (str(error).splitlines() or [""])[0])
        raise CatalogError(f"{_quoted(query)} cannot be read ({printable(first)[:200]}): {_WAY_OUT}") from error
    finally:
        notes.setLevel(level)


def _quoted(query: str) -> str:
    return f"the query {printable(' '.join(query.split()))[:100]!r}"
