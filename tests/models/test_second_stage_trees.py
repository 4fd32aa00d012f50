import json

import numpy as np
import pytest
import xgboost

from core.models.second_stage_head import add_rounds
from core.models.second_stage_trees import Forest, first_trees, join_forests, read_trees
from tests.models.synthetic import separable_features

ROUNDS = 7


@pytest.fixture(params=[(2, 1), (3, 3), (5, 6)], ids=["two classes", "three", "five, deep"])
def grown(request):
    """A booster of overlapping classes, its matrix, and its trees as arrays."""
    classes, depth = request.param
    labels = np.repeat(np.arange(classes), 60)
    features = separable_features(labels, dimensions=12, seed=2, spread=3.0)
    matrix = xgboost.DMatrix(features, labels)
    random = np.random.default_rng(0)
    start = random.normal(size=(len(labels), classes)).astype(np.float32)
    matrix.set_base_margin(start)
    settings = {
        "objective": "multi:softprob",
        "num_class": classes,
        "max_depth": depth,
        "nthread": 1,
        "base_score": 0.0,
    }
    booster = xgboost.train(settings, matrix, num_boost_round=ROUNDS)
    return booster, matrix, features, start, read_trees(bytes(booster.save_raw("json"))), classes


@pytest.mark.parametrize("rounds", [1, 4, ROUNDS])
def test_the_walk_gives_what_the_library_gives(grown, rounds):
    booster, matrix, features, start, forest, classes = grown
    theirs = booster.predict(matrix, output_margin=True, iteration_range=(0, rounds))
    values = forest.leaf_values(forest.roots, features)
    ours = start + add_rounds(values, classes)[:, rounds - 1]
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() < 1e-5


def test_fewer_rounds_are_the_first_of_many(grown):
    *_, features, _, forest, classes = grown
    short = first_trees(forest, 3 * classes)
    whole = forest.leaf_values(forest.roots, features)
    assert len(short.value) < len(forest.value)
    assert (short.leaf_values(short.roots, features) == whole[:, : 3 * classes]).all()
    assert first_trees(forest, 1000) is forest


def test_a_value_at_the_threshold_goes_right_as_in_the_library():
    labels = np.repeat([0, 1], 20)
    features = labels[:, None].astype(np.float32)  # the only cut there is lies between 0 and 1
    settings = {"objective": "multi:softprob", "num_class": 2, "max_depth": 1, "base_score": 0.0}
    booster = xgboost.train(settings, xgboost.DMatrix(features, labels), num_boost_round=1)
    forest = read_trees(bytes(booster.save_raw("json")))
    edge = forest.threshold[forest.left != np.arange(len(forest.left))][0]
    at, below = np.array([[edge]], dtype=np.float32), np.array([[np.nextafter(edge, np.float32(-9))]], dtype=np.float32)
    for features in (at, below):
        theirs = booster.predict(xgboost.DMatrix(features), output_margin=True)
        ours = add_rounds(forest.leaf_values(forest.roots, features), 2)[:, -1]
        assert ours[0] == pytest.approx(theirs[0] - theirs[0].mean() + ours[0].mean(), abs=1e-6)


def tree(feature, threshold, low, high):
    """One tree of a single cut, as the library writes it."""
    return {
        "left_children": [1, -1, -1],
        "right_children": [2, -1, -1],
        "split_indices": [feature, 0, 0],
        "split_conditions": [threshold, low, high],
    }


def written(*trees):
    return json.dumps({"learner": {"gradient_booster": {"model": {"trees": list(trees)}}}}).encode()


def test_forests_joined_walk_as_they_did_alone():
    first = read_trees(written(tree(0, 0.5, -1.0, 1.0)))
    second = read_trees(written(tree(1, 2.0, -2.0, 2.0), tree(0, 0.0, 3.0, 4.0)))
    both = join_forests([first, second])
    # Picture by picture: 0.2 < 0.5 gives -1; 5 >= 2 gives 2; 0.2 >= 0 gives 4.
    features = np.array([[0.2, 5.0], [0.5, 1.0]], dtype=np.float32)
    assert both.leaf_values(both.roots, features).tolist() == [[-1.0, 2.0, 4.0], [1.0, -2.0, 4.0]]
    assert both.leaf_values(both.roots[1:2], features).tolist() == [[2.0], [-2.0]]
    assert (both.depth, both.roots.tolist()) == (1, [0, 3, 6])


def test_a_stump_without_a_cut_and_no_trees_at_all():
    lone = {"left_children": [-1], "right_children": [-1], "split_indices": [0], "split_conditions": [0.25]}
    forest = read_trees(written(lone))
    assert forest.depth == 0
    assert forest.leaf_values(forest.roots, np.zeros((2, 3), dtype=np.float32)).tolist() == [[0.25], [0.25]]
    empty = join_forests([])
    assert isinstance(empty, Forest)
    assert empty.leaf_values(empty.roots, np.zeros((2, 3), dtype=np.float32)).shape == (2, 0)


def test_blocks_change_nothing(grown, monkeypatch):
    *_, features, _, forest, _ = grown
    whole = forest.leaf_values(forest.roots, features)
    monkeypatch.setattr("core.models.second_stage_trees._CELLS", 1)  # a picture at a time
    assert (forest.leaf_values(forest.roots, features) == whole).all()
