import pytest

from core.errors import SettingsError
from core.models.learning_costs import LearningSize, linear_cost, second_stage_cost
from core.models.linear_settings import LinearSettings
from core.models.second_stage_settings import SecondStageSettings
from core.models.settings import parse_settings


def test_the_presets_are_those_of_the_report():
    grid = parse_settings(SecondStageSettings, {"preset": "report-grid"})
    assert (grid.max_depth, grid.n_estimators, grid.learning_rate) == ((1, 2, 3), (5, 10, 25, 50), (0.1, 0.3, 0.9))
    best = parse_settings(SecondStageSettings, {"preset": "report-best"})
    assert (best.max_depth, best.n_estimators, best.learning_rate) == ((3,), (50,), (0.3,))
    for report in (grid, best):
        assert (report.least_mistakes, report.folds, report.combination, report.keep) == (2, 0, "replace", "all")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"max_depth": "1,2.5"}, "max_depth holds 2.5: expected whole numbers"),
        ({"n_estimators": "0"}, "n_estimators is 0: expected at least 1"),
        ({"max_depth": "60"}, "max_depth is 60: expected at most 12"),
        ({"folds": "1"}, "folds is 1: expected 0, or at least 2"),
        ({"folds": "0"}, "correct_first needs folds of at least 2"),
        ({"trust": ""}, "trust is empty"),
    ],
)
def test_settings_that_make_no_sense_say_what_would(values, words):
    with pytest.raises(SettingsError, match=words):
        parse_settings(SecondStageSettings, values)


def test_cost_grows_with_the_grid_and_never_falls_below_the_first_model():
    size = LearningSize(pictures=3000, classes=10, dimensions=1280)
    quick, grid = (
        second_stage_cost(parse_settings(SecondStageSettings, {"preset": preset}), size).products
        for preset in ("ours", "report-grid")
    )
    assert linear_cost(LinearSettings(), size).products < quick < grid
