"""Views of a picture."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import SettingsError
from core.vision.picture_fit import fit_picture
from core.vision.views import PRESETS, ViewSettings, make_view

SIDE = 32


@pytest.fixture
def picture():
    """A picture whose left half is dark and whose right half is bright, wider than high."""
    found = np.zeros((40, 60, 3), np.uint8)
    found[:, 30:] = 200
    return found


def view(picture, number, settings=None, seed=(1,)):
    return make_view(picture, number, settings=settings or ViewSettings(), side_px=SIDE, fit="pad", seed=seed)


def test_the_first_view_is_what_embedding_sees(picture):
    np.testing.assert_array_equal(view(picture, 0), fit_picture(picture, side_px=SIDE, fit="pad"))


def test_with_flips_alone_every_view_is_the_picture_or_its_mirror_image(picture):
    flips = replace(PRESETS["none"], flip=True)
    plain = view(picture, 0)
    mirrored = sum(bool((view(picture, number, flips) == plain[:, ::-1]).all()) for number in range(1, 21))
    same = sum(bool((view(picture, number, flips) == plain).all()) for number in range(1, 21))
    assert mirrored + same == 20
    assert min(mirrored, same) >= 3  # of twenty fair draws, fewer than three of a kind come once in five thousand


def test_drawn_views_depend_on_seed_and_number_alone(picture):
    np.testing.assert_array_equal(view(picture, 3), view(picture, 3))
    assert not np.array_equal(view(picture, 3), view(picture, 4))
    assert not np.array_equal(view(picture, 3), view(picture, 3, seed=(2,)))


def test_without_any_change_every_view_is_the_picture(picture):
    for number in range(4):  # no flip either: what reads left to right stays so
        np.testing.assert_array_equal(view(picture, number, PRESETS["none"]), view(picture, 0))


def test_a_shift_brings_in_white(picture):
    black = np.zeros((40, 40, 3), np.uint8)
    moved = view(black, 2, replace(PRESETS["none"], shift=0.5))
    # Black filled the square, so whatever is white now came in from outside.
    assert (moved == 255).any()
    assert (moved == 0).any()


@pytest.mark.parametrize("settings", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 90, 3), (300, 7, 3)])
def test_any_shape_gives_a_square(settings, shape):
    for number in range(5):
        found = view(np.full(shape, 90, np.uint8), number, settings)
        assert found.shape == (SIDE, SIDE, 3)
        assert found.dtype == np.uint8
        assert found.flags.c_contiguous


def test_settings_out_of_range_are_named():
    with pytest.raises(SettingsError, match=r"zoom of views is 1.5: expected a number from 0 to 0.9"):
        ViewSettings(zoom=1.5)
