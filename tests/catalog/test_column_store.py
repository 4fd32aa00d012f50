import os
import shutil
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog import column_store, product_columns
from core.catalog.catalogs import create_catalog, find_catalog, list_catalogs
from core.catalog.column_store import keep_columns, open_columns
from core.catalog.log import change, undo
from core.catalog.product_filter import ProductFilter
from core.catalog.products import edit_product, facets, find_products
from core.catalog.schema import products
from core.errors import CatalogError
from core.home import open_home
from tests.catalog.store import small_catalog


@pytest.fixture
def kept_small(monkeypatch):
    """Keep the columns of the smallest catalogs too, as those of large ones."""
    monkeypatch.setattr(column_store, "KEPT_PRODUCTS", 1)


def forget(home):
    """Forget what this process has open, as a new process would."""
    column_store._opened.cache_clear()


def found(home, catalog, **conditions):
    return [product.product_id for product in find_products(home, catalog, ProductFilter(**conditions))[0]]


def folders(home, catalog):
    return sorted(path.name for path in (home.cache / "columns" / str(catalog.catalog_id)).iterdir())


def add(home, catalog, product_id, title, position):
    row = {"attributes": {}, "source_values": {}, "source_key": product_id, "title": title, "position": position}
    with change(home, actor="ann", kind="import", summary="Added", catalog_id=catalog.catalog_id) as adding:
        adding.insert(products, [{**row, "catalog_id": catalog.catalog_id, "product_id": product_id}])
    return adding.event_id


def test_an_import_leaves_columns_that_a_new_process_finds_ready(home, kept_small, monkeypatch):
    catalog = small_catalog(home)
    keep_columns(home, catalog.catalog_id)
    assert folders(home, catalog) == [str(catalog.version)]
    forget(home)
    monkeypatch.setattr(column_store, "read_columns", lambda *_: pytest.fail("everything was read anew"))
    assert found(home, catalog, color="red") == ["a/1"]
    assert found(home, catalog, text="kitchenware") == ["c/1"]


def test_edits_and_new_products_are_mended_into_kept_columns(home, kept_small, monkeypatch):
    catalog = small_catalog(home)
    keep_columns(home, catalog.catalog_id)
    forget(home)
    monkeypatch.setattr(column_store, "read_columns", lambda *_: pytest.fail("everything was read anew"))
    assert found(home, catalog, text="wool") == ["b/1"]
    edit_product(home, catalog, "b/1", {"title": "Zinc bucket", "color": "grey", "category": "Garden"}, actor="ann")
    add(home, catalog, "d/1", "Apple green cup", 4)
    assert found(home, catalog, text="wool") == []
    assert found(home, catalog, text="zinc") == found(home, catalog, color="grey") == ["b/1"]
    assert found(home, catalog, text="cup") == ["d/1"]
    # Apple < Blue < Desk < Red < Zinc
    assert found(home, catalog, order_by="title") == ["d/1", "a/2", "c/1", "a/1", "b/1"]
    assert list(facets(home, catalog, ProductFilter()).categories) == [
        "Garden", "Kitchen", "Kitchen > Mugs", "Kitchenware",
    ]  # fmt: skip


def test_products_that_left_have_everything_read_anew(home, kept_small):
    catalog = small_catalog(home)
    added = add(home, catalog, "d/1", "Cup", 4)
    keep_columns(home, catalog.catalog_id)
    assert found(home, catalog, text="cup") == ["d/1"]
    undone = undo(home, added, actor="ann")
    assert found(home, catalog) == ["a/1", "a/2", "b/1", "c/1"]
    assert found(home, catalog, text="cup") == []
    undo(home, undone, actor="ann")
    assert found(home, catalog, text="cup") == ["d/1"]


def test_columns_of_another_database_are_not_taken_for_these(home, kept_small):
    catalog = small_catalog(home)
    with sqlite3.connect(home.root / "shelflens.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(home.root / "shelflens.db", home.root / "backup.db")
    edit_product(home, catalog, "a/1", {"title": "Scarlet cup"}, actor="ann")
    keep_columns(home, catalog.catalog_id)
    # The backup comes back, and another edit gives its catalog the very version the columns are of.
    for path in home.root.glob("shelflens.db*"):
        path.unlink()
    (home.root / "backup.db").rename(home.root / "shelflens.db")
    from core.catalog.database import _engine

    _engine.cache_clear()
    forget(home)
    with change(home, actor="bob", kind="edit", summary="Another", catalog_id=catalog.catalog_id) as other:
        other.connection.exec_driver_sql("UPDATE events SET at = '2020-01-01' WHERE event_id = ?", (other.event_id,))
        other.update(products, {"catalog_id": catalog.catalog_id, "product_id": "a/2"}, {"title": "Navy jug"})
    assert found(home, catalog, text="scarlet") == []
    assert found(home, catalog, text="navy") == ["a/2"]


@pytest.mark.parametrize("name", ["columns.json", "positions.npy", "code_color.npy", "texts.db", "titles.npy"])
def test_damaged_files_are_made_again(home, kept_small, name):
    catalog = small_catalog(home)
    keep_columns(home, catalog.catalog_id)
    forget(home)
    path = home.cache / "columns" / str(catalog.catalog_id) / str(catalog.version) / name
    path.write_bytes(b"\x93NUMPY damaged")
    assert found(home, catalog, color="blue") == ["a/2"]
    assert found(home, catalog, text="mug") == ["a/1", "a/2"]


def test_numbers_that_stand_for_no_value_are_refused(home, kept_small):
    catalog = small_catalog(home)
    keep_columns(home, catalog.catalog_id)
    forget(home)
    folder = home.cache / "columns" / str(catalog.catalog_id) / str(catalog.version)
    np.save(folder / "code_brand.npy", np.full(4, 7, dtype=np.int32))
    assert found(home, catalog, brand="Nord") == ["b/1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_searched_all_the_same(home, kept_small):
    catalog = small_catalog(home)
    home.cache.mkdir(exist_ok=True)
    home.cache.chmod(0o500)
    try:
        keep_columns(home, catalog.catalog_id)
        assert found(home, catalog, text="mug") == ["a/1", "a/2"]
    finally:
        home.cache.chmod(0o700)


def test_a_full_disk_keeps_nothing_and_breaks_nothing(home, kept_small, monkeypatch):
    catalog = small_catalog(home)

    def full(*_args, **_settings):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(column_store, "write_text_index", full)
    keep_columns(home, catalog.catalog_id)
    assert folders(home, catalog) == []
    assert found(home, catalog, text="mug") == ["a/1", "a/2"]


def test_too_many_changes_have_everything_read_anew(home, kept_small, monkeypatch):
    catalog = small_catalog(home)
    keep_columns(home, catalog.catalog_id)
    before = open_columns(home, catalog.catalog_id)
    monkeypatch.setattr(product_columns, "MOST_MENDED", 1)
    for name in ("a/1", "a/2"):
        edit_product(home, catalog, name, {"color": "grey"}, actor="ann")
    after = open_columns(home, catalog.catalog_id)
    assert (before.mended, after.mended, after.text_key == before.text_key) == ({}, {}, False)
    assert found(home, catalog, color="grey") == ["a/1", "a/2"]


def test_a_damaged_row_gives_one_clear_error(home):
    catalog = small_catalog(home)
    with sqlite3.connect(home.root / "shelflens.db") as connection:
        connection.execute("UPDATE products SET category = x'00ff' WHERE product_id = 'a/1'")
    with pytest.raises(CatalogError, match="row is damaged"):
        found(home, catalog, color="red")


def test_totals_are_counted_once_a_version(home, monkeypatch):
    catalog = small_catalog(home)
    assert [(each.products, each.pictures, each.categories) for each in list_catalogs(home)] == [(4, 1, 3)]
    from core.catalog import catalog_totals

    monkeypatch.setattr(catalog_totals, "count_totals", lambda *_: pytest.fail("counted again"))
    assert find_catalog(home, "shop").products == 4
    monkeypatch.undo()
    add(home, catalog, "d/1", "Cup", 4)
    assert find_catalog(home, "shop").products == 5


def test_totals_by_columns_and_by_the_database_agree(home, monkeypatch):
    catalog = small_catalog(home)
    edit_product(home, catalog, "a/1", {"category": None, "split": "train"}, actor="ann")
    by_rows = find_catalog(home, "shop")
    from core.catalog import catalog_totals

    monkeypatch.setattr(catalog_totals, "KEPT_PRODUCTS", 1)
    catalog_totals._counted.cache_clear()
    assert find_catalog(home, "shop") == by_rows
    assert by_rows.categories == 3  # the other mug keeps its category


titles = st.sampled_from(["Red mug", "blue mug", "Ärmel", "Zebra", "aaa", ""])
colors = st.sampled_from(["red", "blue", None])
steps = st.lists(st.tuples(st.integers(0, 5), titles, colors), max_size=5)


@settings(max_examples=12, deadline=None)
@given(steps)
def test_mended_columns_answer_as_columns_read_anew(tmp_path_factory, steps):
    home = open_home(tmp_path_factory.mktemp("home"))
    catalog = create_catalog(home, "shop", actor="tests")
    open_columns(home, catalog.catalog_id)
    known: set[int] = set()
    for number, title, color in steps:
        key = {"catalog_id": catalog.catalog_id, "product_id": f"p{number}"}
        row = {"attributes": {}, "source_values": {}, "source_key": f"p{number}", "title": title, "color": color}
        with change(home, actor="x", kind="edit", summary="x", catalog_id=catalog.catalog_id) as changing:
            if number in known:
                changing.update(products, key, {"title": title, "color": color})
            else:
                changing.insert(products, [{**key, **row, "position": len(known)}])
        known.add(number)
        mended = [found(home, catalog, **each) for each in QUERIES]
        forget(home)
        assert mended == [found(home, catalog, **each) for each in QUERIES]


QUERIES = ({}, {"text": "mug"}, {"color": "red"}, {"order_by": "title"}, {"text": "armel", "order_by": "title"})
