import errno
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.catalog import imports as imports_module
from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.catalog.log import list_events
from core.catalog.products import picture_table, product_table
from core.errors import Cancelled, CatalogError
from core.home import open_home
from core.progress import SilentProgress
from tests.catalog.picture_files import import_folder, save_picture

PICTURES = 30


@pytest.fixture
def folder(tmp_path):
    for number in range(PICTURES):
        save_picture(tmp_path / "source" / f"c{number % 3}" / f"{number:02}.png", (number, 0, 0))
    return tmp_path / "source"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(imports_module, "BATCH_WEIGHT", 4 * imports_module.PICTURE_WEIGHT)


class StopAfter(SilentProgress):
    """Asks to stop once so many products are done."""

    def __init__(self, products):
        self.products = products

    def report(self, done, total, message):
        if done >= self.products:
            raise Cancelled


class Listener(SilentProgress):
    def __init__(self):
        self.heard = []

    def report(self, done, total, message):
        self.heard.append((done, total, message))


def tables(home):
    catalog = find_catalog(home, "shop")
    return product_table(home, catalog), picture_table(home, catalog)


@pytest.mark.parametrize("seed", range(4))
def test_cancelled_import_goes_on_and_ends_as_if_never_stopped(tmp_path, folder, seed):
    whole, stopped = open_home(tmp_path / "whole"), open_home(tmp_path / "stopped")
    import_folder(whole, folder)
    after = random.Random(seed).randrange(1, PICTURES)
    with pytest.raises(Cancelled):
        import_folder(stopped, folder, progress=StopAfter(after))
    # Whole batches of 4, the one in which it was asked to stop included.
    kept = -(-after // 4) * 4
    assert find_catalog(stopped, "shop").products == min(kept, PICTURES)
    report = import_folder(stopped, folder)
    assert (report.new, report.totals.products) == (PICTURES - min(kept, PICTURES), PICTURES)
    for mine, theirs in zip(tables(stopped), tables(whole), strict=True):
        assert mine.equals(theirs)


def test_going_on_reads_no_file_twice(home, folder, monkeypatch):
    with pytest.raises(Cancelled):
        import_folder(home, folder, progress=StopAfter(12))
    read_paths = []
    reading = imports_module.stage_records.__globals__["read_picture_file"]
    monkeypatch.setattr(
        "core.catalog.import_staging.read_picture_file", lambda path: (read_paths.append(path), reading(path))[1]
    )
    import_folder(home, folder)
    assert len(read_paths) == PICTURES - 12


def test_cancelled_import_can_be_undone(home, folder):
    with pytest.raises(Cancelled):
        import_folder(home, folder, progress=StopAfter(12))
    newest = list_events(home)[0]
    assert newest.summary == f"Imported from {folder} into shop: not finished"


def test_progress_counts_up_to_the_total(home, folder):
    listener = Listener()
    import_folder(home, folder, progress=listener)
    assert [done for done, _total, _message in listener.heard] == [0, 4, 8, 12, 16, 20, 24, 28, 30]
    assert {total for _done, total, _message in listener.heard} == {PICTURES}
    assert listener.heard[-1][2] == "importing 30 of 30 products"


def test_full_disk_stops_with_one_error_and_goes_on_later(home, folder, monkeypatch):
    replace, room = os.replace, [9]

    def filling(source, target):
        if "pictures" in str(target) or "thumbnails" in str(target):
            room[0] -= 1
            if room[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", filling)
    with pytest.raises(CatalogError, match="the disk is full"):
        import_folder(home, folder)
    assert not list(home.pictures.rglob("*.tmp")) + list(home.thumbnails.rglob("*.tmp"))
    monkeypatch.undo()
    assert import_folder(home, folder).totals.products == PICTURES


def test_killed_import_goes_on(home, folder):
    """Kill a real process without warning in the middle of its import."""
    program = (
        "import os, sys, signal\n"
        "from core.catalog import folder_source, imports\n"
        "from core.home import open_home\n"
        "from core.progress import SilentProgress\n"
        "imports.BATCH_WEIGHT = 4 * imports.PICTURE_WEIGHT\n"
        "class Kill(SilentProgress):\n"
        "    def report(self, done, total, message):\n"
        "        if done >= 12: os.kill(os.getpid(), signal.SIGKILL)\n"
        "imports.import_source(open_home(sys.argv[1]), folder_source.FolderSource(sys.argv[2]),\n"
        "                      catalog_name='shop', actor='tests', progress=Kill())\n"
    )
    command = [sys.executable, "-c", program, str(home.root), str(folder)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, timeout=60)
    assert ended.returncode == -9, ended.stderr.decode()
    assert find_catalog(home, "shop").products == 12
    report = import_folder(home, folder)
    assert (report.new, report.totals.products) == (PICTURES - 12, PICTURES)


def test_overlapping_imports_of_one_source_add_it_once(home, folder):
    reports, errors = [], []
    together = threading.Barrier(2)

    def run():
        try:
            together.wait()
            source = FolderSource(folder)
            reports.append(import_source(home, source, catalog_name="shop", actor="tests"))
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    # Between them they added every product once, and the catalog holds each once.
    assert sum(report.new for report in reports) == PICTURES
    products, links = tables(home)
    assert products["product_id"].is_unique
    assert (len(products), len(links)) == (PICTURES, PICTURES)


def test_file_that_vanishes_while_importing_is_skipped(home, folder):
    source = FolderSource(folder)
    assert source.count() == PICTURES
    (folder / "c0" / "00.png").unlink()
    report = import_source(home, source, catalog_name="shop", actor="tests")
    assert report.totals.products == PICTURES - 1
    assert report.to_json()["skipped"] == [{"reason": "missing", "count": 1, "examples": ["c0/00.png"]}]
