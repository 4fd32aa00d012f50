"""A part of a picture: cut out, and shown within the whole."""

import numpy as np
import pytest

from core.errors import SettingsError
from core.recommend.region import cropped, marked_region

PICTURE = np.zeros((20, 40, 3), np.uint8)


def test_the_part_keeps_its_colors_and_the_rest_fades():
    shown = marked_region(PICTURE, (25, 50, 75, 100))
    assert not shown[10:, 10:30].any()  # the lower half, the middle half across
    assert (shown[:10] == 191).all()  # three quarters of the way from black to white
    assert (shown[:, :10] == 191).all()
    assert (shown[:, 30:] == 191).all()


def test_what_is_shown_is_what_is_cut_out():
    random = np.random.default_rng(0).integers(0, 200, (31, 17, 3), dtype=np.uint8)
    region = (10, 35, 60, 90)
    part = cropped(random, region)
    top, left = 35 * 31 // 100, 10 * 17 // 100
    shown = marked_region(random, region)
    assert np.array_equal(shown[top : top + part.shape[0], left : left + part.shape[1]], part)


def test_a_part_thinner_than_five_percent_is_refused():
    with pytest.raises(SettingsError, match="at least 5 apart"):
        cropped(PICTURE, (0, 0, 4, 100))
