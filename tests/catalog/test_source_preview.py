import json

import pytest

from core.catalog.source_preview import PREVIEW_ROWS, preview_source
from core.catalog.source_settings import SourceSettings
from core.errors import CatalogError
from tests.catalog.picture_files import save_picture
from tests.catalog.tables.table_text import write


def test_a_table_shows_its_rows_its_mapping_and_its_products(home, tmp_path):
    rows = "".join(f"{number},Mug {number},Kitchen > Mugs,{number},red\n" for number in range(1, 101))
    seen = preview_source(home, str(write(tmp_path, f"sku,name,category,price,shade\n{rows}")))
    assert (seen.format, seen.count, len(seen.rows), len(seen.records)) == ("table", 100, PREVIEW_ROWS, PREVIEW_ROWS)
    assert seen.rows[0] == {"sku": "1", "name": "Mug 1", "category": "Kitchen > Mugs", "price": "1", "shade": "red"}
    assert {each.field: each.column for each in seen.mapping} == {
        "product_id": "sku",
        "title": "name",
        "category": "category",
        "price": "price",
    }
    assert seen.attribute_columns == ("shade",)
    # Only the first rows were made into products, so no more than those are counted.
    assert seen.warnings == ("20 prices name no currency and are kept as XXX: name it with --currency",)
    assert json.loads(json.dumps(seen.to_json()))["products"][0]["category"] == "Kitchen > Mugs"


def test_a_correction_changes_the_products(home, tmp_path):
    path = write(tmp_path, "sku,name,label\n1,long text,Mug\n")
    settings = SourceSettings(columns={"title": "label"})
    assert preview_source(home, str(path), settings=settings).records[0].title == "Mug"
    with pytest.raises(CatalogError, match=r"column 'titel' is not in shop\.csv: found sku, name, label"):
        preview_source(home, str(path), settings=SourceSettings(columns={"title": "titel"}))


def test_what_is_missing_and_what_is_skipped_is_said(home, tmp_path):
    seen = preview_source(home, str(write(tmp_path, "image,price\na.jpg,none\nb.jpg,5\nb.jpg,5,6\n")))
    words = " ".join(seen.warnings)
    for part in (
        "no column holds ids",
        "no column was taken for the title",
        "holds file names",
        "1 × the row has more cells",
    ):
        assert part in words


def test_a_folder_has_products_but_no_columns(home, tmp_path):
    for number in range(30):
        save_picture(tmp_path / "shop" / "Mugs" / f"{number:02}.jpg")
    seen = preview_source(home, str(tmp_path / "shop"))
    assert (seen.format, seen.count, seen.columns, seen.mapping) == ("folder", 30, (), ())
    assert len(seen.records) == PREVIEW_ROWS


def test_nothing_is_imported(home, tmp_path):
    from core.catalog.catalogs import list_catalogs

    preview_source(home, str(write(tmp_path, "id\n1\n")))
    assert list_catalogs(home) == []
