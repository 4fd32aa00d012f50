import json

import numpy as np
import pytest

from core.errors import RunError
from core.evaluation.confusion import cell_products
from core.evaluation.report import evaluate_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import DIMENSIONS, planted_catalog

LABELS = ["Jeans", "Trousers", "sarees"]


def centers():
    return np.random.default_rng(5).uniform(0, 4, size=(3, DIMENSIONS))


def pictures_of(classes, *, seed):
    """Noisy pictures of the given classes."""
    noise = np.random.default_rng(seed).normal(size=(len(classes), DIMENSIONS))
    return np.maximum(centers()[classes] + 1.2 * noise, 0).astype(np.float32)


@pytest.fixture
def run_id(home):
    classes = np.repeat([0, 1, 2], 30)
    catalog = planted_catalog(home, [LABELS[each] for each in classes], features=pictures_of(classes, seed=0))
    settings = {"epochs": 6, "batch_size": 16}
    result = train_run(home, catalog, recipe="linear", settings=settings, actor="tests", progress=SilentProgress())
    return result["run"]


def other_catalog(home, names, classes, *, first_picture=1000, seed=1):
    labels = [names[each] for each in classes]
    features = pictures_of(classes, seed=seed)
    return planted_catalog(home, labels, name="other", first_picture=first_picture, features=features)


def test_its_own_test_pictures_are_judged_by_what_the_run_kept(home, run_id):
    from core.models.runs import find_run

    evaluation = evaluate_run(home, run_id)
    figures = evaluation.to_json()
    assert figures["pictures"] == 18  # 20 % of 90
    assert figures["accuracy"] == find_run(home, run_id).metrics["test"]["accuracy"]
    low, high = figures["accuracy_interval"]
    assert low <= figures["accuracy"] <= high
    assert figures["unmatched_classes"] == [] and figures["warnings"] == []
    assert evaluation.per_class["support"].tolist() == [6, 6, 6]
    json.dumps(figures, allow_nan=False)


def test_a_cell_leads_to_its_pictures(home, run_id):
    evaluation = evaluate_run(home, run_id, split="train")
    for true in range(3):
        rows = evaluation.predictions.iloc[cell_products(evaluation.confusion, true, true)]
        assert (rows["label"] == LABELS[true]).all() and rows["right"].all()
        assert rows["probability"].is_monotonic_decreasing


def test_another_shop_is_aligned_by_name_and_says_so(home, run_id):
    # The other shop writes Sarees: sorted by code point its classes come in another order than the run's.
    other_catalog(home, ["Jeans", "Trousers", "Sarees"], np.repeat([0, 1, 2], 10))
    evaluation = evaluate_run(home, run_id, on="other")
    assert evaluation.pictures == 30
    # Same centers, other noise: by number a third at most would be right.
    assert evaluation.accuracy > 0.9
    expected = "'Sarees' of other and the run's 'sarees' differ only by case or signs: taken as the same"
    assert expected in evaluation.warnings


def test_names_the_run_does_not_know_are_listed_and_not_judged(home, run_id):
    other_catalog(home, ["Jeans", "Kurtas", "sarees"], np.repeat([0, 1, 2], 10))
    evaluation = evaluate_run(home, run_id, on="other")
    assert evaluation.unmatched_classes == ("Kurtas",)
    assert evaluation.missing_classes == ("Trousers",)
    assert evaluation.pictures == 20


def test_a_score_below_chance_is_warned_of(home, run_id):
    # The other shop has swapped all three names.
    other_catalog(home, ["Trousers", "sarees", "Jeans"], np.repeat([0, 1, 2], 10))
    evaluation = evaluate_run(home, run_id, on="other")
    assert evaluation.accuracy < 1 / 3
    assert any("is below chance (33.3% for 3 classes)" in warning for warning in evaluation.warnings)


def test_pictures_the_run_learned_from_are_left_out_of_another_catalog(home, run_id):
    # Pictures 0..9 are in the run's catalog too; those of its test split may be judged.
    from core.models.runs import open_run

    products = open_run(home, run_id).products
    learned = (products["split"][:10] != "test").sum()
    other_catalog(home, LABELS, np.zeros(10, dtype=int), first_picture=0, seed=0)
    evaluation = evaluate_run(home, run_id, on="other")
    assert evaluation.pictures == 10 - learned
    assert f"{learned} pictures of other were used in training and are left out" in evaluation.warnings


def test_few_pictures_of_a_class_are_warned_of(home, run_id):
    other_catalog(home, LABELS, np.array([0] * 8 + [1] * 8 + [2] * 2))
    warnings = evaluate_run(home, run_id, on="other").warnings
    assert any(warning.startswith("fewer than 5 pictures") and warning.endswith("'sarees'") for warning in warnings)


def test_a_catalog_without_a_common_class_or_split_is_refused(home, run_id):
    other_catalog(home, ["x", "y", "z"], np.repeat([0, 1, 2], 3))
    with pytest.raises(RunError, match=r"'other' shares no class with run .* which knows 'Jeans', 'Trousers'"):
        evaluate_run(home, run_id, on="other")
    with pytest.raises(RunError, match="has no 'holdout' pictures: expected train, validation or test"):
        evaluate_run(home, run_id, split="holdout")
