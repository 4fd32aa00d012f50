import numpy as np
import pytest

from core.vision.foreground import foreground_mask
from core.vision.palettes import (
    BIN_RGB,
    palette_row,
    palette_shards,
    picture_palette,
    read_palettes,
)


def plain(color, height=100, width=100) -> np.ndarray:
    return np.full((height, width, 3), color, dtype=np.uint8)


def bin_of(hue: int, saturation: int, value: int) -> int:
    return (hue * 8 + saturation) * 8 + value


# Pure colors have saturation and value 255, the last of eight steps. Red has hue 0; green 60 of 180, the fifth of
# twelve steps of 15; blue 120, the ninth. Grays have saturation 0; 128 is the fifth of eight values.
@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((255, 0, 0), bin_of(0, 7, 7)),
        ((0, 255, 0), bin_of(4, 7, 7)),
        ((0, 0, 255), bin_of(8, 7, 7)),
        ((255, 255, 255), bin_of(0, 0, 7)),
        ((128, 128, 128), bin_of(0, 0, 4)),
        ((0, 0, 0), 0),
        # Nearly gray with a breath of blue (saturation 13 of 255): counted as gray, in hue 0.
        ((190, 190, 200), bin_of(0, 0, 6)),
    ],
)
def test_one_color_is_its_own_palette(color, expected):
    bins, shares = picture_palette(plain(color))
    assert (bins.dtype, shares.dtype) == (np.uint16, np.float32)
    assert bins.tolist() == [expected, 0, 0, 0, 0]
    assert shares.tolist() == [1, 0, 0, 0, 0]


def test_a_plain_background_does_not_count():
    # A red square of 40 x 40 with a blue quarter on white: three quarters red, one quarter blue, no white.
    picture = plain((255, 255, 255), 96, 96)
    picture[30:70, 30:70] = (255, 0, 0)
    picture[50:70, 50:70] = (0, 0, 255)
    bins, shares = picture_palette(picture)
    assert bins[:2].tolist() == [bin_of(0, 7, 7), bin_of(8, 7, 7)]
    assert shares.tolist() == [0.75, 0.25, 0, 0, 0]


def test_white_inside_the_product_counts():
    # A white patch inside a red frame is not connected with the white border.
    picture = plain((255, 255, 255), 90, 90)
    picture[20:70, 20:70] = (255, 0, 0)
    picture[30:60, 30:60] = (255, 255, 255)
    mask = foreground_mask(picture)
    assert mask[45, 45] and mask[25, 25] and not mask[5, 5]
    assert mask.sum() == 50 * 50


def test_a_picture_that_is_all_background_counts_as_a_whole():
    picture = plain((200, 180, 160))
    picture[50:55, 50:55] = (0, 0, 0)  # 25 of 10,000 pixels: less than 2 %
    assert foreground_mask(picture).all()


def test_light_that_falls_off_towards_the_corners_is_background():
    # From 150 at the left to 240 at the right: no one color covers half of the border, but no step is an edge.
    picture = np.repeat(np.linspace(150, 240, 90).astype(np.uint8)[None, :, None], 90, axis=0).repeat(3, axis=2)
    picture[30:60, 30:60] = (128, 0, 128)
    mask = foreground_mask(picture)
    assert mask.sum() == 30 * 30
    assert mask[45, 45]


def test_a_busy_border_is_no_background():
    picture = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    assert foreground_mask(picture).all()


def test_large_pictures_give_the_palette_of_small_ones():
    small = plain((255, 255, 255), 96, 48)
    small[20:60, 10:40] = (0, 128, 0)
    large = small.repeat(10, axis=0).repeat(10, axis=1)
    assert picture_palette(large)[0].tolist() == picture_palette(small)[0].tolist()


def test_every_bin_that_occurs_has_its_middle_color_in_itself():
    assert (BIN_RGB.shape, BIN_RGB.dtype) == ((768, 3), np.uint8)
    # Grays of a hue, and blacks of a saturation, are never used; near black the 8-bit colors are too few to name hues.
    saturation, value = np.arange(768) // 8 % 8, np.arange(768) % 8
    for number in np.flatnonzero((saturation > 0) & (value > 1)):
        assert picture_palette(plain(BIN_RGB[number], 2, 2))[0][0] == number


def test_palettes_are_kept_by_picture_and_missing_ones_are_zero(home):
    bins, shares = picture_palette(plain((255, 0, 0)))
    palette_shards(home).append(["ab" * 32], palette_row(bins, shares)[None])

    found_bins, found_shares = read_palettes(home, ["cd" * 32, "ab" * 32])

    assert (found_bins.dtype, found_shares.dtype) == (np.uint16, np.float32)
    assert found_bins.tolist() == [[0] * 5, [bin_of(0, 7, 7), 0, 0, 0, 0]]
    assert found_shares.tolist() == [[0] * 5, [1, 0, 0, 0, 0]]
