"""Every damaged or missing file is found and said to be mendable or not; mending takes away only what is made again."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from core.backup.verification import verify_home
from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.progress import SilentProgress

QUIET = SilentProgress()


@pytest.fixture
def shop(home, tmp_path):
    """Two products with pictures, and a file of features with its hashes."""
    folder = tmp_path / "shop" / "mugs"
    folder.mkdir(parents=True)
    for number in range(2):
        Image.new("RGB", (30, 20), (90 * number, 10, 10)).save(folder / f"{number}.png")
    import_source(home, FolderSource(folder.parent), catalog_name="shop", actor="ann")
    (home.features / "net").mkdir(parents=True)
    np.save(home.features / "net" / "1-a.npy", np.arange(600))
    np.save(home.features / "net" / "1-a.hashes.npy", np.arange(3))
    return home


def problems(home, **wishes):
    return {each.path: each for each in verify_home(home, progress=QUIET, **wishes).problems}


def test_a_sound_home_has_no_problem(shop):
    report = verify_home(shop, progress=QUIET)
    assert report.problems == ()
    # home.json, two pictures, two thumbnails, two files of features: what else an import leaves is counted too.
    assert report.files >= 7


def test_each_damage_is_named_with_its_way_out(shop):
    first, second = sorted(path for path in shop.pictures.rglob("*.png"))
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    features = shop.features / "net" / "1-a.npy"
    features.write_bytes(features.read_bytes()[:200])
    thumbnail = shop.thumbnail_path(first.stem)
    thumbnail.write_bytes(b"RIFF")
    found = problems(shop)
    name = {path: path.relative_to(shop.root).as_posix() for path in (first, second, features, thumbnail)}
    assert found.keys() == set(name.values())
    assert found[name[first]].problem == "its content is not what its name says"
    assert found[name[second]].problem == "is missing" and "import its source again" in found[name[second]].mend
    assert "cannot be read" in found[name[features]].problem and "--mend" in found[name[features]].mend
    assert "cannot be read" in found[name[thumbnail]].problem
    # The worst come first: pictures cannot be made from anything else.
    assert [each.split("/")[0] for each in found][:2] == ["pictures", "pictures"]


@pytest.mark.parametrize(("line", "sound"), [(b'{"event": "im', True), (b'{"event": imported}', False)])
def test_a_line_torn_by_a_power_cut_is_no_damage_and_a_changed_one_is(shop, line, sound):
    audit = shop.root / "audit"
    audit.mkdir(exist_ok=True)
    (audit / "log.jsonl").write_bytes(b'{"event": "first"}\n' + line + b'\n{"event": "last"}\n')
    assert ("audit/log.jsonl" not in problems(shop)) == sound


def test_mending_takes_away_what_is_made_again_and_nothing_else(shop):
    picture = sorted(shop.pictures.rglob("*.png"))[0]
    thumbnail = shop.thumbnail_path(picture.stem)
    thumbnail.unlink()
    features = shop.features / "net" / "1-a.npy"
    features.write_bytes(b"\x93NUMPY")
    found = problems(shop, mend=True)
    assert {each.mended for each in found.values()} == {True}
    # A row without its hashes, or hashes without their rows, would be worse than neither.
    assert not any((shop.features / "net").iterdir())
    assert len(list((shop.root / "damaged").rglob("1-a*.npy"))) == 2
    assert Image.open(io.BytesIO(thumbnail.read_bytes())).size == (30, 20)
    assert problems(shop) == {}


def test_a_damaged_picture_stays_where_it_is(shop):
    picture = sorted(shop.pictures.rglob("*.png"))[0]
    picture.write_bytes(b"rubbish")
    [found] = problems(shop, mend=True).values()
    assert not found.mended and picture.read_bytes() == b"rubbish"


def test_an_array_that_would_be_unpickled_is_a_problem_and_is_not_run(shop, tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "run"), "w"))

    np.save(shop.features / "net" / "2-b.npy", np.array([Evil()], dtype=object), allow_pickle=True)
    (tmp_path / "run").unlink(missing_ok=True)
    assert "features/net/2-b.npy" in problems(shop)
    assert not (tmp_path / "run").exists()


def test_what_a_killed_process_left_half_written_is_deleted_after_a_day(shop, tmp_path):
    (shop.root / "runs").mkdir(exist_ok=True)
    file, folder, busy = (shop.root / name for name in ("features/net/.1-a.0.tmp", "runs/.r.1.tmp", "runs/.r.2.tmp"))
    fresh, link = shop.root / ".home.json.3.tmp", shop.root / ".mine.4.tmp"
    for each in (folder, busy):
        (each / "deep").mkdir(parents=True)
        (each / "deep" / "weights").touch()
    file.touch()
    fresh.touch()
    link.symlink_to(tmp_path)
    for each in (file, folder / "deep" / "weights", folder / "deep", folder, busy):
        os.utime(each, (1, 1))  # in the other folder a file was written a moment ago
    expected = {"features/net/.1-a.0.tmp": False, "runs/.r.1.tmp": False}
    assert {name: each.mended for name, each in problems(shop).items()} == expected
    assert file.exists() and folder.exists()
    assert {name: each.mended for name, each in problems(shop, mend=True).items()} == dict.fromkeys(expected, True)
    assert [each.exists() for each in (file, folder, busy, fresh)] == [False, False, True, True]
    assert link.is_symlink() and tmp_path.is_dir()
    assert problems(shop) == {}
