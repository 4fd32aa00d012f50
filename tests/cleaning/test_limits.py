"""Caps and samples: how many stay, and that nothing but ids and the seed decides who."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cleaning.limits import _lot_order, _Members, _running_totals
from core.errors import SettingsError
from core.home import open_home
from tests.cleaning.shop import all_products, clean, make_shop, preview, values


def many(counts, **more):
    return [
        {"product_id": f"{name}-{number}", "category": name, **more}
        for name, count in counts.items()
        for number in range(count)
    ]


def test_a_cap_leaves_at_most_so_many(home):
    make_shop(home, [*many({"Mugs": 30, "Hats": 5}), {"product_id": "x", "category": None}])
    applied = clean(home, "cap-per-category", most=10)
    # 20 mugs are too many; hats and the product without a category stay.
    assert applied.products == 20
    assert Counter(values(home, "category").values()) == {"Mugs": 10, "Hats": 5, None: 1}
    out = [product for product in all_products(home, left_out=None) if product.left_out]
    assert {product.left_out for product in out} == {"cap per category"}


def test_pictures_can_be_counted(home):
    make_shop(home, [{"product_id": f"p{n}", "category": "A", "pictures": (2 * n, 2 * n + 1)} for n in range(6)])
    clean(home, "cap-per-category", most=5, count="pictures")
    assert len(all_products(home)) == 2  # two pictures each: two products show four, a third would make it six


def test_a_level_can_be_capped(home):
    make_shop(home, many({"A > B": 4, "A > C": 4}))
    clean(home, "cap-per-category", most=3, level=1)
    assert len(all_products(home)) == 3


def test_a_later_import_does_not_change_who_was_drawn(home):
    rows = many({"Mugs": 40})
    make_shop(home, rows)
    make_shop(home, rows[:20], name="grown")
    clean(home, "cap-per-category", most=8)
    clean(home, "cap-per-category", name="grown", most=8)
    from core.catalog.catalogs import find_catalog
    from tests.cleaning.shop import add_rows

    add_rows(home, find_catalog(home, "grown"), rows[20:], first=20)
    clean(home, "cap-per-category", name="grown", most=8)
    # Lots are drawn by id: whether products came at once or in two imports, the same eight stay.
    assert set(values(home, "title", name="grown")) == set(values(home, "title"))


def test_under_sampling_leaves_categories_between_the_two_sizes_alone(home):
    make_shop(home, many({"Large": 25, "Middle": 18, "Small": 3}))
    shown = preview(home, "under-sample", above=20, down_to=15)
    assert (shown.total, shown.figures["categories"]) == (10, 1)
    clean(home, "under-sample", above=20, down_to=15)
    assert Counter(values(home, "category").values()) == {"Large": 15, "Middle": 18, "Small": 3}


def test_only_train_can_be_sampled(home):
    make_shop(home, [*many({"A": 30}, split="train"), {"product_id": "t", "category": "A", "split": "test"}])
    clean(home, "under-sample", above=20, down_to=10, only_train=True)
    assert Counter(values(home, "split").values()) == {"train": 10, "test": 1}


def test_down_to_is_not_above_above(home):
    make_shop(home, [{}])
    with pytest.raises(SettingsError, match="down_to is 30: expected at most above, which is 20"):
        clean(home, "under-sample", above=20, down_to=30)


rows = st.lists(st.sampled_from(["A", "B", "C", None]), max_size=30)


@settings(max_examples=50)
@given(rows, st.integers(1, 6), st.integers(0, 5), st.randoms(use_true_random=False))
def test_who_stays_depends_on_no_order(categories, most, seed, random):
    products = [(f"id{place}", name) for place, name in enumerate(categories)]

    def kept(given):
        names = sorted({name for _id, name in given if name})
        codes = np.array([names.index(name) if name else -1 for _id, name in given], dtype=np.int64)
        members = _Members([product_id for product_id, _name in given], codes, names)
        order = _lot_order(members, seed=seed)
        running = _running_totals(codes[order], np.ones(len(order), dtype=np.int64))
        return {given[row] for row, total in zip(order.tolist(), running.tolist(), strict=True) if total <= most}

    shuffled = list(products)
    random.shuffle(shuffled)
    first = kept(products)
    assert first == kept(shuffled)
    assert all(count <= most for count in Counter(name for _id, name in first).values())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["A", "B > C"]), min_size=1, max_size=25), st.integers(1, 5))
def test_a_cap_never_exceeds_its_number(tmp_path_factory, categories, most):
    home = open_home(tmp_path_factory.mktemp("cap"))
    make_shop(home, [{"category": name} for name in categories])
    clean(home, "cap-per-category", most=most)
    assert max(Counter(values(home, "category").values()).values()) <= most
    assert clean(home, "cap-per-category", most=most).event_id is None
