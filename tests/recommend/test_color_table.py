"""Colors of the product: what it is measured on, what is near, and what bears which name."""

import numpy as np
import pytest

from core.errors import SettingsError
from core.recommend.color_filter import color_of_name, named_shares, shows_colors
from core.recommend.color_table import fit_color_space
from core.vision.color_histogram import COLORS, packed, palette_histogram, picture_histogram
from core.vision.product_pixels import product_mask, product_weights

RED, DARK_RED, BLUE, WHITE, SKIN = (200, 20, 30), (150, 15, 25), (30, 80, 200), (255, 255, 255), (224, 172, 140)


def on_background(color, background=WHITE, side=60):
    """A square of one color, a quarter of the picture, on a background."""
    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = background
    picture[side // 4 : -side // 4, side // 4 : -side // 4] = color
    return picture


def similarity(one, other):
    histograms = np.stack([one, other])
    vectors = fit_color_space(histograms).vectors(histograms)
    return float(vectors[0] @ vectors[1])


def test_the_background_does_not_count():
    on_white, on_blue = (picture_histogram(on_background(RED, ground)) for ground in (WHITE, BLUE))
    assert similarity(on_white, on_blue) > 0.99
    assert similarity(on_white, picture_histogram(on_background(BLUE))) < 0.1


def test_a_white_product_on_white_keeps_its_middle():
    picture = on_background((120, 120, 120))
    picture[22:38, 22:38] = WHITE  # a gray outline around white, as a shirt has on a white ground
    assert product_mask(picture)[25:35, 25:35].all()


def test_skin_counts_half():
    # Left half skin, right half blue, both as far from the middle: 1/2 against 1 of the weight is 1/3 skin.
    picture = np.empty((40, 40, 3), np.uint8)
    picture[:, :20], picture[:, 20:] = SKIN, BLUE
    weights = product_weights(picture)
    assert weights[:, :20].sum() / weights.sum() == pytest.approx(1 / 3)


def test_similarity_falls_as_color_moves_away():
    red, dark, blue = (
        packed(palette_histogram(np.array([color], np.uint8), np.ones(1))) for color in (RED, DARK_RED, BLUE)
    )
    assert 1.001 > similarity(red, red) > 0.999 > similarity(red, dark) > 0.3 > max(0, similarity(red, blue))


def test_unknown_colors_have_no_vector_and_no_name():
    histograms = np.zeros((2, COLORS), np.uint8)
    histograms[0] = picture_histogram(on_background(RED))
    assert np.linalg.norm(fit_color_space(histograms).vectors(histograms), axis=1) == pytest.approx([1, 0])
    assert shows_colors(named_shares(histograms), ("red", "blue")).tolist() == [True, False]


@pytest.mark.parametrize(
    "name", ["black", "white", "red", "blue", "navy", "green", "yellow", "pink", "brown", "orange"]
)
def test_plain_colors_bear_their_names(name):
    histogram = picture_histogram(np.full((8, 8, 3), color_of_name(name), np.uint8))
    assert shows_colors(named_shares(histogram[None]), (name,)).all()


def test_colors_are_found_by_name_and_by_number():
    assert color_of_name("#800020") == (128, 0, 32)
    assert color_of_name(" Charcoal ") == (54, 69, 79)  # of the names of the trade
    with pytest.raises(SettingsError, match="there is no color 'blurple': name one such as burgundy"):
        color_of_name("blurple")
    with pytest.raises(SettingsError, match="no color to filter by is called 'blurple'"):
        shows_colors(np.zeros((1, 14), np.float32), ("blurple",))
