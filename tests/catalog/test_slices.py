import pytest

from core.catalog.attribute_columns import attribute_names, attribute_values
from core.catalog.log import undo
from core.catalog.slices import delete_slice, list_slices, read_slice, rename_slice, save_slice
from core.errors import CatalogError
from tests.catalog.store import small_catalog


def test_a_slice_keeps_each_product_once_in_order(home):
    catalog = small_catalog(home)
    save_slice(home, catalog, "mugs", ["a/2", "a/1", "a/2"], note="two of them", actor="ann")
    kept = read_slice(home, catalog, "mugs")
    assert (kept.product_ids, kept.note, kept.created_by) == (("a/2", "a/1"), "two of them", "ann")


def test_a_taken_name_is_refused_unless_it_may_be_replaced(home):
    catalog = small_catalog(home)
    save_slice(home, catalog, "mugs", ["a/1"], actor="ann")
    with pytest.raises(CatalogError, match="has a slice 'mugs' already"):
        save_slice(home, catalog, "mugs", ["a/2"], actor="bob")
    replaced = save_slice(home, catalog, "mugs", ["a/2"], actor="bob", replace=True)
    assert (replaced.product_ids, replaced.revision) == (("a/2",), 2)


def test_renaming_and_deleting_can_be_undone(home):
    catalog = small_catalog(home)
    save_slice(home, catalog, "mugs", ["a/1"], actor="ann")
    rename_slice(home, catalog, "mugs", "cups", actor="ann")
    event = delete_slice(home, catalog, "cups", actor="ann")
    assert list_slices(home, catalog) == []
    undo(home, event, actor="ann")
    assert [each.name for each in list_slices(home, catalog)] == ["cups"]


@pytest.mark.parametrize(("ids", "message"), [([], "at least one product"), ([""], "not empty"), ([7], "a text")])
def test_what_is_no_slice_is_refused(home, ids, message):
    with pytest.raises(CatalogError, match=message):
        save_slice(home, small_catalog(home), "odd", ids, actor="ann")


def test_attributes_are_read_as_columns(home):
    catalog = small_catalog(home)
    assert attribute_names(home, catalog) == ["material", "weight_g"]
    weights = attribute_values(home, catalog, "weight_g")
    assert weights["a/2"] == 100  # 100 times its position
    assert attribute_values(home, catalog, "no such").empty
