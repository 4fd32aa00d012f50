"""Archives as a source: what is unpacked, what is refused, and what stays behind."""

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.archive_limits import UnpackLimits
from core.catalog.archive_unpacking import unpack
from core.catalog.archives import open_archive_source
from core.catalog.imports import import_source
from core.catalog.source_settings import SourceSettings
from core.catalog.unpacked_cache import UNUSED_SECONDS, unpacked
from core.errors import Cancelled, CatalogError
from core.progress import SilentProgress
from tests.catalog.archive_files import overlapping_zip, pictures, tar_of, zip_of
from tests.catalog.bson_files import jpeg, product, write_bson

FOLDERS = pictures("dress/1.jpg", "dress/2.jpg", "shirt/3.jpg")


def opened(home, path, **choices):
    return open_archive_source(home, str(path), SourceSettings(**choices), SilentProgress())


def imported(home, path, **choices):
    return import_source(home, opened(home, path, **choices), catalog_name="shop", actor="tests")


def cached(home):
    folder = home.cache / "unpacked"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("packing", ["zip", "", "gz", "bz2", "xz"])
def test_a_folder_of_categories_in_every_packing(home, tmp_path, packing):
    path = tmp_path / "shop.archive"
    zip_of(path, FOLDERS) if packing == "zip" else tar_of(path, FOLDERS, packing=packing)
    report = imported(home, path)
    assert (report.totals.products, report.totals.pictures, report.totals.categories) == (3, 3, 2)
    assert report.skipped == ()


def test_one_wrapping_folder_is_passed_over_and_the_ids_are_the_same(home, tmp_path):
    plain = opened(home, zip_of(tmp_path / "plain.zip", FOLDERS))
    wrapped = opened(
        home, zip_of(tmp_path / "wrapped.zip", {f"spring 2026/{name}": data for name, data in FOLDERS.items()})
    )
    assert plain.keys() == wrapped.keys() == set(FOLDERS)


def test_a_lone_category_and_a_lone_split_are_no_wrapping(home, tmp_path):
    [record] = opened(home, zip_of(tmp_path / "a.zip", pictures("dress/1.jpg"))).records()
    assert record.category == ("dress",)
    [record] = opened(home, zip_of(tmp_path / "b.zip", pictures("train/dress/1.jpg"))).records()
    assert (record.category, record.split) == (("dress",), "train")


def test_names_of_folders_can_be_labels(home, tmp_path):
    [record] = opened(home, zip_of(tmp_path / "a.zip", pictures("blue_dress/1.jpg")), labels="parts").records()
    assert record.attributes == {"labels": ["blue", "dress"]}


def test_a_table_with_its_pictures(home, tmp_path):
    table = b"id,title,category,price,image\n7,Blue mug,Kitchen,4.50,1.jpg\n8,Red mug,Kitchen,5.50,gone.jpg\n"
    path = zip_of(
        tmp_path / "a.zip", {"shop/products.csv": table, "shop/README.txt": b"hello", **pictures("shop/photos/1.jpg")}
    )
    report = imported(home, path, currency="EUR")
    assert (report.totals.products, report.totals.pictures) == (2, 1)
    assert [(file.name, file.reason) for file in report.skipped] == [("8: gone.jpg", "missing")]


def test_bson_with_its_names(home, tmp_path):
    data = write_bson(tmp_path / "x.bson", [product(1, category=5)]).read_bytes()
    names = b"category_id,category_level1\n5,Mugs\n"
    [record] = opened(home, zip_of(tmp_path / "a.zip", {"train.bson": data, "category_names.csv": names})).records()
    assert (record.product_id, record.category) == ("1", ("Mugs",))


def test_importing_again_reuses_what_is_unpacked_and_adds_nothing(home, tmp_path):
    path = tar_of(tmp_path / "a.tar.gz", FOLDERS, packing="gz", special={"x": {"type": b"6"}})
    first = imported(home, path)
    [folder] = cached(home)
    before = (folder / "content" / "dress" / "1.jpg").stat().st_ino
    again = imported(home, path)
    assert (first.new, again.new, again.changed) == (3, 0, 0)
    assert [file.reason for file in again.skipped] == ["special_file"]  # told again, though nothing was unpacked
    assert [(folder / "content" / "dress" / "1.jpg").stat().st_ino for folder in cached(home)] == [before]


def test_a_new_version_of_an_archive_is_the_same_source(home, tmp_path):
    path = zip_of(tmp_path / "a.zip", FOLDERS)
    imported(home, path)
    zip_of(path, {**FOLDERS, "dress/1.jpg": jpeg((250, 250, 0)), **pictures("hat/9.jpg")})
    report = imported(home, path)
    assert (report.totals.products, report.new, report.changed) == (4, 1, 1)


def test_what_was_damaged_in_the_cache_is_unpacked_anew(home, tmp_path):
    path = zip_of(tmp_path / "a.zip", FOLDERS)
    opened(home, path)
    [folder] = cached(home)
    (folder / "content" / "dress" / "1.jpg").unlink()
    assert opened(home, path).count() == 3


def test_what_nobody_used_for_two_days_is_dropped(home, tmp_path):
    opened(home, zip_of(tmp_path / "old.zip", FOLDERS))
    [old] = cached(home)
    torn = home.cache / "unpacked" / ".torn.tmp"
    torn.mkdir()
    for folder in (old, torn):
        os.utime(folder, (time.time() - UNUSED_SECONDS - 60,) * 2)
    opened(home, zip_of(tmp_path / "new.zip", pictures("hat/1.jpg")))
    assert len(cached(home)) == 1 and not old.exists()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (UnpackLimits(members=2), "lists more than 2 files"),
        (UnpackLimits(member_bytes=100), "dress/1.jpg unpacks to more than"),
        (UnpackLimits(total_bytes=1000), "unpacks to more than 9.313e-07 GiB"),
        (UnpackLimits(free_bytes=2**60), "free some space"),
    ],
)
@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_limits_stop_the_import_and_leave_nothing(home, tmp_path, pack, limits, message):
    path = pack(tmp_path / "a.archive", FOLDERS)
    with pytest.raises(CatalogError, match=message):
        unpacked(home, path, progress=SilentProgress(), limits=limits)
    assert cached(home) == []


def test_overlapping_members_are_a_bomb_however_small(home, tmp_path):
    with pytest.raises(CatalogError, match="overlap one another"):
        opened(home, overlapping_zip(tmp_path / "a.zip", files=3, kernel_bytes=1000))
    assert cached(home) == []


def test_cancelling_leaves_nothing(home, tmp_path):
    class Stopping(SilentProgress):
        def report(self, done, total, message):
            if message.startswith("unpacking"):
                raise Cancelled

    path = zip_of(tmp_path / "a.zip", {"a.jpg": os.urandom(5 * 2**20)})
    with pytest.raises(Cancelled):
        open_archive_source(home, str(path), SourceSettings(), Stopping())
    assert cached(home) == []


@pytest.mark.parametrize("pack", [zip_of, tar_of])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_breaks_unpacking_or_leads_out(tmp_path, pack, data):
    packed = bytearray(pack(tmp_path / "whole.archive", pictures("a/1.jpg", "b/2.jpg")).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz.archive"
    path.write_bytes(bytes(packed[: data.draw(st.integers(1, len(packed)))]))
    beside = set(tmp_path.iterdir())
    folder = tmp_path / "out" / os.urandom(8).hex()
    folder.mkdir(parents=True)
    try:
        refused = unpack(path, folder, progress=SilentProgress())
        assert all(file.reason and file.name == file.name.encode("utf-8", "replace").decode() for file in refused)
    except CatalogError as error:
        assert str(path) in str(error)
    assert set(tmp_path.iterdir()) - beside <= {tmp_path / "out"}
    assert all(not each.is_symlink() and (each.is_file() or each.is_dir()) for each in folder.rglob("*"))
