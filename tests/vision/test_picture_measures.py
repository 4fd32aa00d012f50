"""Measures of pictures whose values are known without measuring."""

import cv2
import numpy as np
import pytest

from core.vision.picture_measures import SIDE_PX, measure_picture, shrunk


def plain(value, *, size=(120, 90)):
    return np.full((*size, 3), value, np.uint8)


def scene(side=256):
    """A checkered gray product on white: edges of full contrast, half of the picture background."""
    picture = plain(255, size=(side, side))
    tiles = (np.indices((side, side)) // (side // 16)).sum(axis=0) % 2
    middle = slice(side // 4, 3 * side // 4)
    picture[middle, middle] = (60 + 120 * tiles[middle, middle, None]).astype(np.uint8)
    return picture


def test_a_blank_picture_has_light_but_no_edge_and_no_information():
    measures = measure_picture(plain(204))
    assert measures.brightness == pytest.approx(0.8, abs=1e-6)  # 204 of 255
    assert measures.highlight == pytest.approx(0.8, abs=1e-6)
    assert (measures.contrast, measures.information, measures.edges, measures.colorfulness) == (0, 0, 0, 0)
    assert measures.sharpness is None  # nothing to be sharp
    assert measures.background == 1.0


def test_brightness_is_luma_and_highlight_the_strongest_channel():
    measures = measure_picture(plain((255, 0, 0)))
    assert measures.brightness == pytest.approx(0.299, abs=0.002)  # Rec. 601 weight of red
    assert measures.highlight == 1.0  # a red product in full light is not dark


def test_darkening_scales_brightness_and_leaves_sharpness():
    picture = scene()
    bright, dark = measure_picture(picture), measure_picture((picture * 0.25).astype(np.uint8))
    assert dark.brightness == pytest.approx(bright.brightness / 4, rel=0.02)
    assert dark.highlight == pytest.approx(0.25, abs=0.01)
    assert dark.sharpness == pytest.approx(bright.sharpness, rel=0.1)  # contrast cancels out


def test_every_step_of_blur_lowers_sharpness():
    values = [measure_picture(cv2.GaussianBlur(scene(), (0, 0), sigma)).sharpness for sigma in (0.5, 1, 2, 4)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.1 < 1 < values[0]


def test_a_picture_and_its_larger_copy_measure_alike():
    picture = scene()
    large = cv2.resize(picture, (1024, 1024), interpolation=cv2.INTER_NEAREST)
    for name in ("brightness", "contrast", "information", "background"):
        assert getattr(measure_picture(large), name) == pytest.approx(getattr(measure_picture(picture), name), rel=0.1)


def test_information_of_noise_is_high_and_of_a_ramp_low():
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 1), np.uint8).repeat(3, axis=2)
    ramp = np.tile(np.arange(200, dtype=np.uint8)[:, None, None], (1, 200, 3))
    assert measure_picture(noise).information > 5  # differences of even noise: nearly 7 bits once halved twice
    assert measure_picture(ramp).information == 0  # each step is one level: below what counts as noise


def test_the_background_is_what_surrounds_the_product():
    assert measure_picture(scene()).background == pytest.approx(0.75, abs=0.03)  # the product has a quarter


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (8, 4000)])
def test_thin_pictures_have_measures(size):
    assert measure_picture(plain(10, size=size)).brightness == pytest.approx(10 / 255, abs=1e-3)


def test_small_pictures_are_not_enlarged():
    assert shrunk(plain(1, size=(10, 20)), SIDE_PX).shape == (10, 20, 3)
    assert shrunk(plain(1, size=(512, 1024)), SIDE_PX).shape == (128, 256, 3)
