"""Databases as a source: SQLite files, and a real PostgreSQL server."""

import os
import sqlite3

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.imports import import_source
from core.catalog.products import read_products
from core.catalog.source_password import PASSWORD_VARIABLE, given_password
from core.catalog.source_settings import SourceSettings
from core.catalog.sql_connection import ReadOnlyDatabase
from core.catalog.sql_source import SqlRows, open_sql_rows, open_sql_source
from core.errors import CatalogError
from core.progress import SilentProgress
from tests.catalog.bson_files import jpeg
from tests.postgres import PASSWORD


@pytest.fixture
def shop(tmp_path):
    """A SQLite file with three products, their pictures inside."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE products (id INTEGER, title TEXT, category TEXT, price NUMERIC, photo BLOB)")
        rows = [(n, f"Mug {n}: 100% clay", "Kitchen > Mugs", 4.5 + n, jpeg((n, 0, 0))) for n in range(3)]
        connection.executemany("INSERT INTO products VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgres_shop(postgres_server):
    """The same on a server, with more rows than one fetch takes."""
    postgres_server.run(
        "CREATE TABLE products (id int PRIMARY KEY, title text, category text, price numeric(10, 2), tags text[])",
        "INSERT INTO products SELECT n, 'Mug ' || n || ': 100% clay', 'Kitchen > Mugs', n + 0.5, '{clay,blue}'"
        " FROM generate_series(1, 700) AS n",
    )
    return postgres_server


def rows_of(address, query):
    reader = open_sql_rows(address, SourceSettings(query=query))
    return reader, list(reader.rows())


def imported(home, address, query, **choices):
    settings = SourceSettings(format="sql", query=query, **choices)
    source = open_sql_source(home, address, settings, SilentProgress())
    return import_source(home, source, catalog_name="shop", actor="tests", settings=settings)


def test_a_sqlite_table_with_pictures_is_imported_and_again_without_change(home, shop):
    address = f"sqlite:///{shop}"
    first = imported(home, address, "products", currency="EUR")
    assert (first.totals.products, first.totals.pictures, first.skipped) == (3, 3, ())
    again = imported(home, address, "products", currency="EUR")
    assert (again.new, again.changed, again.gone) == (0, 0, ())
    product = next(iter(read_products(home, find_catalog(home, "shop"))))
    assert (product.product_id, product.title, product.category) == ("0", "Mug 0: 100% clay", "Kitchen > Mugs")
    assert (product.price_minor_units, product.currency) == (450, "EUR")


def test_a_query_is_run_as_it_stands(shop):
    query = "SELECT id, title AS id, 1 FROM products WHERE title LIKE '%: 100%' AND ':x' = ':x' ORDER BY id DESC"
    reader, rows = rows_of(f"sqlite:///{shop}", query)
    assert reader.columns == ("id", "id#2", "1")
    assert [number for number, _row in rows] == [1, 2, 3]
    assert rows[0][1] == {"id": 2, "id#2": "Mug 2: 100% clay", "1": 1}
    assert reader.count() == 3
    assert reader.description == f"sqlite:///{shop} ({query})"


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_nothing_is_written_to_or_beside_a_sqlite_file(shop, mode):
    with sqlite3.connect(shop) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
    connection.close()
    before = {path.name: path.read_bytes() for path in shop.parent.iterdir() if path.is_file()}
    _, rows = rows_of(f"sqlite:///{shop}", "products")
    assert len(rows) == 3
    with ReadOnlyDatabase(f"sqlite:///{shop}", None).connection() as connection:
        for statement in ("DELETE FROM products", "CREATE TABLE x (a)", f"ATTACH '{shop.parent}/made.db' AS made"):
            with pytest.raises(Exception, match=r"readonly|attached"):
                connection.exec_driver_sql(statement)
    assert {path.name: path.read_bytes() for path in shop.parent.iterdir() if path.is_file()} == before


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    path = tmp_path / "absent.db"
    with pytest.raises(CatalogError, match=r"absent\.db: the file is not there"):
        rows_of(f"sqlite:///{path}", "products")
    assert not path.exists()


def test_without_a_query_the_tables_are_named(shop):
    with pytest.raises(CatalogError, match="needs a query or the name of a table, with --query; it has products"):
        rows_of(f"sqlite:///{shop}", None)
    with pytest.raises(CatalogError, match="has no table 'orders'; it has products"):
        rows_of(f"sqlite:///{shop}", "orders")


@pytest.mark.parametrize(
    ("address", "driver"), [("mysql://ann:s3cret@h/x", "pymysql"), ("mssql://ann:s3cret@h/x", "pyodbc")]
)
def test_a_driver_that_is_missing_is_named(address, driver):
    with pytest.raises(CatalogError, match=f"install {driver} beside ShelfLens") as refused:
        rows_of(address, "products")
    assert "s3cret" not in str(refused.value)


@pytest.mark.postgres
def test_a_postgres_table_is_imported_and_again_without_change(home, postgres_shop):
    first = imported(home, postgres_shop.address(), "products", currency="EUR")
    assert (first.totals.products, first.new, first.skipped) == (700, 700, ())
    again = imported(home, postgres_shop.address(), "products", currency="EUR")
    assert (again.new, again.changed, again.gone) == (0, 0, ())
    product = next(iter(read_products(home, find_catalog(home, "shop"))))
    assert (product.product_id, product.title, product.price_minor_units) == ("1", "Mug 1: 100% clay", 150)
    assert product.attributes == {"tags": ["clay", "blue"]}


@pytest.mark.postgres
def test_a_postgres_query_streams_through_a_cursor_of_the_server(postgres_shop):
    query = "SELECT id, title FROM products WHERE title LIKE 'Mug %: 100%' AND id::int % 2 = 0 ORDER BY id;"
    reader, rows = rows_of(postgres_shop.address(), query)
    assert (len(rows), reader.count(), reader.columns) == (350, 350, ("id", "title"))
    # While one row is looked at, the server holds a cursor and has sent no more than a few hundred rows.
    stream = reader.rows()
    next(stream)
    [(open_cursors, reads_only)] = postgres_shop.run(
        "SELECT count(*), bool_and(query LIKE 'FETCH FORWARD%') FROM pg_stat_activity"
        " WHERE application_name = 'shelflens' AND state = 'idle in transaction'"
    )
    stream.close()
    assert (open_cursors, reads_only) == (1, True)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "query",
    [
        "SELECT nextval('numbers') AS id",
        "SELECT set_config('transaction_read_only', 'off', false) AS id",
        "SELECT written() AS id",
    ],
)
def test_a_query_that_writes_behind_a_function_is_refused_by_the_server(postgres_shop, query):
    postgres_shop.run(
        "CREATE SEQUENCE IF NOT EXISTS numbers",
        "CREATE TABLE IF NOT EXISTS notes (a int)",
        "CREATE OR REPLACE FUNCTION written() RETURNS int LANGUAGE sql AS 'INSERT INTO notes VALUES (1) RETURNING a'",
    )
    with pytest.raises(CatalogError, match=r"read-only transaction|read-write mode"):
        rows_of(postgres_shop.address(), query)
    assert [tuple(row) for row in postgres_shop.run("SELECT count(*) FROM notes")] == [(0,)]


@pytest.mark.postgres
def test_what_a_read_only_transaction_lets_through_is_rolled_back(postgres_shop):
    assert len(rows_of(postgres_shop.address(), "SELECT lo_create(0) AS id")[1]) == 1
    assert [tuple(row) for row in postgres_shop.run("SELECT count(*) FROM pg_largeobject_metadata")] == [(0,)]


@pytest.mark.postgres
def test_the_server_takes_one_statement_whatever_was_checked_before(postgres_shop):
    postgres_shop.run("CREATE TABLE IF NOT EXISTS kept (a int)", "INSERT INTO kept VALUES (1)")
    reader = SqlRows(ReadOnlyDatabase(postgres_shop.address(), PASSWORD), "SELECT 1 AS id; COMMIT; DELETE FROM kept")
    with pytest.raises(CatalogError, match="cannot insert multiple commands"):
        list(reader.rows())
    assert [tuple(row) for row in postgres_shop.run("SELECT count(*) FROM kept")] == [(1,)]


@pytest.mark.postgres
def test_a_wrong_or_missing_password_is_asked_for_and_never_told(postgres_shop, monkeypatch):
    with pytest.raises(CatalogError, match=f"the password was not accepted.*set {PASSWORD_VARIABLE}") as refused:
        rows_of(postgres_shop.address(password="wr0ng-secret"), "products")
    assert "wr0ng" not in str(refused.value) and refused.value.__cause__ is None
    bare = postgres_shop.address(password=None)
    with pytest.raises(CatalogError, match="the password is needed"):
        rows_of(bare, "products")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert len(rows_of(bare, "products")[1]) == 700
    monkeypatch.delenv(PASSWORD_VARIABLE)
    with given_password(PASSWORD):
        assert len(rows_of(bare, "products")[1]) == 700


@pytest.mark.postgres
def test_errors_of_the_server_are_one_line(postgres_shop):
    with pytest.raises(CatalogError, match='relation "nowhere" does not exist; check the address'):
        rows_of(postgres_shop.address(), "SELECT * FROM nowhere")
    with pytest.raises(CatalogError, match="division by zero"):
        rows_of(postgres_shop.address(), "SELECT 1 / (id - 500) AS id FROM products")


@pytest.mark.postgres
def test_the_socket_file_of_a_server_will_do(postgres_shop):
    from urllib.parse import quote

    secret = quote(PASSWORD, safe="")
    address = f"postgresql://shelflens:{secret}@/postgres?host={postgres_shop.folder}&port={postgres_shop.port}"
    if os.access(postgres_shop.folder, os.X_OK):
        assert len(rows_of(address, "products")[1]) == 700
