"""Exports: whole or not at all, never in place of something else, and importing one gives the same products."""

import errno
import json
import os
import shutil
import zipfile

import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.export import export_catalog
from core.catalog.export_tables import FORMATS
from core.catalog.imports import import_source
from core.catalog.log import change
from core.catalog.open_source import open_source
from core.catalog.products import edit_product, read_products
from core.catalog.schema import cleaning_steps, products
from core.catalog.slices import save_slice
from core.errors import Cancelled, CatalogError, SettingsError
from core.home import open_home
from core.progress import SilentProgress
from tests.catalog.picture_files import import_folder, save_picture
from tests.quality.shops import shop_of

ODD = (
    {"title": '=HYPERLINK("http://evil.test")', "brand": "-2+3", "color": "@cmd", "description": "'quoted'"},
    {"title": 'Line\r\nbreaks, "quotes";\ttabs', "description": "", "brand": None, "color": None},
    {"title": "Ünï 日本 🧦 \u202e", "category": "A › B > C, D", "price_minor_units": None, "currency": None},
    {"title": "Yen", "price_minor_units": 10**15, "currency": "JPY"},
    {"title": "Fils", "price_minor_units": 1, "currency": "KWD", "split": "test"},
    {"title": "x" * 300_000, "attributes": {"labels": ["a", "b"], "=x": {"deep": [1.5, None, True]}, "n": 7}},
    {"product_id": "=1+1", "title": "Named like a formula", "category": None},
    {"product_id": "a/b\\..\\c", "title": "Named like a path"},
)


def imported_again(path, tmp_path, name="again"):
    other = open_home(tmp_path / name)
    report = import_source(other, open_source(other, str(path)), catalog_name="again", actor="tests")
    return read_products(other, find_catalog(other, "again")), report


def left_beside(path):
    return sorted(each.name for each in path.parent.iterdir())


@pytest.mark.parametrize("to", ["out", "out.zip"])
@pytest.mark.parametrize("table_format", FORMATS)
def test_importing_an_export_gives_the_same_products(home, tmp_path, to, table_format):
    catalog = shop_of(home, ODD)
    report = export_catalog(home, catalog, tmp_path / to, table_format=table_format)
    assert (report.products, report.pictures, report.format) == (len(ODD), 0, table_format)
    again, imported = imported_again(tmp_path / to, tmp_path)
    assert again == read_products(home, catalog)
    assert imported.skipped == ()


@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_import_clean_export_import(home, tmp_path, to):
    folder = tmp_path / "pictures"
    for number in range(4):
        save_picture(folder / "mugs" / f"{number}.png", (60 * number, 9, 9))
    (folder / "mugs" / "copy.png").write_bytes((folder / "mugs" / "1.png").read_bytes())
    import_folder(home, folder)
    catalog = find_catalog(home, "shop")
    edit_product(home, catalog, "mugs/0.png", {"title": "-40 % off", "category": "Kitchen > Mugs"}, actor="tests")
    key = {"catalog_id": catalog.catalog_id, "product_id": "mugs/3.png"}
    step = {
        "catalog_id": catalog.catalog_id,
        "kind": "cap",
        "settings": {"most": 4},
        "summary": "Kept 4",
        "created": "",
    }
    with change(home, actor="tests", kind="clean", summary="Kept 4", catalog_id=catalog.catalog_id) as cleaning:
        cleaning.update(products, key, {"left_out": "cap per category"})
        cleaning.insert(cleaning_steps, [{**step, "event_id": cleaning.event_id}])
    catalog = find_catalog(home, "shop")
    report = export_catalog(home, catalog, tmp_path / to, table_format="csv")
    # Five products less the one left out; two of the four share a picture, and the picture of the one left out stays.
    assert (report.products, report.pictures) == (4, 3)
    again, imported = imported_again(tmp_path / to, tmp_path)
    assert again == read_products(home, catalog)
    assert (imported.totals.products, imported.totals.pictures) == (4, 4)


def test_the_manifest_tells_counts_recipe_and_versions(home, tmp_path):
    catalog = shop_of(home, [{}, {}])
    export_catalog(home, catalog, tmp_path / "out", table_format="jsonl")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    expected = {"shelflens_export": 1, "catalog": "shop", "products": 2, "pictures": 0, "table": "products.jsonl"}
    assert expected.items() <= manifest.items()
    assert (manifest["catalog_version"], manifest["recipe"], manifest["missing_pictures"]) == (catalog.version, [], [])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "products.jsonl"]


def test_an_export_can_be_named_by_its_table(home, tmp_path):
    export_catalog(home, shop_of(home, [{}]), tmp_path / "out", table_format="csv")
    again, _ = imported_again(tmp_path / "out" / "products.csv", tmp_path)
    assert [product.title for product in again] == ["Mug number 0"]


def test_prices_are_written_in_major_units_for_people(home, tmp_path):
    rows = [{"price_minor_units": 5}, {"price_minor_units": 7, "currency": "JPY"}, {"price_minor_units": 1234567}]
    export_catalog(home, shop_of(home, rows), tmp_path / "out", table_format="jsonl")
    lines = (tmp_path / "out" / "products.jsonl").read_text().splitlines()
    assert [json.loads(line)["price"] for line in lines] == ["0.05", "7", "12345.67"]


def test_many_products_go_in_batches_and_in_order(home, tmp_path, monkeypatch):
    monkeypatch.setattr("core.catalog.export.ROWS_A_BATCH", 3)
    catalog = shop_of(home, [{} for _ in range(9)])  # a whole number of batches: the last one is empty
    assert export_catalog(home, catalog, tmp_path / "out", table_format="jsonl").products == 9
    lines = (tmp_path / "out" / "products.jsonl").read_text().splitlines()
    assert [json.loads(line)["product_id"] for line in lines] == [f"p{place}" for place in range(9)]


def test_only_the_products_of_a_slice(home, tmp_path):
    catalog = shop_of(home, ODD)
    # Ids that look like a formula, a path, a quotation and JSON; 40,000 of them are more than SQLite takes as values.
    ids = ["=1+1", "a/b\\..\\c", '"], "x', *(f"gone {number}" for number in range(40_000))]
    save_slice(home, catalog, "odd", ids, actor="ann")
    report = export_catalog(home, catalog, tmp_path / "out", slice_name="odd")
    assert (report.products, report.slice) == (2, "odd")
    again, _ = imported_again(tmp_path / "out", tmp_path)
    assert [each.product_id for each in again] == ["=1+1", "a/b\\..\\c"]
    with pytest.raises(CatalogError, match="has no slice 'none'"):
        export_catalog(home, catalog, tmp_path / "other", slice_name="none")
    assert not (tmp_path / "other").exists()


def test_an_empty_catalog_can_be_exported(home, tmp_path):
    catalog = create_catalog(home, "empty", actor="tests")
    assert export_catalog(home, catalog, tmp_path / "out.zip").products == 0


def test_a_picture_the_home_lost_is_counted_and_left_out(home, tmp_path):
    save_picture(tmp_path / "pictures" / "mugs" / "1.png")
    import_folder(home, tmp_path / "pictures")
    for path in home.pictures.rglob("*.png"):
        path.unlink()
    report = export_catalog(home, find_catalog(home, "shop"), tmp_path / "out")
    assert (report.pictures, report.missing_pictures) == (0, 1)
    again, _ = imported_again(tmp_path / "out", tmp_path)
    assert again[0].picture_hashes == ()


def test_without_pictures(home, tmp_path):
    save_picture(tmp_path / "pictures" / "mugs" / "1.png")
    import_folder(home, tmp_path / "pictures")
    export_catalog(home, find_catalog(home, "shop"), tmp_path / "out", with_pictures=False, table_format="csv")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "products.csv"]


@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_nothing_is_overwritten_unasked(home, tmp_path, to):
    catalog = shop_of(home, [{}])
    export_catalog(home, catalog, tmp_path / to)
    with pytest.raises(CatalogError, match=r"exists already: .* with --replace"):
        export_catalog(home, catalog, tmp_path / to)
    edit_product(home, catalog, "p0", {"title": "Newer"}, actor="tests")
    export_catalog(home, find_catalog(home, "shop"), tmp_path / to, replace=True)
    again, _ = imported_again(tmp_path / to, tmp_path)
    assert again[0].title == "Newer"
    assert left_beside(tmp_path / to) == sorted(["again", "home", to])


@pytest.mark.parametrize("kind", ["folder", "file", "zip", "link"])
def test_what_is_no_export_is_never_replaced(home, tmp_path, kind):
    path = tmp_path / ("photos.zip" if kind == "zip" else "photos")
    if kind == "folder":
        save_picture(path / "mine.png")
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mine.txt", "mine")
    elif kind == "file":
        path.write_text("mine")
    else:
        (tmp_path / "elsewhere").mkdir()
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CatalogError, match="is no export of ShelfLens and is not replaced"):
        export_catalog(home, shop_of(home, [{}]), path, replace=True)
    assert os.path.lexists(path)


def test_a_target_without_a_folder_and_an_unknown_format(home, tmp_path):
    catalog = shop_of(home, [{}])
    with pytest.raises(CatalogError, match=r"there is no folder .*nowhere to export into"):
        export_catalog(home, catalog, tmp_path / "nowhere" / "out")
    with pytest.raises(SettingsError, match="a table is exported as parquet, csv, jsonl, not 'xls'"):
        export_catalog(home, catalog, tmp_path / "out", table_format="xls")


class StopAt(SilentProgress):
    """Cancels in the middle of a part."""

    def __init__(self, word):
        self.word = word

    def report(self, done, total, message):
        if message.startswith(self.word):
            raise Cancelled("stopped")


@pytest.mark.parametrize("to", ["out", "out.zip"])
@pytest.mark.parametrize("part", ["writing", "copying"])
def test_a_cancelled_export_leaves_nothing(home, tmp_path, to, part):
    save_picture(tmp_path / "pictures" / "mugs" / "1.png")
    import_folder(home, tmp_path / "pictures")
    before = left_beside(tmp_path / to)
    with pytest.raises(Cancelled):
        export_catalog(home, find_catalog(home, "shop"), tmp_path / to, progress=StopAt(part))
    assert left_beside(tmp_path / to) == before


@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_a_full_disk_leaves_nothing_and_says_how_much_is_needed(home, tmp_path, to, monkeypatch):
    catalog = shop_of(home, [{}])
    before = left_beside(tmp_path / to)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("core.catalog.export_target.os.fsync", full)
    with pytest.raises(CatalogError, match=r"the disk is full: the export to .* needs about \d+ MiB; nothing of it"):
        export_catalog(home, catalog, tmp_path / to)
    assert left_beside(tmp_path / to) == before


def test_a_disk_that_cannot_hold_it_is_refused_before_anything_is_written(home, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=2**20)
    monkeypatch.setattr("core.catalog.export_target.shutil.disk_usage", lambda _: usage)
    with pytest.raises(CatalogError, match=r"has 1 MiB left, the export needs about"):
        export_catalog(home, shop_of(home, [{}]), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_earlier_export_stays_when_a_new_one_fails(home, tmp_path, monkeypatch):
    catalog = shop_of(home, [{}])
    export_catalog(home, catalog, tmp_path / "out")
    with pytest.raises(Cancelled):
        export_catalog(home, catalog, tmp_path / "out", replace=True, progress=StopAt("writing"))
    again, _ = imported_again(tmp_path / "out", tmp_path)
    assert len(again) == 1
