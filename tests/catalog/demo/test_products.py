from collections import Counter, defaultdict
from statistics import median

import pytest

from core.catalog.demo.assortment import CATEGORIES
from core.catalog.demo.products import make_products, shop_price


@pytest.fixture(scope="module")
def products():
    return make_products(7)


def test_the_shop_has_600_products_in_18_categories_on_two_levels(products):
    counts = Counter(product.category for product in products)
    assert len(products) >= 600
    assert len(counts) == 18
    assert all(len(path) == 2 for path in counts)
    assert min(counts.values()) >= 25  # enough for a test share of at least five


def test_the_same_seed_makes_the_same_products_and_another_seed_others(products):
    assert make_products(7) == products
    assert [p.title for p in make_products(8)] != [p.title for p in products]


def test_a_title_names_brand_and_color_of_the_attributes(products):
    for product in products:
        assert product.title.startswith(product.brand.name + " ")
        assert product.title.endswith(f" in {product.look.color.title()}")
        assert product.attributes["tier"] == product.brand.tier


def test_brand_tier_raises_prices_within_every_category(products):
    prices = defaultdict(list)
    for product in products:
        prices[product.category, product.brand.tier].append(product.price)
    for category in CATEGORIES:
        budget, mid, premium = (median(prices[category.path, tier]) for tier in ("budget", "mid", "premium"))
        assert budget < mid < premium, category.path


def test_categories_differ_in_price(products):
    typical = {path: median(p.price for p in products if p.category == path) for path in {p.category for p in products}}
    assert typical["Kitchen", "Mugs"] < typical["Clothing", "Shirts"] < typical["Clothing", "Jackets"]
    assert typical["Clothing", "Jackets"] < typical["Furniture", "Tables"] < typical["Furniture", "Sofas"]


@pytest.mark.parametrize(
    ("euros", "tier", "cents"),
    [
        (23.4, "budget", 2299),  # rounds to 23, less one cent
        (23.4, "mid", 2290),  # less ten cents
        (71.2, "mid", 6990),  # from 60 on in steps of five
        (83.0, "premium", 8500),  # whole euros in steps of five
        (1234.0, "premium", 123000),  # in steps of ten from 200 on
        (0.2, "budget", 199),  # never free
    ],
)
def test_prices_end_as_in_shops(euros, tier, cents):
    assert shop_price(euros, tier) == cents
