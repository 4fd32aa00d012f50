import json

import numpy as np
import pytest

from core.evaluation.domain_gap import domain_gap, farther_chance
from core.evaluation.nearest_training import nearest_training, picture_features
from core.evaluation.report import evaluate_run
from core.models.runs import open_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import DIMENSIONS, planted_catalog

LABELS = ["hat", "pan"]


def pictures_of(classes, *, seed, shift=0.0):
    centers = np.random.default_rng(5).uniform(0, 4, size=(2, DIMENSIONS))
    noise = np.random.default_rng(seed).normal(size=(len(classes), DIMENSIONS))
    away = shift * np.random.default_rng(9).normal(size=DIMENSIONS)
    return np.maximum(centers[classes] + 1.2 * noise + away, 0).astype(np.float32)


@pytest.fixture
def run_id(home):
    classes = np.repeat([0, 1], 30)
    catalog = planted_catalog(home, [LABELS[each] for each in classes], features=pictures_of(classes, seed=0))
    settings = {"epochs": 4, "batch_size": 16}
    return train_run(home, catalog, recipe="linear", settings=settings, actor="tests", progress=SilentProgress())["run"]


def test_a_shop_that_looks_the_same_has_no_gap_and_a_shifted_one_has(home, run_id):
    classes = np.repeat([0, 1], 20)
    names = [LABELS[each] for each in classes]
    planted_catalog(home, names, name="alike", first_picture=1000, features=pictures_of(classes, seed=1))
    planted_catalog(home, names, name="far", first_picture=2000, features=pictures_of(classes, seed=2, shift=2.0))
    run = open_run(home, run_id)
    alike, far = (domain_gap(home, run, evaluate_run(home, run_id, on=name)) for name in ("alike", "far"))
    assert 0.3 < alike.told_apart < 0.7  # drawn from the same distribution: chance
    assert far.told_apart > 0.95 and far.similarity < alike.similarity
    assert alike.own_pictures == 12 and alike.classes == 2  # 20 % of 60 are test
    assert sorted(far.by_class["class_name"]) == LABELS and far.by_class["pictures"].sum() == 40
    json.dumps(far.to_json(), allow_nan=False)


def test_the_chance_to_be_farther_is_the_area_under_the_curve():
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(0)
    own, other = random.integers(0, 6, 40) / 5, random.integers(0, 5, 30) / 5  # with ties
    theirs = roc_auc_score(np.repeat([0, 1], [40, 30]), -np.concatenate([own, other]))
    assert farther_chance(own, other) == pytest.approx(theirs, abs=1e-9)


def test_a_training_picture_is_nearest_to_itself_and_only_of_the_class_asked_for(home, run_id):
    run = open_run(home, run_id)
    train = run.products[run.products["split"] == "train"]
    own = train[train["label"] == "hat"].iloc[3]
    features = picture_features(home, run, own["picture_hash"])
    hats, pans, all_of_them = nearest_training(home, run, features, labels=["hat", "pan", None], count=3)
    assert hats.pictures["product_id"][0] == own["product_id"] == all_of_them.pictures["product_id"][0]
    assert hats.pictures["similarity"][0] == pytest.approx(1.0, abs=1e-3)
    assert set(pans.pictures["label"]) == {"pan"} and len(pans.pictures) == 3
    assert pans.pictures["similarity"].is_monotonic_decreasing and (hats.sought, hats.of) == (21, 21)
