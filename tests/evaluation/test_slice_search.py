import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert, update

from core.catalog.catalogs import find_catalog
from core.catalog.database import write
from core.catalog.documents import add_document
from core.catalog.log import change
from core.catalog.schema import picture_measures, products
from core.evaluation.slice_search import correct_for_many, judge_slices
from core.evaluation.slice_search_bands import SliceMembers, slice_members
from core.vision.picture_measures import MEASURES_VERSION
from tests.models.synthetic import picture_hash, planted_catalog


def members(name, rows):
    return SliceMembers("color", name, np.asarray(rows))


def test_the_correction_is_that_of_benjamini_and_hochberg():
    # 0.01 * 4 / 1, 0.02 * 4 / 2, 0.04 * 4 / 3 and 0.9 * 4 / 4, each at most what comes after it.
    assert correct_for_many(np.array([0.04, 0.01, 0.9, 0.02])) == pytest.approx([0.16 / 3, 0.04, 0.9, 0.04])
    assert correct_for_many(np.empty(0)).size == 0


def test_the_test_is_fishers_exact_one():
    stats = pytest.importorskip("scipy.stats")
    right = np.ones(200, bool)
    right[:12] = False  # 12 of the first 40 wrong, none elsewhere
    [found] = judge_slices([members("red", range(40))], right, np.arange(200))
    expected = stats.fisher_exact([[28, 12], [160, 0]], alternative="less").pvalue
    assert found.p_value == pytest.approx(expected, rel=1e-9)
    assert (found.pictures, found.right, found.accuracy, found.rest_accuracy, found.worse) == (40, 28, 0.7, 1.0, True)
    assert found.words == "color red: 70.0 % of 40 pictures right, 30.0 points below the rest"


def test_slices_of_luck_are_seldom_called_worse():
    """Nothing is wrong with any of 40 random slices; in 100 tries a false alarm may come in some 5."""
    random, alarms = np.random.default_rng(0), 0
    for _ in range(100):
        right = random.random(300) < 0.8
        slices = [members(str(each), random.choice(300, 60, replace=False)) for each in range(40)]
        alarms += any(each.worse for each in judge_slices(slices, right, np.arange(300)))
    assert alarms <= 12


def test_pictures_of_one_product_count_once():
    right = np.ones(200, bool)
    right[:30] = False
    once = np.concatenate([[0], np.arange(30, 200)])  # the 30 wrong ones show one product
    assert judge_slices([members("red", range(60))], right, np.arange(200))[0].worse
    [found] = judge_slices([members("red", range(60))], right, once)
    assert not found.worse and found.accuracy == 0.5  # shown over all pictures, tested over products


def test_small_slices_and_small_rests_are_not_tested():
    right = np.ones(100, bool)
    assert judge_slices([members("few", range(14)), members("all", range(90))], right, np.arange(100)) == ()


@pytest.fixture
def shop(home):
    """Forty products: ten prices, two colors, a brand of spaces, measures of the first twenty pictures."""
    planted_catalog(home, ["mug"] * 40)
    catalog = find_catalog(home, "shop")
    with change(home, actor="t", kind="edit", summary="prices", catalog_id=catalog.catalog_id) as changing:
        for number in range(40):
            values = {"color": "red" if number < 10 else "blue", "brand": " "}
            if number < 39:
                values |= {"price_minor_units": 100 * (number % 10 + 1), "currency": "EUR"}
            mine = (products.c.catalog_id == catalog.catalog_id) & (products.c.product_id == f"p{number:04}")
            changing.connection.execute(update(products).where(mine).values(**values))
    with write(home) as connection:
        rows = [
            {"picture_hash": picture_hash(each), "version": MEASURES_VERSION, "brightness": each / 20, "contrast": 0.2}
            for each in range(20)
        ]
        connection.execute(insert(picture_measures), rows)
    return find_catalog(home, "shop")


def judged(count=40):
    return pd.DataFrame(
        {
            "product_id": [f"p{each:04}" for each in range(count)],
            "picture_hash": [picture_hash(e) for e in range(count)],
        }
    )


def test_what_products_and_pictures_can_be_sliced_by(home, shop):
    add_document(home, shop, "slice", "favorites", body={"product_ids": ["p0001", "p0002", 7, "gone"]}, actor="t")
    add_document(home, shop, "slice", "broken", body={"product_ids": "p0001"}, actor="t")
    found, notes = slice_members(home, shop, judged())
    by_name = {(each.kind, each.name): each.rows.tolist() for each in found}
    assert by_name["color", "red"] == list(range(10))
    assert by_name["slice", "favorites"] == [1, 2]
    prices = [name for kind, name in by_name if kind == "price"]
    assert prices[0].startswith("up to € ") and prices[-1].startswith("above € ") and len(prices) == 4
    priced = sorted(row for (kind, _), rows in by_name.items() if kind == "price" for row in rows)
    assert priced == list(range(39))  # every priced product is in one band, the one without a price in none
    # brightness of twenty pictures, 0 to 0.95: the 20 % quantile is 0.19, so four are at most that
    assert by_name["picture", "darkest fifth (at most brightness 0.19)"] == [0, 1, 2, 3]
    assert not any(kind == "brand" or name == "broken" or "contrast" in name for kind, name in by_name)
    assert notes == ("no judged product has a brand",)


def test_products_that_are_gone_are_in_no_slice(home, shop):
    rows = judged(3)
    rows.loc[0, "product_id"] = "deleted"
    found, _ = slice_members(home, shop, rows)
    assert next(each for each in found if each.name == "red").rows.tolist() == [1, 2]


def test_a_bare_catalog_says_what_it_lacks(home):
    found, notes = slice_members(home, planted_catalog(home, ["mug"] * 3), judged(3))
    assert found == []
    assert notes[:3] == tuple(f"no judged product has a {name}" for name in ("price", "color", "brand"))
    assert "no picture was measured yet: run `measure shop`" in notes[3]
