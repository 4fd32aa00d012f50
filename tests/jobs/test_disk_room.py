"""Work is refused before the disk is full, with what is needed and the way out."""

import shutil
from collections import namedtuple

import pytest

from core.errors import JobError, SettingsError
from core.jobs import list_jobs, run_here, submit
from core.jobs.arguments import EmbedArguments, ImportArguments
from core.jobs.disk_room import check_room, disk_room, needed_bytes
from core.monitoring.folder_size import folder_bytes
from tests.catalog.store import small_catalog

GIB = 2**30
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def disk(monkeypatch):
    """A disk of 100 GiB of which so much is free."""

    def has(free_bytes, total=100 * GIB):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(total, total - free_bytes, free_bytes))

    return has


def test_a_gibibyte_stays_free_and_less_on_a_small_disk(home, disk):
    disk(10 * GIB)
    assert disk_room(home).least_free_bytes == GIB
    assert disk_room(home).room_bytes == 9 * GIB
    disk(GIB, total=10 * GIB)
    assert disk_room(home).least_free_bytes == int(0.2 * GIB)  # 2 % of 10 GiB


def test_a_full_disk_refuses_a_job_before_there_is_one(home, disk):
    disk(GIB - 1)
    with pytest.raises(JobError, match=r"has 1,024 MiB free: 1\.0 GiB have to stay free .* nothing was begun"):
        submit(home, "count", {}, actor="ann")
    assert list_jobs(home) == []
    with pytest.raises(JobError, match="nothing was begun"):
        run_here(home, "count", {}, actor="ann")
    assert [job.state for job in list_jobs(home)] == ["failed"]


@pytest.mark.parametrize(
    ("text", "size"), [("0", 0), ("1.5 GiB", 1.5 * GIB), ("500MB", 5e8), ("2 k", 2048), ("10tib", 10 * 2**40)]
)
def test_sizes_are_read_as_people_write_them(home, disk, monkeypatch, text, size):
    disk(10 * GIB)
    monkeypatch.setenv("SHELFLENS_LEAST_FREE", text)
    assert disk_room(home).least_free_bytes == size


@pytest.mark.parametrize("text", ["much", "-1 GB", "1e9", "5 GB free", "1" * 30])
def test_what_is_no_size_says_so(home, monkeypatch, text):
    monkeypatch.setenv("SHELFLENS_MOST_DISK", text)
    with pytest.raises(SettingsError, match="expected a size such as 500 MB or 20 GiB"):
        check_room(home)


def test_the_home_has_a_limit_of_its_own(home, disk, monkeypatch):
    disk(50 * GIB)
    (home.root / "big").write_bytes(bytes(3000))
    used = folder_bytes(home.root)
    monkeypatch.setenv("SHELFLENS_MOST_DISK", f"{used + 1000}")
    check_room(home, 1000)
    with pytest.raises(JobError, match=r"this work needs about 0 MiB, and .* is its limit \(SHELFLENS_MOST_DISK\)"):
        check_room(home, 1001)


def test_an_import_needs_its_pictures_once_more_and_again_nothing(home, tmp_path):
    folder = tmp_path / "source" / "Mugs"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(bytes(1_000_000))
    arguments = ImportArguments(str(tmp_path / "source"), "shop")
    assert needed_bytes(home, "import", arguments) == 1_100_000  # and its thumbnail
    small_catalog(home)
    assert needed_bytes(home, "import", arguments) == 0  # the catalog is there: what is new in it nobody knows


def test_an_import_that_does_not_fit_is_refused_before_it_begins(home, tmp_path, disk):
    folder = tmp_path / "source" / "Mugs"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(bytes(1_000_000))
    disk(GIB + 500_000)
    with pytest.raises(JobError, match="this work needs about 1 MiB"):
        run_here(home, "import", {"source": str(tmp_path / "source"), "catalog": "shop"}, actor="ann")
    assert not home.pictures.exists() or not list(home.pictures.rglob("*.*"))


def test_embedding_needs_a_row_a_picture(home):
    small_catalog(home)  # one link to a picture
    arguments = EmbedArguments("shop", "efficientnet-lite0")
    assert needed_bytes(home, "embed", arguments) == 1280 * 4
    home.features.mkdir()
    (home.features / "made.npy").write_bytes(bytes(1280 * 4))
    assert needed_bytes(home, "embed", arguments) == 0
