import numpy as np
import pytest

from core.models.second_stage_folds import deal_folds
from core.models.second_stage_grid import GridPoint, SetFigures, choose_points, grid_points, is_kept, tally
from core.models.second_stage_sets import ConfusableSet, count_inside, find_sets
from core.models.second_stage_settings import SecondStageSettings


def confusion(*cells):
    """Labels and predictions: (true, predicted, pictures) each."""
    labels = np.concatenate([np.full(count, true) for true, _, count in cells])
    return labels, np.concatenate([np.full(count, given) for _, given, count in cells])


def test_a_set_holds_what_is_mistaken_for_a_category_often_enough():
    labels, predicted = confusion((0, 0, 9), (1, 0, 2), (2, 0, 1), (3, 0, 4), (0, 1, 1), (1, 2, 2))
    found = find_sets(labels, predicted, class_count=4, least_mistakes=2, largest=10)
    # For 0 were taken: two of 1, four of 3, and 2 only once. For 1 only one of 0. For 2 two of 1.
    assert found == (ConfusableSet(0, (0, 1, 3), 6), ConfusableSet(2, (1, 2), 2))
    # Of ten mistakes eight have their true category in the set of the predicted one.
    assert count_inside(labels, predicted, found) == 8


def test_a_limit_keeps_the_most_frequent_mistakes():
    labels, predicted = confusion((1, 0, 2), (2, 0, 5), (3, 0, 2), (0, 0, 9))
    (found,) = find_sets(labels, predicted, class_count=4, least_mistakes=1, largest=3)
    assert found == ConfusableSet(0, (0, 1, 2), 7)  # 1 and 3 tie: the lower number


def test_without_mistakes_there_is_no_set():
    labels = np.arange(5)
    assert find_sets(labels, labels, class_count=5, least_mistakes=1, largest=10) == ()


def test_folds_keep_groups_together_and_categories_even():
    labels = np.repeat([0, 1, 2], [20, 20, 3])
    groups = np.arange(43)
    groups[:4] = 0  # four pictures of the same thing
    parts = deal_folds(labels, groups, folds=5, seed=1)
    assert len(set(parts[:4])) == 1
    assert parts.shape == (43,) and set(parts) == {0, 1, 2, 3, 4}
    # Twenty pictures each alone are dealt one after the other: four a part.
    assert np.bincount(parts[20:40]).tolist() == [4, 4, 4, 4, 4]
    # Forty groups in all: no part may have more than one above any other.
    sizes = np.bincount(parts[np.unique(groups, return_index=True)[1]])
    assert sizes.max() - sizes.min() <= 1


def test_the_grid_lists_rounds_and_shares_of_a_pair_together():
    settings = SecondStageSettings(
        max_depth=(2.0, 1.0), learning_rate=(0.3,), n_estimators=(50.0, 5.0), trust=(1.0, 0.5)
    )
    assert grid_points(settings)[:5] == (
        GridPoint(1, 0.3, 5, 0.5),
        GridPoint(1, 0.3, 5, 1.0),
        GridPoint(1, 0.3, 50, 0.5),
        GridPoint(1, 0.3, 50, 1.0),
        GridPoint(2, 0.3, 5, 0.5),
    )
    assert len(grid_points(settings)) == 8


def figures(before, errors, losses):
    return SetFigures(10, before, np.array(errors), np.array(losses))


def test_fewest_mistakes_win_then_the_lower_loss_then_the_simpler():
    first = figures(5, [4, 3, 3, 3], [1.0, 9.0, 2.0, 2.0])
    second = figures(2, [0, 3, 3, 3], [1.0, 1.0, 1.0, 1.0])
    assert choose_points([first, second], together=False) == (2, 0)
    # Together: 4, 6, 6, 6 mistakes.
    assert choose_points([first, second], together=True) == (0, 0)
    assert choose_points([], together=True) == ()


def test_only_a_gain_on_validation_keeps_a_specialist():
    found = figures(5, [4, 5, 6], [1.0, 1.0, 1.0])
    assert [is_kept(found, point, keep="gain") for point in range(3)] == [True, False, False]
    assert is_kept(found, 2, keep="all")


def test_mistakes_and_loss():
    chances = np.array([[0.5, 0.5], [0.25, 0.75]], dtype=np.float32)
    # The first of equal ones is predicted: right, right; losses ln 2 and ln 4/3.
    assert tally(chances, np.array([0, 1])) == (0, pytest.approx(np.log(2) + np.log(4 / 3)))
