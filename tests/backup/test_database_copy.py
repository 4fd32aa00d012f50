"""The database of a home goes to PostgreSQL and back, and numbers go on where they were."""

import sqlite3

import pytest

from core.backup.database_copy import move_database
from core.backup.restoring import restore_backup
from core.backup.snapshot import make_backup
from core.catalog.catalogs import list_catalogs
from core.catalog.database import close_database
from core.catalog.log import list_events
from core.errors import HomeError
from core.home import open_home
from core.progress import SilentProgress
from tests.catalog.store import small_catalog

QUIET = SilentProgress()


def test_to_another_file_with_every_row(home, tmp_path):
    small_catalog(home)
    rows = move_database(home, f"sqlite:///{tmp_path / 'other.db'}", progress=QUIET)
    with sqlite3.connect(home.root / "shelflens.db") as old, sqlite3.connect(tmp_path / "other.db") as new:
        for table in ("catalogs", "products", "events", "changed_rows"):
            query = f"SELECT * FROM {table} ORDER BY 1, 2"
            assert new.execute(query).fetchall() == old.execute(query).fetchall()
    assert rows > 0


def test_a_database_with_rows_or_none_at_all_is_refused(home, tmp_path):
    small_catalog(home)
    address = f"sqlite:///{tmp_path / 'other.db'}"
    move_database(home, address, progress=QUIET)
    with pytest.raises(HomeError, match="has rows already"):
        move_database(home, address, progress=QUIET)
    with pytest.raises(HomeError, match="cannot be used"):
        move_database(home, "mystery://secret:word@host/x", progress=QUIET)


def test_to_postgresql_through_a_backup_and_back(home, tmp_path, postgres_server, monkeypatch):
    small_catalog(home)
    expected, events = [each.name for each in list_catalogs(home)], list_events(home)
    postgres_server.run("CREATE DATABASE moved_home")
    address = postgres_server.address("moved_home").replace("postgresql://", "postgresql+pg8000://")
    move_database(home, address, progress=QUIET)
    monkeypatch.setenv("SHELFLENS_DATABASE", address)
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
