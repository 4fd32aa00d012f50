"""Exports that strangers changed: one message or one skipped row, nothing read from outside the export."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.export import export_catalog
from core.catalog.export_source import ExportSource, find_export
from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.errors import CatalogError
from tests.catalog.picture_files import save_picture
from tests.quality.shops import shop_of


@pytest.fixture
def exported(home, tmp_path):
    export_catalog(home, shop_of(home, [{}, {}]), tmp_path / "out", table_format="jsonl")
    return tmp_path / "out"


def rewrite(folder, **changes):
    """Change the first row of an export."""
    path = folder / "products.jsonl"
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([json.dumps(json.loads(first) | changes), *rest]) + "\n")


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"product_id": None}, "unreadable", "product_id or title is missing"),
        ({"product_id": 7}, "unreadable", "product_id or title is missing"),
        ({"title": None}, "unreadable", "product_id or title is missing"),
        ({"brand": ["a"]}, "unreadable", "brand is no text"),
        ({"price_minor_units": -1}, "unreadable", "price_minor_units is -1"),
        ({"price_minor_units": 2**70}, "unreadable", "price_minor_units is 1180591620717411303424"),
        ({"price_minor_units": 1.5}, "unreadable", "price_minor_units is no whole number"),
        ({"price_minor_units": True}, "unreadable", "price_minor_units is no whole number"),
        ({"split": "all"}, "unreadable", "split is 'all'"),
        ({"attributes": [1]}, "unreadable", "attributes or pictures are no JSON of their kind"),
        ({"pictures": ["../../etc/passwd"]}, "unsafe_name", "the export names a picture '../../etc/passwd'"),
        ({"pictures": ["/etc/passwd"]}, "unsafe_name", "the export names a picture '/etc/passwd'"),
        ({"pictures": [7]}, "unsafe_name", "the export names a picture '7'"),
    ],
)
def test_a_changed_row_is_skipped_with_its_reason(exported, changes, reason, detail):
    rewrite(exported, **changes)
    source = ExportSource(exported)
    kept = list(source.records())
    [skipped] = source.skipped()
    assert (skipped.name, skipped.reason) == ("row 1", reason)
    assert detail in skipped.detail
    assert len(kept) == (2 if reason == "unsafe_name" else 1)  # the product stays, without the picture


def test_a_link_out_of_the_export_is_not_followed(exported, tmp_path):
    name = f"pictures/ab/{'ab' * 32}.png"
    secret = save_picture(tmp_path / "secret.png")
    (exported / "pictures" / "ab").mkdir(parents=True)
    (exported / name).symlink_to(secret)
    rewrite(exported, pictures=[name])
    source = ExportSource(exported)
    assert next(source.records()).pictures == ()
    assert source.skipped()[0].reason == "link"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"shelflens_export": 1}', "[" * 100_000])
def test_a_damaged_manifest_is_no_export(exported, text):
    (exported / "manifest.json").write_text(text)
    folder = find_export(str(exported))
    if folder is not None:  # it says it is one of ours, then lacks the rest
        with pytest.raises(CatalogError, match="is damaged"):
            ExportSource(folder)


def test_a_newer_export_says_so(exported):
    values = json.loads((exported / "manifest.json").read_text())
    (exported / "manifest.json").write_text(json.dumps(values | {"shelflens_export": 2}))
    with pytest.raises(CatalogError, match=r"exported by a newer ShelfLens \(layout 2, this one reads 1\)"):
        ExportSource(exported)


@pytest.mark.parametrize("table_format", ["csv", "parquet", "jsonl"])
def test_a_torn_table_is_one_message(home, tmp_path, table_format):
    export_catalog(home, shop_of(home, [{}] * 50), tmp_path / "out", table_format=table_format)
    path = tmp_path / "out" / f"products.{table_format}"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CatalogError, match=r"products\.\w+ is damaged: .*; export the catalog again"):
        import_source(home, open_source(home, str(tmp_path / "out")), catalog_name="again", actor="tests")


@given(st.binary(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_in_place_of_a_table_give_products_or_one_message(exported, data):
    (exported / "products.jsonl").write_bytes(data)
    try:
        assert all(record.product_id for record in ExportSource(exported).records())
    except CatalogError as error:
        assert "is damaged" in str(error)
