import pytest

from core.catalog.log import list_events, undo
from core.catalog.product_edits import LEFT_OUT_BY_HAND, edit_products, save_product, typed_category
from core.catalog.product_filter import ProductFilter
from core.catalog.product_history import product_history
from core.catalog.products import count_products, get_product
from core.errors import CatalogError, EditConflictError
from tests.catalog.store import small_catalog


@pytest.fixture
def catalog(home):
    return small_catalog(home)


def test_two_editors_of_different_fields_both_win(home, catalog):
    seen = {"title": "Red mug", "color": "red"}
    save_product(home, catalog, "a/1", {"title": "Scarlet mug"}, seen=seen, actor="ann")
    save_product(home, catalog, "a/1", {"color": "scarlet"}, seen=seen, actor="bob")
    product = get_product(home, catalog, "a/1")
    assert (product.title, product.color) == ("Scarlet mug", "scarlet")


def test_the_second_editor_of_a_field_is_told_and_nothing_is_written(home, catalog):
    seen = {"title": "Red mug", "color": "red"}
    save_product(home, catalog, "a/1", {"title": "Scarlet mug"}, seen=seen, actor="ann")
    with pytest.raises(EditConflictError, match="somebody else changed title") as conflict:
        save_product(home, catalog, "a/1", {"title": "Ruby mug", "color": "ruby"}, seen=seen, actor="bob")
    # The page shows both versions, so the error carries theirs.
    assert conflict.value.theirs == {"title": "Scarlet mug"}
    product = get_product(home, catalog, "a/1")
    assert (product.title, product.color) == ("Scarlet mug", "red")
    # Having seen theirs, Bob may write his over it.
    save_product(home, catalog, "a/1", {"title": "Ruby mug"}, seen={**seen, **conflict.value.theirs}, actor="bob")
    assert get_product(home, catalog, "a/1").title == "Ruby mug"


def test_many_products_are_edited_and_put_back_in_one_change(home, catalog):
    event_id = edit_products(home, catalog, ["a/1", "a/2", "nobody"], {"category": "Sale"}, actor="ann")
    assert [get_product(home, catalog, each).category for each in ("a/1", "a/2", "b/1")] == ["Sale", "Sale", "Clothing"]
    assert list_events(home)[0].summary == "Gave 2 products category Sale"
    undo(home, event_id, actor="ann")
    assert get_product(home, catalog, "a/2").category == "Kitchen > Mugs"


def test_products_are_left_out_by_hand_and_taken_back(home, catalog):
    edit_products(home, catalog, ["a/1", "b/1"], {"left_out": LEFT_OUT_BY_HAND}, actor="ann")
    # Four products, two of them out.
    assert count_products(home, catalog) == 2
    assert count_products(home, catalog, filter=ProductFilter(left_out=True)) == 2
    edit_products(home, catalog, ["a/1"], {"left_out": None}, actor="ann")
    assert count_products(home, catalog) == 3


@pytest.mark.parametrize(
    ("product_ids", "values", "message"),
    [
        ([], {"category": "A"}, "no product is selected"),
        (["a/1"], {"title": "A"}, "'title' cannot be set for many"),
        (["a/1"], {"category": "x" * 1001}, "at most 1,000 characters"),
        (["a/1"], {"brand": "No\x1b[2Jrd"}, "brand holds signs that cannot be printed"),
        (["a/1"], {"category": "Kitchen > Mugs"}, "nothing to change"),
        (["nobody"], {"category": "A"}, "nothing to change"),
    ],
)
def test_a_bulk_edit_that_cannot_be_is_refused_and_leaves_no_trace(home, catalog, product_ids, values, message):
    before = list_events(home)
    with pytest.raises(CatalogError, match=message):
        edit_products(home, catalog, product_ids, values, actor="ann")
    assert list_events(home) == before


@pytest.mark.parametrize(
    ("typed", "path"),
    [("Kitchen>Dishes", "Kitchen > Dishes"), (" > A >  > B ", "A > B"), ("A", "A"), (" > ", None), (None, None)],
)
def test_a_typed_category_becomes_a_path(typed, path):
    assert typed_category(typed) == path


def test_history_tells_before_and_after_of_each_change(home, catalog):
    attributes = {"weight_g": 100, "material": "glass"}
    seen = {"price_minor_units": 900, "attributes": get_product(home, catalog, "a/1").attributes}
    save_product(home, catalog, "a/1", {"price_minor_units": 1900}, seen=seen, actor="ann")
    edit_products(home, catalog, ["a/1"], {"category": "Sale"}, actor="bob")
    third = save_product(home, catalog, "a/1", {"attributes": attributes}, seen=seen, actor="ann")
    fields = [each.fields for each in product_history(home, catalog, "a/1")]
    # The small catalog gives a/1 a weight of 0 g (its place) and clay; newest change first, the import last.
    assert fields == [
        {"weight_g": ("0", "100"), "material": ("clay", "glass")},
        {"category": ("Kitchen > Mugs", "Sale")},
        {"price": ("€ 9.00", "€ 19.00")},
        {},
    ]
    undo(home, third, actor="ann")
    assert product_history(home, catalog, "a/1")[0].fields["material"] == ("glass", "clay")
