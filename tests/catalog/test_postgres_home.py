"""What only a PostgreSQL server can do to a home: two who write at once, a connection that ends, an older schema."""

import sqlite3
import threading

import pytest
from sqlalchemy import func, select, text

from core.catalog import database, database_engine, log_change, log_staging
from core.catalog.catalogs import find_catalog, list_catalogs
from core.catalog.database import SCHEMA_REVISION, close_database, read, write
from core.catalog.database_engine import WRITES, new_engine
from core.catalog.log import list_events
from core.catalog.product_filter import ProductFilter
from core.catalog.products import edit_product, find_products, get_product
from core.catalog.schema import products
from core.catalog.schema_steps import run_migrations
from core.errors import CatalogError, HomeError
from core.home import open_home
from tests.catalog.store import small_catalog
from tests.catalog.test_log_staging import ONE_BY_ONE, fill, play

END_ALL = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE datname = 'store' AND application_name = 'home'"
)


@pytest.fixture
def home(empty_postgres, tmp_path, monkeypatch):
    """A home whose database is on the server, in connections of its own that a test may end."""
    monkeypatch.setenv("SHELFLENS_DATABASE", empty_postgres() + "?application_name=home")
    opened = open_home(tmp_path / "home")
    yield opened
    close_database(opened)


def count(connection):
    return connection.execute(select(func.count()).select_from(products)).scalar()


def test_a_reader_sees_one_moment_however_many_queries_it_takes(home):
    small_catalog(home)
    with read(home) as connection:
        assert count(connection) == 4
        small_catalog(home, "other")
        assert count(connection) == 4
    with read(home) as connection:
        assert count(connection) == 8


def test_writers_come_one_after_another_and_lose_nothing(home):
    catalog = small_catalog(home)
    begun, seen = threading.Event(), []

    def second():
        begun.set()
        edit_product(home, catalog, "a/1", {"title": "Second"}, actor="bob")
        seen.append("second")

    with write(home) as connection:
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait(30)
        thread.join(0.5)  # it waits for us: nothing it does can come between
        seen.append("first")
        connection.execute(text("UPDATE products SET brand = 'ours' WHERE product_id = 'a/1'"))
    thread.join(30)
    assert seen == ["first", "second"]
    kept = get_product(home, catalog, "a/1")
    assert (kept.title, kept.brand) == ("Second", "ours")


def test_a_writer_that_waits_too_long_is_told_why(home, monkeypatch):
    catalog = small_catalog(home)
    monkeypatch.setattr(database_engine, "LOCK_SECONDS", 1)
    refused = []

    def second():
        with pytest.raises(HomeError) as error:
            edit_product(home, catalog, "a/1", {"title": "Second"}, actor="bob")
        refused.append(str(error.value))

    with write(home):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(30)
    assert "somebody else has been writing for" in refused[0] and "nothing was changed" in refused[0]


def test_connections_that_ended_while_nobody_used_them_are_replaced_unnoticed(home, postgres_server, monkeypatch):
    small_catalog(home)
    monkeypatch.setattr(database_engine, "_IDLE_SECONDS", 0.0)
    postgres_server.run(END_ALL)
    assert [each.name for each in list_catalogs(home)] == ["shop"]


def test_a_connection_that_ends_in_the_middle_is_one_clear_error_and_the_next_try_works(home, postgres_server):
    catalog = small_catalog(home)
    with pytest.raises(HomeError, match="does not answer") as reading, read(home) as connection:
        postgres_server.run(END_ALL)
        count(connection)
    assert "see that it runs" in str(reading.value)
    with pytest.raises(HomeError, match=r"does not answer .* nothing was changed"), write(home) as connection:
        connection.execute(text("UPDATE products SET brand = 'half'"))
        postgres_server.run(END_ALL)
        count(connection)
    edit_product(home, catalog, "a/2", {"title": "Mug"}, actor="ann")
    assert get_product(home, catalog, "a/1").brand is None


def test_a_connection_that_ends_while_a_change_is_kept_leaves_it_open_whether_it_is(home, postgres_server):
    small_catalog(home)
    with pytest.raises(HomeError, match="look whether it is there before you make it again"), write(home) as connection:
        connection.execute(text("UPDATE products SET brand = 'half'"))
        postgres_server.run(END_ALL)


def test_a_server_that_is_not_there_or_lets_nobody_in_is_one_clear_error(home, postgres_server, monkeypatch, tmp_path):
    monkeypatch.setattr(database, "_TRY_AGAIN_AFTER_SECONDS", (0.01,))
    monkeypatch.setenv("SHELFLENS_DATABASE", "postgresql://ann:s3cret@127.0.0.1:1/shop")
    with pytest.raises(HomeError, match="does not answer") as refused:
        open_home(tmp_path / "other")
    assert "s3cret" not in str(refused.value)
    for name, password in (("store", "wrong"), ("nowhere", None)):
        known = {} if password is None else {"password": password}
        monkeypatch.setenv("SHELFLENS_DATABASE", postgres_server.address(name, **known))
        with pytest.raises(HomeError, match=r"cannot be opened: .* mend what SHELFLENS_DATABASE names, or unset it"):
            open_home(tmp_path / "other")


@pytest.mark.parametrize("title", ["a\0b", "\ud800"])
def test_a_text_that_the_database_cannot_hold_is_the_users_to_mend(home, title):
    small_catalog(home)
    with pytest.raises(CatalogError, match="a value cannot be kept or looked for"), write(home) as connection:
        connection.execute(products.update().values(title=title))


def test_changes_of_many_products_leave_the_same_rows_and_records_as_one_by_one(home, monkeypatch):
    ids = ['a"\\/', "b\b\f\n\r\t\x01\x1f\x7f", "\u2028é😀'", "plain"]
    rounds = [
        {0: {"title": 'x"\n', "price_minor_units": 2**60}, 1: {"title": "y", "price_minor_units": None}},
        {0: {"category": "Mugs"}, 1: {"category": None}, 2: {"category": "é\x01"}, 3: {"attributes": {"a": 1}}},
        {0: {"category": "Cups"}, 2: {"left_out": "capped"}},
    ]
    seen = []
    for name, least in (("alone", ONE_BY_ONE), ("staged", 1)):
        monkeypatch.setattr(log_staging, "STAGED_ROWS", least)
        monkeypatch.setattr(log_change, "ROWS_STAGED", 2)
        seen.append(play(home, fill(home, name, ids), ids, rounds))
    assert seen[0] == seen[1]


def test_a_home_of_the_first_schema_is_copied_upgraded_and_read(home, postgres_server, tmp_path, monkeypatch):
    """The tables as version 0.1.0 made them, a row in each, on a server that sorts as a language does."""
    postgres_server.run("CREATE DATABASE first LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0")
    address = postgres_server.address("first")
    engine = new_engine(address)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        run_migrations(connection, what="of the test", to="0001")
        for statement in FIRST_ROWS:
            connection.exec_driver_sql(statement)
    engine.dispose()
    monkeypatch.setenv("SHELFLENS_DATABASE", address)
    old = open_home(tmp_path / "old")
    catalog = find_catalog(old, "shop")
    listed, _ = find_products(old, catalog, ProductFilter(order_by="title"))
    # By code points capitals come first; no event was kept of what the first version added.
    assert [each.title for each in listed] == ["Zebra mug", "apple mug"]
    assert [event.kind for event in list_events(old)] == ["import"]
    with read(old) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA_REVISION
        ordered = connection.execute(text("SELECT title FROM products ORDER BY title")).scalars().all()
        assert ordered == ["Zebra mug", "apple mug"]
    edit_product(old, catalog, "p2", {"title": "Banana mug"}, actor="ann")
    close_database(old)
    # What was before is kept as a file that version 0.1.0 could open.
    with sqlite3.connect(old.root / "before-upgrade" / "shelflens-0001.db") as kept:
        assert kept.execute("SELECT title FROM products ORDER BY product_id").fetchall() == [
            ("Zebra mug",),
            ("apple mug",),
        ]
        assert kept.execute("SELECT name, reason FROM skipped_files").fetchall() == [("x.txt", "no picture")]
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


_PRODUCT = (
    "INSERT INTO products (catalog_id, product_id, position, source_key, title, category, attributes, source_values) "
    "VALUES (1, '{0}', {1}, '{0}', '{2}', 'Mugs', '{{\"a\": 1}}', '{{}}')"
)
FIRST_ROWS = [
    "INSERT INTO catalogs (name, version, created) VALUES ('shop', 1, '2026-01-01')",
    _PRODUCT.format("p1", 0, "Zebra mug"),
    _PRODUCT.format("p2", 1, "apple mug"),
    "INSERT INTO pictures VALUES ('" + "f" * 64 + "', 'jpg', 'JPEG', 9, 9, 99)",
    "INSERT INTO product_pictures VALUES (1, 'p1', 0, '" + "f" * 64 + "', '1.jpg', 99, 1)",
    "INSERT INTO events (at, actor, kind, summary, catalog_id) VALUES ('2026-01-01', 'ann', 'import', 'Filled', 1)",
    "INSERT INTO changed_rows VALUES (1, 0, 'catalogs', '{}', NULL)",
    "INSERT INTO imports (catalog_id, event_id, source, options, started) VALUES (1, 1, 'x', '{}', '2026-01-01')",
    "INSERT INTO skipped_files VALUES (1, 'x.txt', 'no picture', '')",
    "INSERT INTO runs (run_id, catalog_id, name, recipe, created, metrics) VALUES ('r', 1, 'r', 'l', '2026', '{}')",
    "INSERT INTO histories (catalog_id, name, created) VALUES (1, 'spring', '2026-01-01')",
    "INSERT INTO history_events VALUES (1, 0, 'u', 'p1', 'view', '2026-01-01')",
]
