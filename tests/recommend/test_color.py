"""Palette similarity: formula by hand, symmetry, and missing palettes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.recommend.color import PaletteTable, color_similarities, rgb_to_lab
from core.vision.palettes import BIN_RGB

LAB = rgb_to_lab(BIN_RGB)
SIMILARITIES = color_similarities(LAB, LAB)


def plain_similarity(bins_a, shares_a, bins_b, shares_b):
    """The formula as the module states it, color by color."""
    a = [(color, share) for color, share in zip(bins_a, shares_a, strict=True) if share > 0]
    b = [(color, share) for color, share in zip(bins_b, shares_b, strict=True) if share > 0]
    forward = sum(share * max(SIMILARITIES[color, other] for other, _ in b) for color, share in a)
    backward = sum(share * max(SIMILARITIES[color, other] for other, _ in a) for color, share in b)
    return forward / sum(share for _, share in a) / 2 + backward / sum(share for _, share in b) / 2


palette = st.tuples(
    st.lists(st.integers(0, 767), min_size=5, max_size=5),
    st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5]), min_size=5, max_size=5).filter(any),
)


@settings(max_examples=50)
@given(st.lists(palette, min_size=1, max_size=6), palette)
def test_table_agrees_with_the_formula_and_is_symmetric(palettes, query):
    table = PaletteTable(
        np.array([bins for bins, _ in palettes], np.uint16),
        np.array([shares for _, shares in palettes], np.float32),
        bin_rgb=BIN_RGB,
    )
    found = table.similarity_to(np.array(query[0], np.uint16), np.array(query[1], np.float32))
    assert found == pytest.approx([plain_similarity(*query, *other) for other in palettes], abs=1e-5)
    mirrored = PaletteTable(np.array([query[0]]), np.array([query[1]]), bin_rgb=BIN_RGB)
    back = [mirrored.similarity_to(np.array(bins), np.array(shares))[0] for bins, shares in palettes]
    assert found == pytest.approx(back, abs=1e-5)
    assert found.min() >= 0
    assert found.max() <= 1


def test_lab_of_known_colors():
    # White is L 100; sRGB red, green and blue as published for D65 (Lindbloom): rounded to one decimal.
    lab = rgb_to_lab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8))
    expected = [[100, 0, 0], [0, 0, 0], [53.2, 80.1, 67.2], [87.7, -86.2, 83.2], [32.3, 79.2, -107.9]]
    assert lab == pytest.approx(np.array(expected), abs=0.06)


def test_bins_are_ordered_as_the_eye_does():
    def nearest_bin(red, green, blue):
        return int(np.argmin(np.abs(BIN_RGB.astype(int) - [red, green, blue]).sum(axis=1)))

    red, orange, blue = nearest_bin(220, 20, 20), nearest_bin(240, 130, 20), nearest_bin(20, 20, 220)
    assert SIMILARITIES[red, orange] > SIMILARITIES[red, blue]
    assert np.diagonal(SIMILARITIES) == pytest.approx(1.0)
    assert np.array_equal(SIMILARITIES, SIMILARITIES.T)


def test_equal_palettes_are_1_and_a_missing_palette_is_marked():
    bins = np.array([[3, 90, 500, 0, 0], [0, 0, 0, 0, 0]], np.uint16)
    shares = np.array([[0.5, 0.25, 0.125, 0, 0], [0, 0, 0, 0, 0]], np.float32)
    table = PaletteTable(bins, shares, bin_rgb=BIN_RGB)
    assert table.similarity_to(bins[0], shares[0])[0] == pytest.approx(1.0)
    assert table.known.tolist() == [True, False]
    assert table.shares.sum(axis=0) == pytest.approx([1, 0])


def test_an_unused_place_is_not_a_color():
    # Bin 0 at share 0 stands for nothing: were it a color, black (bin 0 has the lowest value) would match here.
    white = int(np.argmax(BIN_RGB.astype(int).sum(axis=1)))
    table = PaletteTable(np.array([[white, 0, 0, 0, 0]]), np.array([[1.0, 0, 0, 0, 0]]), bin_rgb=BIN_RGB)
    found = table.similarity_to(np.array([0, 0, 0, 0, 0]), np.array([1.0, 0, 0, 0, 0]))
    assert found[0] == pytest.approx(SIMILARITIES[0, white])
