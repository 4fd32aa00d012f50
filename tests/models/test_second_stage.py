import numpy as np
import pytest

from core.errors import Cancelled
from core.models.learning import LearningData
from core.models.linear import predict_linear
from core.models.second_stage import train_second_stage
from core.models.second_stage_head import predict_second_stage, read_stage
from core.models.second_stage_settings import SecondStageSettings
from core.models.settings import parse_settings
from core.progress import SilentProgress
from tests.models.synthetic import separable_features

QUICK = {
    "least_mistakes": 5,
    "epochs": 8,
    "patience": 8,
    "batch_size": 16,
    "folds": 2,
    "n_estimators": (5.0, 10.0),
    "learning_rate": (0.3,),
}


def bent_data(seed=0):
    """Two classes that no straight line tells apart, and two others far away.

    One feature is middling for class 0, and low or high for class 1: two cuts of a tree see it at once.
    """
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(4), 100)
    sides = np.tile(np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2], dtype=np.uint8), 40)
    features = separable_features(np.maximum(labels, 1), dimensions=40, seed=seed, spread=1.0)
    away = np.where(labels == 0, 0, 3 * random.choice([-1, 1], size=len(labels)))
    features[:, 0] = 6 + away + 0.5 * random.normal(size=len(labels))
    return LearningData(features, labels.astype(np.int64), sides, 4)


def train(data, progress=None, **settings):
    found = parse_settings(SecondStageSettings, {**QUICK, **settings})
    return train_second_stage(data, settings=found, seed=0, progress=progress or SilentProgress())


@pytest.fixture(scope="module")
def trained():
    data = bent_data()
    return data, train(data)


def accuracies(data, head):
    test = data.sides == 2
    both = predict_linear(head, data.features), predict_second_stage(head, data.features)
    return [float((each.argmax(axis=1) == data.labels)[test].mean()) for each in both]


def test_a_specialist_tells_apart_what_a_linear_head_cannot(trained):
    data, head = trained
    first, whole = accuracies(data, head.arrays)
    # Half of the pictures are of classes 0 and 1, of which a straight line gets little more than half right.
    assert first < 0.9 < whole
    sets = {each["category"]: each for each in head.choices["sets"]}
    assert set(sets) <= {0, 1} and sets
    assert all(each["confused_with"] == [1 - category] and each["kept"] for category, each in sets.items())
    figures = head.choices["validation"]
    assert figures["pictures"] == 120
    assert (
        figures["errors_after"]
        < figures["errors_before"]
        == sum(each["validation"]["errors_before"] for each in sets.values())
    )
    assert figures["errors_before"] - figures["errors_after"] == figures["mended"] - figures["broken"]
    assert figures["errors_inside_sets"] == 1.0  # every mistake is between 0 and 1
    assert figures["loss_after"] < figures["loss_before"]


def test_classes_outside_the_set_keep_their_probability(trained):
    data, head = trained
    before, after = predict_linear(head.arrays, data.features), predict_second_stage(head.arrays, data.features)
    assert after.dtype == np.float32
    assert after.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert after[:, 2:] == pytest.approx(before[:, 2:], abs=1e-7)
    assert (head.arrays["first_predicted"] == before.argmax(axis=1)).all()


def test_the_reports_way_gives_the_last_word_to_the_specialist():
    data = bent_data()
    head = train(data, preset="report-best", folds=0, n_estimators=(10.0,))
    after = predict_second_stage(head.arrays, data.features)
    asked = np.isin(head.arrays["first_predicted"], [each["category"] for each in head.choices["sets"]])
    assert asked.any()
    assert (after[asked][:, 2:] == 0).all()
    assert after.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert head.choices["mistakes_on_train"] == "of the first model itself"
    assert all(each["kept"] for each in head.choices["sets"])


def test_without_a_gain_on_validation_nothing_changes():
    """Labels of 0 and 1 drawn by lot: whatever a specialist learned of them is wrong as often as the first model."""
    data = bent_data()
    noisy = data.labels.copy()
    unsure = np.flatnonzero(noisy < 2)
    noisy[unsure] = np.random.default_rng(4).integers(0, 2, size=len(unsure))
    head = train(LearningData(data.features, noisy, data.sides, 4), choose="each")
    for each in head.choices["sets"]:
        gained = each["validation"]["errors_after"] < each["validation"]["errors_before"]
        assert each["kept"] == gained
    stage = read_stage(head.arrays, dimensions=40, class_count=4)
    left_out = [each.category for each, use in zip(stage.sets, stage.specialists, strict=True) if use.trust == 0]
    rows = np.isin(head.arrays["first_predicted"], left_out)
    before, after = (each(head.arrays, data.features[rows]) for each in (predict_linear, predict_second_stage))
    assert (before == after).all()


def test_a_perfect_first_model_leaves_nothing_to_do():
    # Pictures of a class are near duplicates: left out together they leave none to learn from, which is no mistake.
    labels = np.repeat(np.arange(3), 40)
    sides = np.tile(np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2], dtype=np.uint8), 12)
    data = LearningData(separable_features(labels, dimensions=64, spread=0.1), labels, sides, 3)
    head = train(data)
    assert head.choices["sets"] == []
    before, after = (each(head.arrays, data.features) for each in (predict_linear, predict_second_stage))
    assert (before == after).all()


def test_mistakes_out_of_fold_are_more_than_those_on_pictures_learned_by_heart():
    labels = np.repeat(np.arange(6), 30)
    sides = np.tile(np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2], dtype=np.uint8), 18)
    # More dimensions than pictures: a linear head has every training picture right, whatever they are like.
    data = LearningData(separable_features(labels, dimensions=200, seed=3, spread=6.0), labels, sides, 6)
    strong = {"epochs": 60, "patience": 60, "least_mistakes": 2}
    unseen = train(data, **strong)
    own = train(data, **strong, folds=0, correct_first=False)
    assert own.history[-1]["train_accuracy"] == 1.0
    mistakes = [sum(each["mistakes"] for each in head.choices["sets"]) for head in (unseen, own)]
    assert mistakes[0] > mistakes[1]


class Interrupted(SilentProgress):
    """Counts rounds of trees and stops at one of them."""

    def __init__(self, folder, stop=None):
        self.folder, self._stop, self.rounds, self.words = folder, stop, 0, []

    def report(self, done, total, message):
        self.words.append(message)
        if "round " in message:
            self.rounds += 1
            if self.rounds == self._stop:
                raise Cancelled


@pytest.mark.parametrize("stop", [1, 15, 30, 45])
def test_stopped_among_the_specialists_it_goes_on_and_grows_none_twice(tmp_path, stop):
    data = bent_data()
    # Two rates of ten rounds for two sets, then the chosen ones again: some four dozen rounds.
    grid = {"learning_rate": (0.1, 0.3), "folds": 2}
    whole = Interrupted(tmp_path / "whole")
    expected = train(data, whole, **grid)
    first, second = Interrupted(tmp_path / "parts", stop=stop), Interrupted(tmp_path / "parts")
    with pytest.raises(Cancelled):
        train(data, first, **grid)
    resumed = train(data, second, **grid)
    assert (resumed.choices, resumed.history) == (expected.choices, expected.history)
    assert all((resumed.arrays[name] == expected.arrays[name]).all() for name in expected.arrays)
    # Only the set that was in work is begun again.
    assert first.rounds + second.rounds <= whole.rounds + 20
    again = Interrupted(tmp_path / "parts")
    train(data, again, **grid)
    assert again.rounds == 0


def test_progress_says_in_words_what_is_done(tmp_path):
    watched = Interrupted(tmp_path)
    train(bent_data(), watched)
    told = "\n".join(watched.words)
    assert "without part 2 of 2: epoch 1" in told
    assert "specialist 1 of " in told and "for 2 categories" in told and "round 10 of 10, depth 3, rate 0.3" in told
