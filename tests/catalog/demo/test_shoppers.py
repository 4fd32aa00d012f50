from collections import defaultdict

import pytest

from core.catalog.demo.products import make_products
from core.catalog.demo.shoppers import make_shoppers
from core.catalog.demo.truths import plant


@pytest.fixture(scope="module")
def listed():
    return plant(make_products(7), 7)


@pytest.fixture(scope="module")
def made(listed):
    return make_shoppers(listed, 7)


def test_shoppers_are_the_same_for_the_same_seed(listed, made):
    assert make_shoppers(listed, 7) == made


def test_400_shoppers_have_8_to_30_events_in_order_of_time(made):
    shoppers, rows = made
    times = defaultdict(list)
    for user, _, event, at in rows:
        assert event in ("view", "wish", "buy")
        times[user].append(at)
    assert [shopper["user"] for shopper in shoppers] == sorted(times)
    assert len(times) == 400
    assert all(8 <= len(moments) <= 30 and moments == sorted(moments) for moments in times.values())


def test_nobody_wishes_for_or_buys_what_they_have_not_seen(made):
    seen = set()
    for user, product_id, event, _ in made[1]:
        if event == "view":
            seen.add((user, product_id))
        assert (user, product_id) in seen


@pytest.mark.parametrize("taste", ["categories", "colors", "tier"])
def test_events_meet_tastes_far_more_often_than_chance(listed, made, taste):
    value = {
        "categories": {entry.product_id: " > ".join(entry.product.category) for entry in listed},
        "colors": {entry.product_id: entry.product.look.color for entry in listed},
        "tier": {entry.product_id: entry.product.brand.tier for entry in listed},
    }[taste]
    liked = {shopper["user"]: shopper["tastes"][taste] for shopper in made[0]}
    hits = [value[product_id] in liked[user] for user, product_id, _, _ in made[1]]
    # By chance: how many products a shopper would like if all were equally likely.
    chance = [sum(value[entry.product_id] in liked[user] for entry in listed) / len(listed) for user in liked]
    assert sum(hits) / len(hits) > 1.5 * sum(chance) / len(chance)
