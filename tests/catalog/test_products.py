import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.log import change, undo
from core.catalog.product_filter import ProductFilter
from core.catalog.products import (
    count_by,
    count_products,
    edit_product,
    facets,
    find_products,
    get_product,
    picture_table,
    product_table,
    read_products,
)
from core.catalog.schema import products
from core.errors import CatalogError
from tests.catalog.store import small_catalog


def found(home, catalog, **conditions):
    return [product.product_id for product in read_products(home, catalog, filter=ProductFilter(**conditions))]


def test_a_category_filter_takes_the_path_and_what_is_below_but_no_namesake(home):
    catalog = small_catalog(home)
    assert found(home, catalog, category="Kitchen") == ["a/1", "a/2"]  # not "Kitchenware"
    assert found(home, catalog, category="Kitchen > Mugs") == ["a/1", "a/2"]
    assert found(home, catalog, category="Mugs") == []


def test_every_word_of_a_text_must_begin_a_word_and_signs_mean_nothing(home):
    catalog = small_catalog(home)
    assert found(home, catalog, text="mug BLUE") == ["a/2"]
    assert found(home, catalog, text="kitch mu") == ["a/1", "a/2"]  # the category is searched as well
    assert found(home, catalog, text="100%") == ["b/1"]
    assert found(home, catalog, text="ug") == []  # within a word, not at its beginning
    assert found(home, catalog, text="%") == []  # no word at all


def test_accents_and_case_do_not_matter_to_a_search(home):
    catalog = small_catalog(home)
    edit_product(home, catalog, "a/1", {"title": "Café Crème"}, actor="ann")
    for text in ("cafe", "CAFÉ", "cre\u0300me", "crè ca"):
        assert found(home, catalog, text=text) == ["a/1"], text


@pytest.mark.parametrize(
    "text", ['"', "mug AND", "NOT mug", "mug*", "(", "title:mug", "NEAR(a b)", "^", "\0mug", "\ud800 mug", "mug " * 99]
)
def test_a_search_takes_operators_of_its_engine_as_plain_words(home, text):
    catalog = small_catalog(home)
    # What is left of each is "mug" alone, or words that no product has: never an error.
    assert found(home, catalog, text=text) in ([], ["a/1", "a/2"])


def test_prices_narrow_and_order_and_products_without_price_come_last_both_ways(home):
    catalog = small_catalog(home)
    assert found(home, catalog, price_min=900, price_max=1250) == ["a/1", "a/2"]
    assert found(home, catalog, order_by="price") == ["a/1", "a/2", "c/1", "b/1"]
    assert found(home, catalog, order_by="-price") == ["c/1", "a/2", "a/1", "b/1"]


def test_pictures_splits_brands_and_colors_narrow(home):
    catalog = small_catalog(home)
    assert found(home, catalog, has_picture=True) == ["a/1"]
    assert found(home, catalog, split="test") == ["c/1"]
    assert found(home, catalog, brand="Nord") == ["b/1"]
    assert found(home, catalog, color="blue") == ["a/2"]
    assert count_products(home, catalog, filter=ProductFilter(has_picture=False)) == 3
    assert count_by(home, catalog, "category") == {"Kitchen > Mugs": 2, "Clothing": 1, "Kitchenware": 1}


def test_pages_follow_one_another_without_gap_or_overlap(home):
    catalog = small_catalog(home)
    pages = [read_products(home, catalog, limit=3, offset=start) for start in (0, 3)]
    assert [[product.product_id for product in page] for page in pages] == [["a/1", "a/2", "b/1"], ["c/1"]]
    assert pages[0][0].picture_hashes == ("f" * 64,)


def test_amounts_of_different_currencies_are_never_put_in_one_order(home):
    catalog = small_catalog(home)
    # 1,000 yen as a bare number would stand between the 900 and the 1,250 cents of the mugs.
    edit_product(home, catalog, "c/1", {"price_minor_units": 1000, "currency": "JPY"}, actor="ann")
    assert found(home, catalog, order_by="price") == ["a/1", "a/2", "c/1", "b/1"]
    assert found(home, catalog, order_by="-price") == ["a/2", "a/1", "c/1", "b/1"]


def test_a_price_filter_names_its_currency_where_there_are_several(home):
    catalog = small_catalog(home)
    edit_product(home, catalog, "c/1", {"price_minor_units": 1000, "currency": "JPY"}, actor="ann")
    with pytest.raises(CatalogError, match="the prices are in EUR, JPY: name the currency"):
        found(home, catalog, price_min=900)
    assert found(home, catalog, price_min=900, price_max=1000, currency="EUR") == ["a/1"]
    assert found(home, catalog, price_min=900, price_max=1000, currency="JPY") == ["c/1"]


def test_what_cleaning_left_out_is_shown_only_to_those_who_ask(home):
    catalog = small_catalog(home)
    edit = {"left_out": "cap per category"}
    with change(home, actor="ann", kind="clean", summary="Capped", catalog_id=catalog.catalog_id) as capping:
        capping.update(products, {"catalog_id": catalog.catalog_id, "product_id": "a/1"}, edit)
    assert found(home, catalog) == ["a/2", "b/1", "c/1"]
    assert found(home, catalog, left_out=True) == ["a/1"]
    assert found(home, catalog, left_out=None, text="mug") == ["a/1", "a/2"]
    assert get_product(home, catalog, "a/1").left_out == "cap per category"
    now = find_catalog(home, "shop")
    assert (now.products, now.pictures, now.categories) == (3, 0, 3)  # its picture was the only one
    assert product_table(home, catalog)["product_id"].tolist() == ["a/2", "b/1", "c/1"]
    assert len(picture_table(home, catalog)) == 0
    undo(home, capping.event_id, actor="ann")
    assert find_catalog(home, "shop").pictures == 1


def test_the_table_has_a_row_a_product_and_keeps_missing_prices_missing(home):
    frame = product_table(home, small_catalog(home))
    assert frame["product_id"].tolist() == ["a/1", "a/2", "b/1", "c/1"]
    assert frame["price_minor_units"].isna().tolist() == [False, False, True, False]
    assert frame["picture_hash"].tolist() == ["f" * 64, None, None, None]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 3}, "no field 'size'"),
        ({"split": "holdout"}, "split is train, validation, test"),
        ({"price_minor_units": -1}, "whole number of at least 0, not -1"),
        ({"price_minor_units": 5, "currency": None}, "a price needs a currency"),
        ({"title": "  "}, "title cannot be empty"),
    ],
)
def test_edits_that_cannot_be_kept_say_why(home, values, message):
    catalog = small_catalog(home)
    with pytest.raises(CatalogError, match=message):
        edit_product(home, catalog, "a/1", values, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Red mug"


def test_a_missing_product_and_a_wrong_order_are_named(home):
    catalog = small_catalog(home)
    with pytest.raises(CatalogError, match="no product 'zzz'"):
        get_product(home, catalog, "zzz")
    with pytest.raises(CatalogError, match="not 'size'"):
        ProductFilter(order_by="size")


def test_facets_count_each_field_among_what_the_other_filters_leave(home):
    catalog = small_catalog(home)
    counted = facets(home, catalog, ProductFilter(category="Kitchen", color="red"))
    # Categories among red products: a/1 alone. Colors within Kitchen: both mugs. Brands of red things in Kitchen: none.
    assert counted.categories == {"Kitchen": 1, "Kitchen > Mugs": 1}
    assert counted.colors == {"blue": 1, "red": 1}
    assert (counted.brands, counted.splits) == ({}, {})
    everything = facets(home, catalog, ProductFilter())
    assert everything.categories == {"Clothing": 1, "Kitchen": 2, "Kitchen > Mugs": 2, "Kitchenware": 1}
    assert (everything.brands, everything.splits) == ({"Nord": 1}, {"test": 1})
    assert (everything.currencies, everything.prices) == ({"EUR": 3}, {"EUR": (900, 4000)})
    assert (everything.with_pictures, everything.without_pictures, everything.uncategorized) == (1, 3, 0)


def test_a_page_of_a_sorted_list_is_the_slice_of_the_whole(home):
    catalog = small_catalog(home)
    for order in ("position", "title", "price", "-price", "category"):
        whole = [product.product_id for product in find_products(home, catalog, ProductFilter(order_by=order))[0]]
        for offset in range(5):
            page, total = find_products(home, catalog, ProductFilter(order_by=order), limit=2, offset=offset)
            assert ([product.product_id for product in page], total) == (whole[offset : offset + 2], 4), (order, offset)


def test_an_expression_and_a_list_of_ids_narrow_beside_other_filters(home):
    catalog = small_catalog(home)
    assert found(home, catalog, where="attribute.weight_g >= 100", text="mug") == ["a/2"]
    assert found(home, catalog, product_ids=("c/1", "a/1", "none"), order_by="title") == ["c/1", "a/1"]
    assert found(home, catalog, product_ids=()) == []
