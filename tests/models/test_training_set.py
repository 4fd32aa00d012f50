import numpy as np
import pandas as pd
import pytest

from core.errors import TrainingError
from core.models.targets import labeled_pictures, parse_target
from core.models.training_set import build_training_set, duplicate_groups, split_training_set
from tests.models.synthetic import DIMENSIONS, planted_catalog

BACKBONE = "efficientnet-lite0"


def build(home, catalog, *, target="category", seed=0):
    return build_training_set(home, catalog, target=target, backbone=BACKBONE, seed=seed)


def test_products_without_category_and_tiny_classes_are_left_out_counted_and_named(home):
    catalog = planted_catalog(home, ["mug"] * 10 + ["lamp"] * 10 + ["vase"] * 2 + [None] * 4)
    rows = build(home, catalog)
    assert rows.classes == ("lamp", "mug")
    assert rows.left_out == {"unlabeled_products": 4, "pictures_without_features": 0, "small_class_products": 2}
    assert rows.warnings == ("a class has fewer than 3 products with pictures and cannot be learned: 'vase'",)
    assert len(rows.rows) == len(rows.features) == 20


def test_classes_are_numbered_in_the_order_of_the_category_tree(home):
    catalog = planted_catalog(home, ["Art > Prints"] * 5 + ["Art - Toys"] * 5 + ["Art > Oils"] * 5)
    # As texts "Art - Toys" would come first: "-" sorts before ">".
    assert build(home, catalog).classes == ("Art > Oils", "Art > Prints", "Art - Toys")


def test_features_stay_beside_their_rows_when_rows_are_left_out(home):
    features = np.random.default_rng(0).uniform(0, 4, size=(12, DIMENSIONS)).astype(np.float16).astype(np.float32)
    catalog = planted_catalog(home, ["tiny", *["a"] * 5, "tiny", *["b"] * 5], features=features)
    rows = build(home, catalog)
    # Products 0 and 6 are the tiny class.
    kept = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]
    assert rows.rows["product_id"].tolist() == [f"p{number:04}" for number in kept]
    assert (rows.features == features[kept]).all()
    assert rows.labels.tolist() == [0] * 5 + [1] * 5


def test_the_sources_splits_are_kept(home):
    splits = ["train"] * 6 + ["validation"] * 2 + ["test"] * 2
    catalog = planted_catalog(home, ["a"] * 10 + ["b"] * 10, splits=splits * 2, features=far_apart(20))
    rows = build(home, catalog)
    assert rows.rows["split"].tolist() == splits * 2
    assert rows.leaked == 0 and rows.notes == () and rows.warnings == ()


def test_a_leak_of_the_source_is_kept_and_said(home):
    splits = ["train"] * 6 + ["validation"] * 2 + ["test"] * 2
    features = far_apart(20)
    features[9] = features[0]  # a test picture that is also in train
    catalog = planted_catalog(home, ["a"] * 10 + ["b"] * 10, splits=splits * 2, features=features)
    rows = build(home, catalog)
    assert rows.rows["split"].tolist() == splits * 2
    assert rows.leaked == 1
    assert rows.warnings[0].startswith("1 validation or test pictures have a near duplicate in train")


def test_a_class_without_train_pictures_is_left_out(home):
    labels = ["a"] * 10 + ["b"] * 10 + ["c"] * 3
    splits = (["train"] * 6 + ["validation"] * 2 + ["test"] * 2) * 2 + ["test"] * 3
    rows = build(home, planted_catalog(home, labels, splits=splits, features=far_apart(23)))
    assert rows.classes == ("a", "b")
    assert "no picture to learn from, so left out: 'c'" in rows.warnings


def test_a_level_of_the_category_and_an_attribute_can_be_targets(home):
    labels = ["Clothing > Shirts"] * 4 + ["Clothing > Skirts"] * 4 + ["Home > Lamps"] * 4 + ["Other"] * 3
    attributes = [{"material": ["clay", "wool", "silk"][number % 3]} for number in range(15)]
    catalog = planted_catalog(home, labels, attributes=attributes, features=far_apart(15))
    assert build(home, catalog, target="category:1").classes == ("Clothing", "Home", "Other")
    # Products filed on one level only have no second one.
    second = build(home, catalog, target="category:2")
    assert second.classes == ("Clothing > Shirts", "Clothing > Skirts", "Home > Lamps")
    assert second.left_out["unlabeled_products"] == 3
    assert build(home, catalog, target="attribute:material").classes == ("clay", "silk", "wool")


def test_targets_that_do_not_exist_are_refused_with_what_there_is(home):
    catalog = planted_catalog(home, ["a"] * 3 + ["b"] * 3, attributes=[{"size": 1}] * 6, features=far_apart(6))
    with pytest.raises(TrainingError, match="unknown target 'colour': expected category, category:LEVEL"):
        parse_target("colour")
    with pytest.raises(TrainingError, match="has an attribute 'material'; it has: size"):
        labeled_pictures(home, catalog, parse_target("attribute:material"))
    with pytest.raises(TrainingError, match="has a category of 3 levels"):
        labeled_pictures(home, catalog, parse_target("category:3"))


def test_one_class_is_too_few(home):
    with pytest.raises(TrainingError, match=r"needs at least two classes of 3 products with pictures; .* has 1"):
        build(home, planted_catalog(home, ["only"] * 9 + ["tiny"]))


def test_pictures_of_one_product_and_equal_pictures_form_one_group():
    features = far_apart(5)
    # Rows 0 and 1 share a product, 1 and 4 a picture, 3 is alone; 2 is a copy of 3's features.
    features[2] = features[3]
    groups = duplicate_groups(["p", "p", "q", "r", "s"], ["h1", "h2", "h3", "h4", "h2"], features)
    assert groups.tolist() == [0, 0, 1, 1, 0]


def test_products_of_several_pictures_and_duplicates_stay_on_one_side():
    count = 90
    features = far_apart(count)
    features[60:75] = features[0:15]  # near duplicates across products
    product_ids = [f"p{number // 2}" for number in range(count)]
    rows = pd.DataFrame(
        {
            "product_id": product_ids,
            "picture_hash": [f"h{number}" for number in range(count)],
            "label": ["a" if number // 2 % 2 else "b" for number in range(count)],
            "split": [None] * count,
        }
    )
    for seed in range(5):
        split = split_training_set(rows, features.copy(), np.ones(count, dtype=bool), seed=seed).rows["split"]
        assert split.groupby(product_ids).nunique().max() == 1
        assert split[60:75].tolist() == split[0:15].tolist()


def far_apart(count):
    """Random rows of 1,280 numbers: the cosine of two of them is hardly ever above 0.1."""
    return np.random.default_rng(7).uniform(0, 4, size=(count, DIMENSIONS)).astype(np.float32)
