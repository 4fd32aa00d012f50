from collections import Counter, defaultdict
from math import log
from statistics import median

import pytest

from core.catalog.demo.assortment import CONFUSABLE, category_of
from core.catalog.demo.products import make_products
from core.catalog.demo.truths import plant, truths_of


@pytest.fixture(scope="module")
def listed():
    return plant(make_products(7), 7)


@pytest.fixture(scope="module")
def truths(listed):
    return truths_of(listed)


def test_planting_is_the_same_for_the_same_seed(listed):
    assert plant(make_products(7), 7) == listed


def test_enough_is_planted(listed, truths):
    assert 0.04 <= len(truths["wrong_category"]) / len(listed) <= 0.06
    assert len(truths["exact_duplicates"]) >= 8
    assert len(truths["near_duplicates"]) >= 10
    assert len(truths["odd_prices"]) >= 12
    assert {odd["factor"] for odd in truths["odd_prices"]} == {8.0, 1 / 8}


def test_every_fault_hits_its_own_products(truths):
    wrong = [entry["product_id"] for entry in truths["wrong_category"]]
    odd = [entry["product_id"] for entry in truths["odd_prices"]]
    copies = [product_id for group in truths["exact_duplicates"] + truths["near_duplicates"] for product_id in group]
    assert max(Counter(wrong + odd + copies).values()) == 1


def test_a_wrong_category_is_one_it_could_be_mistaken_for(listed, truths):
    by_id = {entry.product_id: entry for entry in listed}
    for wrong in truths["wrong_category"]:
        entry = by_id[wrong["product_id"]]
        assert wrong["current"] == " > ".join(entry.product.category)
        assert wrong["true"] == " > ".join(category_of(entry.product.look.family).path)
        possible = {" > ".join(category_of(family).path) for family in CONFUSABLE[entry.product.look.family]}
        assert wrong["current"] in possible - {wrong["true"]}


def test_planted_prices_stand_out_of_their_category_and_tier(listed, truths):
    odd = {entry["product_id"] for entry in truths["odd_prices"]}
    prices = defaultdict(list)
    for entry in listed:
        if entry.product_id not in odd:
            prices[entry.true_category, entry.product.brand.tier].append(entry.product.price)

    def distance(entry):
        return abs(log(entry.product.price / median(prices[entry.true_category, entry.product.brand.tier])))

    ordinary = sorted(distance(entry) for entry in listed if entry.product_id not in odd)
    # Eight is log 2.08; materials and styles move a price by a factor of two or so, so planted prices lie far out.
    assert min(distance(entry) for entry in listed if entry.product_id in odd) > ordinary[int(0.97 * len(ordinary))]


def test_splits_are_stratified_and_never_separate_copies(listed, truths):
    splits = {entry.product_id: entry.split for entry in listed}
    for group in truths["exact_duplicates"] + truths["near_duplicates"]:
        assert len(group) >= 2
        assert len({splits[product_id] for product_id in group}) == 1
    counts = Counter(splits.values())
    assert counts["test"] >= 120
    assert counts["train"] > 3 * counts["test"] > 3 * counts["validation"] > 0
    for path in {entry.product.category for entry in listed}:
        assert {entry.split for entry in listed if entry.product.category == path} == {"train", "validation", "test"}


def test_ids_are_unique_and_do_not_give_copies_away(listed, truths):
    ids = [entry.product_id for entry in listed]
    assert sorted(ids) == [f"D{number:04d}" for number in range(1, len(listed) + 1)]
    last = f"D{len(listed) - 30:04d}"
    assert not all(group[-1] > last for group in truths["exact_duplicates"])  # copies are not simply the last ones
