"""What every recipe that learns from cached features must do, the same tests for all of them."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import Cancelled
from core.models.head_settings import HeadSettings
from core.models.learning import LearningData
from core.models.level_by_level import LevelByLevelSettings
from core.models.linear_settings import LinearSettings
from core.models.multi_label_settings import MultiLabelSettings
from core.models.one_vs_all_settings import OneVsAllSettings
from core.models.recipes import RECIPES, find_recipe
from core.models.second_stage_settings import SecondStageSettings
from tests.models.synthetic import learning_data
from tests.models.watched_progress import WatchedProgress

# Eight epochs of small batches: enough to learn plain data, and to be stopped in between.
QUICK = {
    "linear": LinearSettings(epochs=8, patience=8, batch_size=16),
    "head": HeadSettings(epochs=8, patience=8, batch_size=16, first_layer=32, second_layer=16, learning_rate=5e-3),
    "one-vs-all": OneVsAllSettings(epochs=8, patience=8, batch_size=16),
    "multi-label": MultiLabelSettings(epochs=8, patience=8, batch_size=16),
    "second-stage": SecondStageSettings(epochs=8, patience=8, batch_size=16, folds=2, n_estimators=(4.0,)),
    "level-by-level": LevelByLevelSettings(epochs=8, patience=8, batch_size=16),
}


@pytest.fixture(params=QUICK)
def recipe(request):
    """The name of a recipe."""
    return request.param


def train(recipe, data, *, seed=0, progress=None):
    if "class" not in find_recipe(recipe).predicts:  # a class is a set of one label
        data = replace(data, label_sets=np.eye(data.class_count, dtype=np.uint8)[data.labels])
    trainer = find_recipe(recipe).load_trainer()
    return trainer(data, settings=QUICK[recipe], seed=seed, progress=progress or WatchedProgress())


def predict(recipe, head, data):
    return find_recipe(recipe).load_predictor()(head.arrays, data.features)


def same_arrays(first, second):
    return all((first.arrays[name] == second.arrays[name]).all() for name in first.arrays)


def test_none_is_forgotten_here():
    assert set(QUICK) == {recipe.name for recipe in RECIPES.values() if recipe.load_trainer is not None}


@pytest.mark.parametrize("classes", [2, 3])
def test_separable_classes_are_learned_and_the_history_tells_it(recipe, classes):
    data = learning_data(per_class=120, classes=classes)
    head = train(recipe, data)
    test = data.sides == 2
    # Centers lie about sqrt(2 * 16) apart, the noise is 1.5 a direction: hardly any overlap.
    assert (predict(recipe, head, data).argmax(axis=1)[test] == data.labels[test]).mean() > 0.85
    assert [each["epoch"] for each in head.history] == list(range(1, 9))
    assert set(head.history[0]) >= {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy"}
    assert head.history[-1]["train_loss"] < head.history[0]["train_loss"]


def test_probabilities_sum_to_one_and_are_float32(recipe):
    data = learning_data()
    probabilities = predict(recipe, train(recipe, data), data)
    assert probabilities.dtype == np.float32
    if "class" in find_recipe(recipe).predicts:
        assert probabilities.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    else:
        assert (probabilities >= 0).all() and (probabilities <= 1).all()


def test_the_labels_of_test_pictures_change_nothing(recipe):
    data = learning_data()
    shuffled = data.labels.copy()
    test = data.sides == 2
    shuffled[test] = np.random.default_rng(0).permutation(shuffled[test])
    other = LearningData(data.features, shuffled, data.sides, data.class_count)
    first, second = train(recipe, data), train(recipe, other)
    assert (first.history, first.choices) == (second.history, second.choices)
    assert same_arrays(first, second)


def test_seeds_repeat_and_differ(recipe):
    data = learning_data()
    first = train(recipe, data, seed=3).history
    assert train(recipe, data, seed=3).history == first != train(recipe, data, seed=4).history


@pytest.mark.parametrize("stop", [1, 2, 5, 8])
def test_resuming_after_a_stop_gives_what_an_uninterrupted_training_gives(recipe, tmp_path, stop):
    data = learning_data()
    whole = train(recipe, data)
    first, second = WatchedProgress(tmp_path, cancel_before=stop), WatchedProgress(tmp_path)
    with pytest.raises(Cancelled):
        train(recipe, data, progress=first)
    resumed = train(recipe, data, progress=second)
    assert first.epochs + second.epochs == list(range(1, 9))
    assert (resumed.history, resumed.choices) == (whole.history, whole.choices)
    assert same_arrays(resumed, whole)


def test_a_checkpoint_of_other_data_or_another_seed_is_not_continued(recipe, tmp_path):
    data = learning_data()
    train(recipe, data, progress=WatchedProgress(tmp_path))
    assert list(tmp_path.iterdir())  # there is something that could be continued
    for other, seed in ((learning_data(seed=9), 0), (data, 1)):
        again = WatchedProgress(tmp_path)
        assert train(recipe, other, seed=seed, progress=again).history == train(recipe, other, seed=seed).history
        assert again.epochs == list(range(1, 9))
