"""The database of a home goes to PostgreSQL and back with nothing lost, and numbers go on where they were."""

import signal
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from sqlalchemy import JSON, Integer, String, insert, text

from core.backup.database_copy import move_database
from core.backup.restoring import restore_backup
from core.backup.snapshot import make_backup
from core.catalog.catalogs import list_catalogs
from core.catalog.database import close_database, read, write
from core.catalog.log import list_events
from core.catalog.schema import metadata
from core.errors import HomeError
from core.home import open_home
from core.progress import SilentProgress
from tests.catalog.store import small_catalog

QUIET = SilentProgress()

# What a database may hold that goes wrong on the way: nulls of both kinds, digits, signs, words of other scripts.
TEXTS = ["plain", "", 'O\'Brien "x" \\ %s :name ? $1', "Ä é ß 漢字 😀\u2028\x01\x7f", "null"]
DOCUMENTS = [{"a": [1, 2.50, None, 1e300, 10**20], "ä": {"": "😀"}}, [], {}, "text", 0]


@pytest.fixture
def postgres_address(postgres_server):
    name = f"moved_{uuid.uuid4().hex}"
    # Texts in the order of a language, as most servers are set up.
    postgres_server.run(f"CREATE DATABASE {name} LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0")
    return postgres_server.address(name)


def value(column, row, table):
    """A value for a column of the given row; numbers of rows are 1, 2 ... so that references hold."""
    if (column.primary_key and isinstance(column.type, Integer)) or column.foreign_keys:
        return row + 1 if isinstance(column.type, Integer) else f"{row:064d}"
    if column.primary_key or column.name in ("name", "picture_hash"):
        longest = getattr(column.type, "length", None) or 200
        return f"{TEXTS[row]}{table.name}{row}"[-longest:] if column.name != "picture_hash" else f"{row:064d}"
    if column.nullable and row == 0:
        return None
    if isinstance(column.type, JSON):
        return DOCUMENTS[row]
    if isinstance(column.type, String):
        return TEXTS[row][: column.type.length]
    if isinstance(column.type, Integer):
        return (2**62 if column.type.python_type is int and "BIGINT" in str(column.type) else 2**31 - 1) - row
    return [0.1 + 0.2, 1e-300, -0.0, 1e300, 5.0][row]


def fill_every_table(home):
    """Add five rows to each table, and take the last numbered one out again: its number is spent."""
    with write(home) as connection:
        for table in metadata.sorted_tables:
            rows = [{each.name: value(each, row, table) for each in table.columns} for row in range(5)]
            connection.execute(insert(table), rows)
        # A JSON value may be missing or the word null; a mapping gives both as None.
        connection.execute(text("UPDATE imports SET report = NULL WHERE import_id = 2"))
        connection.execute(text("INSERT INTO catalogs (catalog_id, name, version, created) VALUES (77, 'gone', 1, '')"))
        connection.execute(text("DELETE FROM catalogs WHERE catalog_id = 77"))


def dump(path):
    """Every table of a SQLite file as it is stored, and the last numbers it gave."""
    with sqlite3.connect(path) as connection:
        found = {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in [*metadata.tables, "alembic_version"]
        }
        return found | {"numbers": dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))}


def test_a_home_with_every_kind_of_row_goes_there_and_back_unchanged(home, tmp_path, postgres_address, monkeypatch):
    fill_every_table(home)
    before = dump(home.root / "shelflens.db")
    assert all(len(before[name]) == 5 for name in metadata.tables)  # no table was forgotten
    assert before["numbers"]["catalogs"] == 77
    assert move_database(home, postgres_address, progress=QUIET) == 5 * len(metadata.tables)
    assert dump(home.root / "shelflens.db") == before
    monkeypatch.setenv("SHELFLENS_DATABASE", postgres_address)
    with read(open_home(home.root)) as connection:  # it opens as it is
        texts = connection.execute(text("SELECT title FROM products ORDER BY title")).scalars().all()
        assert texts == sorted(TEXTS)  # by code points, whatever the server's language
    assert move_database(home, f"sqlite:///{tmp_path / 'back.db'}", progress=QUIET) == 5 * len(metadata.tables)
    close_database(home)
    back = dump(tmp_path / "back.db")
    assert {name: back[name] for name in before} == before


KILLED = """
import os, signal, sys
from core.backup.database_copy import move_database
from core.home import open_home
from core.progress import SilentProgress
class Killed(SilentProgress):
    def report(self, done, total, message):
        if message == "copying " + sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)
move_database(open_home(sys.argv[1]), sys.argv[2], progress=Killed())
"""


@pytest.mark.parametrize("to", ["postgresql", "sqlite"])
def test_killed_half_way_the_old_one_is_whole_and_the_new_one_says_unfinished(
    home, tmp_path, postgres_address, monkeypatch, to
):
    small_catalog(home)
    before = dump(home.root / "shelflens.db")
    address = postgres_address if to == "postgresql" else f"sqlite:///{tmp_path / 'new.db'}"
    command = [sys.executable, "-c", KILLED, str(home.root), address, "product_pictures"]  # products are there by then
    assert subprocess.run(command, cwd=Path(__file__).parents[2], timeout=120).returncode == -signal.SIGKILL
    assert dump(home.root / "shelflens.db") == before
    monkeypatch.setenv("SHELFLENS_DATABASE", address)
    with pytest.raises(HomeError, match="only half filled: `move-database` works at it, or was stopped"):
        open_home(tmp_path / "elsewhere")
    monkeypatch.delenv("SHELFLENS_DATABASE")
    move_database(home, address, progress=QUIET)  # again, and this time to its end
    monkeypatch.setenv("SHELFLENS_DATABASE", address)
    assert [each.name for each in list_catalogs(open_home(tmp_path / "elsewhere"))] == ["shop"]
    close_database(home)


def test_what_the_new_database_cannot_hold_is_named_and_nothing_is_kept(home, postgres_address):
    small_catalog(home)
    with write(home) as connection:
        connection.execute(text("UPDATE products SET title = 'a' || char(0) WHERE product_id = 'a/1'"))
    with pytest.raises(HomeError, match=r"invalid byte sequence.*at the table products; the old one is as it was"):
        move_database(home, postgres_address, progress=QUIET)


def test_a_database_with_rows_or_none_at_all_is_refused(home, tmp_path):
    small_catalog(home)
    address = f"sqlite:///{tmp_path / 'other.db'}"
    move_database(home, address, progress=QUIET)
    with pytest.raises(HomeError, match="has rows already"):
        move_database(home, address, progress=QUIET)
    with pytest.raises(HomeError, match="cannot be used") as refused:
        move_database(home, "mystery://secret:word@host/x", progress=QUIET)
    assert "word" not in str(refused.value)


def test_a_backup_of_a_home_on_postgresql_is_restored_without_a_server(home, tmp_path, postgres_address, monkeypatch):
    small_catalog(home)
    expected, events = [each.name for each in list_catalogs(home)], list_events(home)
    move_database(home, postgres_address, progress=QUIET)
    monkeypatch.setenv("SHELFLENS_DATABASE", postgres_address)
    assert list_events(home) == events
    small_catalog(home, "later")  # a number that the database gives must not meet a copied one
    make_backup(home, tmp_path / "kept.zip", progress=QUIET)
    with pytest.raises(HomeError, match="SHELFLENS_DATABASE is set"):
        restore_backup(tmp_path / "kept.zip", tmp_path / "again", progress=QUIET)
    close_database(home)
    monkeypatch.delenv("SHELFLENS_DATABASE")
    restore_backup(tmp_path / "kept.zip", tmp_path / "again", progress=QUIET)
    again = open_home(tmp_path / "again")
    assert [each.name for each in list_catalogs(again)] == sorted([*expected, "later"])
    assert len(list_events(again)) > len(events)
