import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.splits import TEST, TRAIN, VALIDATION, assign_splits


@st.composite
def labeled_groups(draw):
    """Up to 80 pictures in groups of up to 6, each with a class of its own choosing."""
    count = draw(st.integers(1, 80))
    groups = draw(st.lists(st.integers(0, 25), min_size=count, max_size=count))
    labels = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    return np.array(labels), np.unique(groups, return_inverse=True)[1]


@given(labeled_groups(), st.integers(0, 100))
@settings(deadline=None)
def test_no_group_is_ever_divided_when_we_split(rows, seed):
    labels, groups = rows
    sides = assign_splits(labels, groups, source=[None] * len(labels), seed=seed).sides
    for group in np.unique(groups):
        assert len(set(sides[groups == group].tolist())) == 1


@given(labeled_groups(), st.data())
@settings(deadline=None)
def test_carving_a_missing_side_out_of_train_adds_no_leak_and_moves_nothing_else(rows, data):
    labels, groups = rows
    source = data.draw(st.lists(st.sampled_from(["train", "test"]), min_size=len(labels), max_size=len(labels)))
    result = assign_splits(labels, groups, source=source, seed=1)
    given_sides = np.array([{"train": TRAIN, "test": TEST}[name] for name in source])
    if len(set(source)) == 2:
        # What the source calls test stays test, and a picture leaves train only for validation.
        assert (result.sides[given_sides == TEST] == TEST).all()
        moved = (given_sides == TRAIN) & (result.sides != TRAIN)
        assert (result.sides[moved] == VALIDATION).all()
        assert not set(groups[moved]) & set(groups[~moved])


def test_shares_are_kept_within_every_class():
    # 100 and 40 single pictures: 70 % / 10 % / 20 % come out exactly, class by class.
    labels = np.repeat([0, 1], [100, 40])
    sides = assign_splits(labels, np.arange(140), source=[None] * 140, seed=0).sides
    assert np.bincount(sides[labels == 0]).tolist() == [70, 10, 20]
    assert np.bincount(sides[labels == 1]).tolist() == [28, 4, 8]


def test_three_products_of_a_class_go_one_to_each_side():
    sides = assign_splits(np.zeros(3, dtype=int), np.arange(3), source=[None] * 3, seed=5).sides
    assert sorted(sides.tolist()) == [TRAIN, VALIDATION, TEST]


def test_the_seed_decides_and_the_same_seed_decides_the_same():
    labels, groups, source = np.repeat([0, 1], 50), np.arange(100), [None] * 100
    first = assign_splits(labels, groups, source=source, seed=1).sides
    assert (assign_splits(labels, groups, source=source, seed=1).sides == first).all()
    assert (assign_splits(labels, groups, source=source, seed=2).sides != first).any()


def test_the_sources_own_splits_stay_and_their_leak_is_counted():
    # Group 0 stands in train and test (2 test pictures), group 1 in validation alone.
    source = ["train", "test", "test", "validation"]
    result = assign_splits(np.zeros(4, dtype=int), np.array([0, 0, 0, 1]), source=source, seed=0)
    assert result.sides.tolist() == [TRAIN, TEST, TEST, VALIDATION]
    assert result.leaked == 2
    assert result.notes == ()


def test_pictures_without_split_join_their_duplicates_or_else_train():
    source = ["train", "validation", "test", None, None]
    result = assign_splits(np.zeros(5, dtype=int), np.array([0, 1, 2, 2, 3]), source=source, seed=0)
    # The fourth is a duplicate of the test picture: in train it would leak.
    assert result.sides.tolist() == [TRAIN, VALIDATION, TEST, TEST, TRAIN]
    assert result.leaked == 0
    assert "2 pictures have no split in the source" in result.notes[0]


def test_a_source_with_test_pictures_only_is_split_anew():
    result = assign_splits(np.zeros(10, dtype=int), np.arange(10), source=["test"] * 10, seed=0)
    assert np.bincount(result.sides).tolist() == [7, 1, 2]
    assert "no usable splits" in result.notes[0]


def test_a_group_of_several_classes_counts_as_its_most_frequent_one():
    # The ten pictures of class 1 share a group with eleven of class 0: they move as one, as class 0.
    labels = np.array([0] * 11 + [1] * 10 + [1] * 10)
    groups = np.array([0] * 21 + list(range(1, 11)))
    sides = assign_splits(labels, groups, source=[None] * 31, seed=0).sides
    # The rest of class 1 is dealt as if alone: 7 / 1 / 2.
    assert np.bincount(sides[21:]).tolist() == [7, 1, 2]
