"""Databases and queries that nobody should be asked to read. Servers are tested in tests/catalog/test_sql_source.py."""

import sqlite3
from pathlib import Path

from core.catalog.source_settings import SourceSettings
from tests.hostile.hostile_file import HostileFile


def files(folder: Path) -> list[HostileFile]:
    """Make the corpus in a folder."""
    path = folder / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE products (id TEXT, title TEXT, note)")
        connection.execute("INSERT INTO products VALUES ('1', '=cmd()', x'ff00'), ('2', char(27) || '[2J', NULL)")
        connection.execute("INSERT INTO products VALUES ('3', CAST(x'fffe80' AS TEXT), 1e308 * 10)")
        connection.execute('CREATE VIEW "a\'b; DROP TABLE products" AS SELECT * FROM products')
    good = f"sqlite:///{path}"
    (folder / "text.db").write_text("id,title\n")
    (folder / "torn.db").write_bytes(path.read_bytes()[:3000])
    entries = [
        ("sql: a query that deletes", good, "DELETE FROM products", "no query that reads"),
        ("sql: two statements", good, "SELECT 1; DROP TABLE products", "holds 2 statements"),
        (
            "sql: a deletion within a query",
            good,
            "WITH x AS (DELETE FROM products RETURNING *) SELECT * FROM x",
            "DELETE",
        ),
        ("sql: another file attached", good, "ATTACH DATABASE '/tmp/made.db' AS made", "no query that reads"),
        ("sql: a setting changed", good, "PRAGMA writable_schema = 1", "no query that reads"),
        ("sql: an extension loaded", good, "SELECT load_extension('/tmp/x.so') AS id", "not authorized"),
        ("sql: no query", good, None, "needs a query or the name of a table"),
        ("sql: a table that is not there", good, "nothing", "has no table 'nothing'; it has"),
        ("sql: not to be parsed", good, "SELECT ((((", "cannot be read"),
        ("sql: a query of a megabyte", good, "SELECT " + "1," * 500_000 + "1", "at most 100,000 characters"),
        ("sql: nested too deeply", good, "SELECT " + "(" * 20_000 + "1" + ")" * 20_000, "cannot be read"),
        ("sql: a row of a gigabyte", good, "SELECT 1 AS id, randomblob(1000000000) AS title", "too big"),
        ("sql: cells of control characters", good, "products", ""),
        ("sql: a file that is not there", f"sqlite:///{folder}/absent.db", "products", "is not there"),
        ("sql: a file that is no database", f"sqlite:///{folder}/text.db", "products", "no SQLite database"),
        ("sql: a torn database", f"sqlite:///{folder}/torn.db", "products", "malformed"),
        ("sql: a database in memory", "sqlite://", "SELECT 1 AS id", "is not there"),
        ("sql: an address of no kind", "gopher://ann:pw@host/x", "products", "is not installed"),
        ("sql: an address that cannot be read", "postgresql://ann:pw@host:port/x", "products", "cannot be read"),
        ("sql: a secret in a parameter", "mysql://ann@host/x?ssl_key=abc", "products", "may hold a secret"),
    ]
    return [
        HostileFile(name, source, expected, SourceSettings(format="sql", query=query))
        for name, source, query, expected in entries
    ]
