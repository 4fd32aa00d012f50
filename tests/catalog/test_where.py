import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.catalog.where import parse_where
from core.errors import CatalogError
from tests.catalog.store import small_catalog


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("category = 'Kitchen > Mugs'", ["a/1", "a/2"]),
        ('category == "Kitchen > Mugs" and price < 10', ["a/1"]),  # 9.00 euros, not 900 cents
        ("price BETWEEN 12 AND 40", ["a/2", "c/1"]),
        ("price IS NULL or split = 'test'", ["b/1", "c/1"]),
        ("not (title LIKE '%mug') and price is not null", ["c/1"]),
        ("color IN ('red', 'blue')", ["a/1", "a/2"]),
        ("attribute.weight_g >= 200", ["b/1", "c/1"]),  # 100 g more with every position
        ("attribute.material != 'clay'", []),
        ("attribute.material > 5", []),  # a word is no number, and no error either
        ("title LIKE 'red M%'", ["a/1"]),
        ("title = 5 or title IN (1, 2.5)", []),
        ("price = '9'", ["a/1"]),
    ],
)
def test_expressions_pick_the_products_they_say(home, expression, expected):
    catalog = small_catalog(home)
    found = read_products(home, catalog, filter=ProductFilter(where=expression))
    assert [product.product_id for product in found] == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("size = 3", "no field 'size'"),
        ("price", "cannot use 'price'"),
        ("title = color", "expected a number or a text in quotes"),
        ("load_extension('x') = 1", "expected a field on the left"),
        ("1 = 1; DROP TABLE products", "cannot use"),
        ("price in (SELECT 1)", "cannot use"),
        ("price > 'much'", "a price is compared with a number, not 'much'"),
        ("price <", "cannot read the filter 'price <': it stops making sense at character 7; fields"),
        ("title = 'x", "a quote or a bracket may be missing"),
        ("(" * 3000, "cannot read the filter|nested too deeply"),
        ("not " * 20000 + "price = 1", "at most 10,000 characters"),
    ],
)
def test_everything_else_is_refused_with_what_can_be_used(expression, message):
    with pytest.raises(CatalogError, match=message):
        parse_where(expression)


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_one_clear_error(text):
    try:
        parse_where(text)
    except CatalogError as error:
        assert "fields: price" in str(error)
