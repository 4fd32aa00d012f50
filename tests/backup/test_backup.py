"""A home is written into one file while it is in use, and comes back whole or not at all."""

import json
import shutil
import zipfile

import numpy as np
import pytest

from core.backup.restoring import restore_backup
from core.backup.snapshot import LIST, make_backup
from core.catalog.catalogs import find_catalog, list_catalogs
from core.catalog.log import list_events
from core.catalog.products import read_products
from core.errors import Cancelled, HomeError
from core.home import open_home
from core.progress import SilentProgress
from tests.catalog.store import small_catalog

QUIET = SilentProgress()


@pytest.fixture
def kept(home, tmp_path):
    """A home with a catalog, some files of each kind, and its backup."""
    small_catalog(home)
    (home.features / "net").mkdir(parents=True)
    np.save(home.features / "net" / "rows.npy", np.arange(6))
    (home.cache).mkdir()
    (home.cache / "big").write_bytes(b"x")
    (home.features / "net" / ".half.tmp").write_bytes(b"half")
    report = make_backup(home, tmp_path / "kept.zip", progress=QUIET)
    return home, tmp_path / "kept.zip", report


def test_what_was_kept_comes_back(kept, tmp_path):
    home, file, report = kept
    restored = restore_backup(file, tmp_path / "again", progress=QUIET)
    again = open_home(tmp_path / "again")
    assert (restored.files, restored.bytes) == (report.files, report.bytes)
    assert read_products(again, find_catalog(again, "shop")) == read_products(home, find_catalog(home, "shop"))
    assert list_events(again) == list_events(home)
    assert np.load(again.features / "net" / "rows.npy").tolist() == [0, 1, 2, 3, 4, 5]
    # What can be made again and what is half written stay out.
    assert not again.cache.exists()
    assert [path.name for path in (again.features / "net").iterdir()] == ["rows.npy"]


def test_changes_after_the_database_was_copied_are_not_half_there(home, tmp_path):
    small_catalog(home, "first")

    class Meddler(SilentProgress):
        def report(self, done, total, message):
            if message == "keeping files" and done == 0:
                small_catalog(home, "second")

    make_backup(home, tmp_path / "kept.zip", progress=Meddler())
    restore_backup(tmp_path / "kept.zip", tmp_path / "again", progress=QUIET)
    assert [each.name for each in list_catalogs(open_home(tmp_path / "again"))] == ["first"]
    assert len(list_catalogs(home)) == 2


def test_a_cancelled_backup_leaves_nothing(home, tmp_path):
    class Stop(SilentProgress):
        def report(self, done, total, message):
            if message == "keeping files":
                raise Cancelled

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(Cancelled):
        make_backup(home, folder / "kept.zip", progress=Stop())
    assert list(folder.iterdir()) == []


def test_places_that_would_do_harm_are_refused(kept, tmp_path):
    home, file, _ = kept
    with pytest.raises(HomeError, match="exists already"):
        make_backup(home, file, progress=QUIET)
    with pytest.raises(HomeError, match="lies in the home itself"):
        make_backup(home, home.root / "kept.zip", progress=QUIET)
    with pytest.raises(HomeError, match="there is no folder"):
        make_backup(home, tmp_path / "nowhere" / "kept.zip", progress=QUIET)
    with pytest.raises(HomeError, match="is not empty"):
        restore_backup(file, home.root, progress=QUIET)


def rewritten(file, path, change):
    """Copy a backup, changing its list and its files by name."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        files = {info.filename: old.read(info) for info in old.infolist()}
        about = json.loads(files.pop(LIST))
        change(about, files)
        for name, data in files.items():
            new.writestr(name, data)
        new.writestr(LIST, json.dumps(about))
    return path


def swap_a_byte(about, files):
    name = next(name for name in files if name.endswith("rows.npy"))
    files[name] = files[name][:-1] + b"\x09"


def climb_out(about, files):
    about["files"]["../evil"] = about["files"]["home.json"]
    files["../evil"] = files["home.json"]


def lose_a_file(about, files):
    del files[next(name for name in files if name.endswith("rows.npy"))]


def come_from_the_future(about, files):
    about["format"] = 99


def claim_a_petabyte(about, files):
    about["files"]["home.json"]["bytes"] = 10**15


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swap_a_byte, "is not what its list says"),
        (climb_out, "a file named '../evil'"),
        (lose_a_file, "stands in its list but is missing"),
        (come_from_the_future, "newer ShelfLens"),
        (claim_a_petabyte, "make room first"),
    ],
)
def test_a_damaged_or_hostile_backup_restores_nothing(kept, tmp_path, change, message):
    bad = rewritten(kept[1], tmp_path / "bad.zip", change)
    folder = tmp_path / "homes"
    folder.mkdir()
    with pytest.raises(HomeError, match=message):
        restore_backup(bad, folder / "again", progress=QUIET)
    assert list(folder.iterdir()) == [] and not (tmp_path / "evil").exists()


def test_a_byte_that_flipped_on_the_disk_restores_nothing(kept, tmp_path):
    data = bytearray(kept[1].read_bytes())
    with zipfile.ZipFile(kept[1]) as archive:
        info = archive.getinfo("shelflens.db")
    for place in range(info.header_offset + 200, info.header_offset + 260):  # inside the packed database
        data[place] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(HomeError, match="nothing was restored"):
        restore_backup(tmp_path / "bad.zip", tmp_path / "again", progress=QUIET)
    assert not (tmp_path / "again").exists()


def test_what_is_no_backup_says_so(tmp_path):
    (tmp_path / "words.zip").write_bytes(b"no archive")
    with pytest.raises(HomeError, match="is no backup"):
        restore_backup(tmp_path / "words.zip", tmp_path / "again", progress=QUIET)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(HomeError, match="no backup of ShelfLens"):
        restore_backup(tmp_path / "other.zip", tmp_path / "again", progress=QUIET)


def test_an_old_home_is_copied_before_its_tables_change(tmp_path):
    import sqlite3
    import tarfile
    from pathlib import Path

    with tarfile.open(Path(__file__).parents[1] / "fixtures" / "home-format-1.tar.gz") as archive:
        archive.extractall(tmp_path / "old", filter="data")
    root = next((tmp_path / "old").rglob("shelflens.db")).parent
    home = open_home(root)
    [kept] = (root / "before-upgrade").glob("shelflens-*.db")
    with sqlite3.connect(kept) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (
            kept.stem.removeprefix("shelflens-"),
        )
    # A backup of it comes back like any other.
    make_backup(home, tmp_path / "kept.zip", progress=QUIET)
    restore_backup(tmp_path / "kept.zip", tmp_path / "again", progress=QUIET)
    assert [c.name for c in list_catalogs(open_home(tmp_path / "again"))] == [c.name for c in list_catalogs(home)]
    shutil.rmtree(tmp_path / "again")
