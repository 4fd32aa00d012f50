"""Lines of trials: the axes a reader sees."""

import json

import pytest

from core.ui.search_charts import number_words, parallel_trials


def trial(accuracy=0.9, **settings):
    return {"settings": settings, "figures": {"accuracy": accuracy, "macro_f1": accuracy, "loss": 1 - accuracy}}


def drawn(trials, axes, measure="accuracy"):
    [lines] = parallel_trials(trials, axes, measure=measure).data
    return {dimension.label: dimension for dimension in lines.dimensions}, lines


RATE = {"name": "learning_rate", "values": [], "low": 1e-5, "high": 1e-2, "log": True}


def test_a_learning_rate_is_drawn_by_its_order_of_size():
    rates = drawn([trial(learning_rate=1e-4), trial(learning_rate=1e-3)], [RATE])[0]["Learning rate"]
    assert list(rates.values) == pytest.approx([-4, -3])
    assert list(rates.tickvals) == pytest.approx([-5, -4, -3, -2])
    assert list(rates.ticktext) == ["1e-5", "1e-4", "0.001", "0.01"]
    assert list(rates.range) == pytest.approx([-5, -2])


def test_a_grid_has_its_own_values_as_ticks():
    axis = {"name": "dropout", "values": [0.2, 0.5]}
    drops = drawn([trial(dropout=0.5), trial(dropout=0.2)], [axis])[0]["Dropout"]
    assert (list(drops.values), list(drops.tickvals), list(drops.ticktext)) == ([0.5, 0.2], [0.2, 0.5], ["0.2", "0.5"])


def test_words_have_a_place_each_and_no_markup():
    axis = {"name": "augmentation", "values": ["ours", "<b>"]}
    kinds = drawn([trial(augmentation="ours"), trial(augmentation="<b>")], [axis])[0]["Augmentation"]
    assert (list(kinds.values), list(kinds.ticktext)) == ([1, 0], ["&lt;b&gt;", "ours"])


@pytest.mark.parametrize(("measure", "backwards"), [("accuracy", False), ("loss", True)])
def test_the_better_a_trial_the_stronger_its_color(measure, backwards):
    axes, lines = drawn([trial(0.8, dropout=0.1), trial(0.9, dropout=0.2)], [{"name": "dropout"}], measure)
    assert lines.line.reversescale is backwards
    assert list(lines.line.color) == pytest.approx([0.8, 0.9] if measure == "accuracy" else [0.2, 0.1])
    last = list(axes)[-1]
    assert last == ("Validation accuracy" if measure == "accuracy" else "Validation loss")


def test_equal_trials_still_have_axes():
    axes, _ = drawn([trial(0.8, dropout=0.1)] * 3, [{"name": "dropout"}])
    assert axes["Dropout"].range[0] < 0.1 < axes["Dropout"].range[1]
    assert json.loads(parallel_trials([trial(dropout=0.1)] * 3, [{"name": "dropout"}], measure="loss").to_json())


def test_numbers_are_short():
    assert [number_words(value) for value in (0.3, 3.3e-5, 128, 0.001234, 0)] == [
        "0.3",
        "3.3e-5",
        "128",
        "0.00123",
        "0",
    ]
