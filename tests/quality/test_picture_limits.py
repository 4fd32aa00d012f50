"""Limits that are absolute first and move with the catalog only within bounds."""

import numpy as np
import pytest

from core.quality.picture_limits import find_limits, judge_pictures


def measures(count=50, **given):
    """A catalog of good pictures, all alike but for what is given."""
    usual = {"brightness": 0.6, "highlight": 0.95, "sharpness": 1.8, "information": 2.0, "edges": 0.2, "ratio": 0.75}
    columns = {name: np.full(count, value) for name, value in {**usual, "short_side": 300.0}.items()}
    for name, values in given.items():
        columns[name][: len(values)] = values
    return columns


def judged(**given):
    columns = measures(**given)
    return {
        key: np.flatnonzero(scores).tolist() for key, scores in judge_pictures(columns, find_limits(columns)).items()
    }


def test_good_pictures_are_left_alone():
    assert set(map(tuple, judged().values())) == {()}


def test_a_catalog_of_dark_pictures_is_dark():
    columns = measures(brightness=np.full(50, 0.1))
    # Relative to each other they are usual; the absolute limit of 0.2 finds them all.
    assert np.count_nonzero(judge_pictures(columns, find_limits(columns))["picture_dark"]) == 50


def test_one_dim_photo_of_a_studio_stands_out():
    # 0.38 is above the absolute limit of 0.2, but 0.6 - 4 x 0.05 = 0.4 is the studio's own.
    assert judged(brightness=[0.38])["picture_dark"] == [0]
    assert judged(brightness=[0.41])["picture_dark"] == []


def test_the_studio_s_own_limit_stays_within_bounds():
    limits = find_limits(measures(brightness=np.full(50, 0.99)))
    assert limits.brightness == 0.40  # not 0.99 - 0.2: a black shirt on white is not dark


@pytest.mark.parametrize(("sharpness", "found"), [(0.39, [0]), (0.41, []), (np.nan, [])])
def test_blur_and_pictures_without_edges(sharpness, found):
    assert judged(sharpness=[sharpness])["picture_blurry"] == found


def test_a_sharp_catalog_asks_for_a_little_more():
    columns = measures(sharpness=np.full(50, 2.7))
    assert find_limits(columns).sharpness == pytest.approx(0.54)  # a fifth of the middle one


def test_little_to_see():
    assert judged(information=[0.1], edges=[0.2])["picture_empty"] == [0]
    assert judged(edges=[0.001])["picture_empty"] == [0]


@pytest.mark.parametrize(
    ("ratio", "odd"),
    [
        (1.34, False),  # landscape among portraits: 1.79 times as wide as usual, not yet odd
        (2.0, True),  # 2.7 times as wide as usual, limit 1.8
        (0.6, False),
        (0.3, True),
    ],
)
def test_odd_shapes(ratio, odd):
    assert judged(ratio=[ratio])["picture_shape"] == ([0] if odd else [])


def test_where_shapes_vary_only_extremes_are_odd():
    ratios = np.tile([0.4, 0.7, 1.0, 1.5, 2.4], 10)
    columns = measures(ratio=ratios)
    assert find_limits(columns).odd_factor == pytest.approx(3.0)
    columns["ratio"][0] = 4.0
    assert np.flatnonzero(judge_pictures(columns, find_limits(columns))["picture_shape"]).tolist() == [0]


def test_the_worst_scores_highest():
    columns = measures(brightness=[0.15, 0.05])
    dark = judge_pictures(columns, find_limits(columns))["picture_dark"]
    assert dark[1] > dark[0] > 0


def test_without_measures_nothing_is_judged():
    columns = {name: np.full(3, np.nan) for name in ("brightness", "highlight", "sharpness", "information", "edges")}
    columns |= {"ratio": np.ones(3), "short_side": np.full(3, 300.0)}
    assert all(not scores.any() for scores in judge_pictures(columns, find_limits(columns)).values())
