import itertools

import numpy as np
import pandas as pd
import pytest

from core.errors import TrainingError
from core.models.label_combinations import judge_together, seen_combinations
from core.models.label_sets import group_sets, multi_hot, named_sets, read_label_set
from core.models.recipes import RECIPES, default_target, recipes_for
from core.models.targets import labeled_pictures, parse_target
from core.models.training_set import build_training_set, split_label_sets
from tests.models.synthetic import DIMENSIONS, planted_catalog


def tagged(*combinations):
    return [{"labels": list(labels)} for labels in combinations]


def far_apart(count):
    return np.random.default_rng(7).uniform(0, 4, size=(count, DIMENSIONS)).astype(np.float32)


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (["red", "dress", "red"], ("red", "dress")),
        ("red, dress;  cotton|", ("red", "dress", "cotton")),
        ([" red ", "", 7, None, {"a": 1}, True], ("red", "7")),
        ({"red": 1}, ()),
        (None, ()),
        (3, ()),
    ],
)
def test_labels_are_read_from_lists_and_texts(value, labels):
    assert read_label_set(value) == labels


def test_sets_are_laid_out_and_named():
    sets = multi_hot([("red", "dress"), (), ("dress", "unknown")], ("dress", "red"))
    assert sets.tolist() == [[1, 1], [0, 0], [1, 0]]
    assert named_sets(sets, ("dress", "red")) == ["dress + red", "", "dress"]


def test_pictures_are_grouped_by_set_and_rare_sets_by_their_rarest_label():
    sets = np.array([[1, 1, 0]] * 3 + [[1, 0, 1]] * 2 + [[0, 1, 1]], dtype=np.uint8)
    groups = group_sets(sets, [f"p{row}" for row in range(6)], least_products=3)
    # The first set has three products. The others have fewer; the third label is on three pictures, the first on five,
    # the second on four: it is the rarest of both other sets.
    assert len(set(groups[:3])) == 1 and len(set(groups[3:])) == 1 and groups[0] != groups[3]


def test_labels_are_a_target_and_too_rare_ones_are_left_out_of_the_sets(home):
    sets = [*[("red", "dress")] * 6, *[("blue", "dress")] * 6, ("blue", "dress", "silk"), ("silk",)]
    attributes = [*tagged(*sets), {}]
    catalog = planted_catalog(home, [None] * 15, attributes=attributes, features=far_apart(15))
    rows, unlabeled = labeled_pictures(home, catalog, parse_target("labels"))
    assert rows["label"].iloc[0] == ("red", "dress") and unlabeled == 1
    found = build_training_set(home, catalog, target="labels", backbone="efficientnet-lite0", seed=0)
    assert found.classes == ("blue", "dress", "red")
    # p0012 is left in without silk, p0013 has no other label.
    assert found.rows["label"].iloc[12] == "blue + dress" and len(found.rows) == 13
    assert found.label_sets is not None and found.label_sets[12].tolist() == [1, 1, 0]
    assert found.left_out == {"unlabeled_products": 1, "pictures_without_features": 0, "small_class_products": 1}
    assert found.warnings == ("a label has fewer than 3 products with pictures and cannot be learned: 'silk'",)


def test_every_side_holds_its_share_of_every_set(home):
    combinations = [("red", "dress"), ("blue", "dress"), ("blue", "shirt")]
    attributes = tagged(*(labels for labels in combinations for _ in range(20)))
    catalog = planted_catalog(home, [None] * 60, attributes=attributes, features=far_apart(60))
    found = build_training_set(home, catalog, target="labels", backbone="efficientnet-lite0", seed=0)
    counts = found.rows.groupby(["label", "split"]).size()
    # 70, 10 and 20 % of 20, for each of the three.
    assert [counts["blue + dress", side] for side in ("train", "validation", "test")] == [14, 2, 4]
    assert counts.groupby("split").nunique().tolist() == [1, 1, 1]


def test_near_duplicates_and_products_of_labels_stay_on_one_side():
    count = 90
    features = far_apart(count)
    features[60:75] = features[0:15]
    product_ids = [f"p{number // 2}" for number in range(count)]
    rows = pd.DataFrame(
        {
            "product_id": product_ids,
            "picture_hash": [f"h{number}" for number in range(count)],
            "label": [("a", "c") if number // 2 % 2 else ("b", "c") for number in range(count)],
            "split": [None] * count,
        }
    )
    for seed in range(5):
        split = split_label_sets(rows, features.copy(), np.ones(count, dtype=bool), seed=seed).rows["split"]
        assert split.groupby(product_ids).nunique().max() == 1
        assert split[60:75].tolist() == split[0:15].tolist()


def test_a_catalog_without_labels_says_where_they_come_from(home):
    catalog = planted_catalog(home, ["mug"] * 3)
    with pytest.raises(TrainingError, match=r"has labels .*: import a folder with `--labels parts`"):
        labeled_pictures(home, catalog, parse_target("labels"))


def test_recipes_say_what_they_predict():
    assert [recipe.name for recipe in recipes_for("labels")] == ["multi-label", "basic-cnn", "vanilla-cnn", "small-vgg"]
    assert "multi-label" not in {recipe.name for recipe in recipes_for("category:1")}
    assert (default_target(RECIPES["multi-label"]), default_target(RECIPES["small-vgg"])) == ("labels", "category")
    with pytest.raises(TrainingError, match="'linear' predicts one class a picture, not the target 'labels'; recipes"):
        RECIPES["linear"].check_target("labels")
    with pytest.raises(TrainingError, match="'multi-label' predicts sets of labels, not the target 'category'"):
        RECIPES["multi-label"].check_target("category")


@pytest.mark.parametrize("weight", [0.0, 0.1, 1.0])
def test_labels_judged_together_are_what_summing_over_all_sets_gives(weight):
    scores = np.random.default_rng(0).normal(0, 2, (5, 4)).astype(np.float32)
    seen = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]], dtype=np.uint8)
    found = judge_together(scores, seen, unseen_weight=weight)
    free = 1 / (1 + np.exp(-scores.astype(np.float64)))
    total, having = np.zeros(5), np.zeros((5, 4))
    for each in itertools.product((0, 1), repeat=4):
        chance = np.where(np.array(each) > 0, free, 1 - free).prod(axis=1)
        chance *= 1 if list(each) in seen.tolist() else weight
        total += chance
        having += chance[:, None] * np.array(each)
    assert found == pytest.approx(having / total[:, None], abs=1e-6)


def test_hundreds_of_labels_do_not_vanish_below_the_smallest_number():
    scores = np.random.default_rng(1).normal(0, 3, (4, 600)).astype(np.float32)
    seen = seen_combinations((np.random.default_rng(2).random((50, 600)) < 0.1).astype(np.uint8))
    for weight in (0.0, 0.1):
        found = judge_together(scores, seen, unseen_weight=weight)
        assert np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1
