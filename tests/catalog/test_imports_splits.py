from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.catalogs import find_catalog
from core.catalog.import_options import ImportOptions
from core.catalog.import_splits import choose_splits
from core.catalog.products import edit_product, product_table
from tests.catalog.picture_files import import_folder, save_picture

SHARES = (0.8, 0.1, 0.1)


def free(count, category="a", prefix="p"):
    return [(f"{prefix}{number}", category, None) for number in range(count)]


def test_every_category_is_divided_by_the_shares():
    products = free(100, "a", "a") + free(20, "b", "b")
    chosen = choose_splits(products, [], shares=SHARES, seed=1)
    for prefix, sizes in (("a", (80, 10, 10)), ("b", (16, 2, 2))):
        counted = Counter(side for product_id, side in chosen.items() if product_id.startswith(prefix))
        assert tuple(counted[side] for side in ("train", "validation", "test")) == sizes


def test_many_small_categories_together_still_fill_every_split():
    # 0.8 of two products is no whole product more than one, 0.1 is none: the other product of each of the hundred
    # categories goes where all of them together lack most.
    products = [product for number in range(100) for product in free(2, f"c{number}", f"c{number}-")]
    counted = Counter(choose_splits(products, [], shares=SHARES, seed=1).values())
    assert counted == {"train": 160, "validation": 20, "test": 20}


def test_seed_decides_and_order_does_not():
    products = free(50)
    chosen = choose_splits(products, [], shares=SHARES, seed=1)
    assert choose_splits(products[::-1], [], shares=SHARES, seed=1) == chosen
    assert choose_splits(products, [], shares=SHARES, seed=2) != chosen


def test_no_product_falls_where_there_is_no_share():
    chosen = choose_splits(free(30), [], shares=(0.5, 0.0, 0.5), seed=1)
    assert Counter(chosen.values()) == {"train": 15, "test": 15}


def test_duplicates_join_the_side_that_one_of_them_has():
    products = [("kept", "a", "test"), ("copy", "b", None), ("chain", "c", None), *free(10)]
    links = [("kept", "x"), ("copy", "x"), ("copy", "y"), ("chain", "y")]
    chosen = choose_splits(products, links, shares=SHARES, seed=1)
    assert chosen["copy"] == chosen["chain"] == "test"
    assert "kept" not in chosen


def test_what_is_there_counts_towards_the_shares():
    # 80 of 100 are in train already: of the other 20, half and half go to the others.
    products = [(f"t{number}", "a", "train") for number in range(80)] + free(20)
    assert Counter(choose_splits(products, [], shares=SHARES, seed=1).values()) == {"validation": 10, "test": 10}


@given(
    products=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, None, "train", "test"])), max_size=40),
    pictures=st.lists(st.integers(0, 12), max_size=40),
    seed=st.integers(0, 9),
)
def test_invariants(products, pictures, seed):
    rows = [(f"p{number}", category, split) for number, (category, split) in enumerate(products)]
    links = [(row[0], f"h{picture}") for row, picture in zip(rows, pictures, strict=False)]
    chosen = choose_splits(rows, links, shares=SHARES, seed=seed)
    given_splits = {product_id: split for product_id, _category, split in rows if split}
    assert set(chosen) == {product_id for product_id, _category, split in rows if split is None}
    # Products that share a picture are on one side, unless the source itself parted them.
    for picture in set(pictures):
        sharing = [product_id for product_id, picture_hash in links if picture_hash == f"h{picture}"]
        given_sides = {given_splits[product_id] for product_id in sharing if product_id in given_splits}
        new_sides = {chosen[product_id] for product_id in sharing if product_id in chosen}
        assert len(new_sides) <= 1
        assert not given_sides or len(given_sides) > 1 or new_sides <= given_sides


@pytest.fixture
def folder(tmp_path):
    """Category a has 20 pictures of which two are the same; category b is split by its source."""
    root = tmp_path / "source"
    for number in range(20):
        save_picture(root / "a" / f"{number:02}.png", (max(1, number), 0, 0))
    save_picture(root / "test" / "b" / "1.png", (0, 9, 0))
    return root


def splits(home):
    table = product_table(home, find_catalog(home, "shop"))
    return dict(zip(table["product_id"], table["split"], strict=True))


def test_import_divides_only_what_the_source_does_not(home, folder):
    report = import_folder(home, folder, options=ImportOptions(split="8:1:1"))
    assert report.totals.splits == {"train": 16, "validation": 2, "test": 2 + 1}
    assert splits(home)["test/b/1.png"] == "test"
    assert splits(home)["a/00.png"] == splits(home)["a/01.png"]  # the same picture


def test_import_again_keeps_the_division_and_edits(home, folder):
    options = ImportOptions(split="8:1:1")
    import_folder(home, folder, options=options)
    edit_product(home, find_catalog(home, "shop"), "a/05.png", {"split": "test"}, actor="ana")
    before = splits(home)
    version = find_catalog(home, "shop").version
    import_folder(home, folder, options=options)
    import_folder(home, folder, options=ImportOptions(split="1:1:1", seed=99))
    import_folder(home, folder)
    assert splits(home) == before
    assert find_catalog(home, "shop").version == version


def test_later_import_divides_a_catalog_without_splits(home, folder):
    assert import_folder(home, folder).totals.splits == {"test": 1}
    report = import_folder(home, folder, options=ImportOptions(split="8:1:1"))
    assert (report.new, sum(report.totals.splits.values())) == (0, 21)
    assert report.message == "20 divided into splits."  # one of the 21 stands in the source's test folder
    assert import_folder(home, folder, options=ImportOptions(split="8:1:1")).message == "Nothing new."
