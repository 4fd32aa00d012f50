import numpy as np
import pytest

from core.vision.picture_fit import fit_picture


def black(height: int, width: int) -> np.ndarray:
    return np.zeros((height, width, 3), dtype=np.uint8)


def test_pads_a_wide_picture_evenly_above_and_below():
    # 100 x 50 to 8: the longer side becomes 8, the shorter 4, two white rows on each side.
    square = fit_picture(black(50, 100), side_px=8, fit="pad")
    assert square[:, 0, 0].tolist() == [255, 255, 0, 0, 0, 0, 255, 255]


def test_pads_the_odd_pixel_right_or_below():
    # 8 - 5 = 3 white columns: one left, two right.
    tall = fit_picture(black(80, 50), side_px=8, fit="pad")
    assert tall[0, :, 0].tolist() == [255, 0, 0, 0, 0, 0, 255, 255]
    wide = fit_picture(black(50, 80), side_px=8, fit="pad")
    assert wide[:, 0, 0].tolist() == [255, 0, 0, 0, 0, 0, 255, 255]


def test_resize_leaves_no_border():
    assert fit_picture(black(50, 100), side_px=8, fit="resize").max() == 0


@pytest.mark.parametrize("fit", ["pad", "resize"])
@pytest.mark.parametrize(("height", "width"), [(1, 4000), (4000, 1), (3, 3), (224, 224), (500, 20)])
def test_every_shape_becomes_the_square(fit, height, width):
    square = fit_picture(black(height, width), side_px=224, fit=fit)
    assert (square.shape, square.dtype) == ((224, 224, 3), np.uint8)
    assert square.flags.c_contiguous


def test_shrinking_averages():
    # Columns of 0 and 200 in turn average to 100; picking pixels would give 0 or 200.
    stripes = black(16, 16)
    stripes[:, ::2] = 200
    assert (fit_picture(stripes, side_px=4, fit="resize") == 100).all()
