"""What a map's component is told: whole numbers, samples, loops and colors, by hand."""

import base64
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import SettingsError
from core.explore.map_coloring import (
    MOST_KINDS,
    REST,
    color_by_kind,
    color_by_number,
    opacity_by_number,
    shape_by_kind,
)
from core.explore.map_picture import MapPicture, map_data
from core.explore.map_scene import (
    SPAN,
    UNKNOWN,
    decoded_loop,
    drawn_rows,
    encoded,
    encoded_members,
    loop_for_address,
    map_scale,
    mixed_positions,
)


def test_both_axes_share_one_scale():
    # 10 wide and 5 high: with a margin of 2 % around, the side is 10.4, and the height takes the middle 5 of it.
    scale = map_scale(pd.DataFrame({"x": [0.0, 10.0], "y": [0.0, 5.0]}))
    placed = scale.quantized(np.array([0.0, 10.0]), np.array([0.0, 5.0]))
    expected = [[0.2, 2.7], [10.2, 7.7]]
    assert placed.tolist() == [[round(value / 10.4 * SPAN) for value in row] for row in expected]


def test_one_product_and_identical_ones_lie_in_the_middle():
    frame = pd.DataFrame({"x": [3.0, 3.0], "y": [7.0, 7.0]})
    middle = (SPAN + 1) // 2
    placed = map_scale(frame).quantized(np.array([3.0]), np.array([7.0]))
    assert np.abs(placed.astype(int) - middle).max() <= 1  # the margin is no whole number
    assert map_scale(frame.head(0)).side == 1.0


def test_a_sample_keeps_every_stratum_its_share():
    strata = pd.Series(["a"] * 900 + ["b"] * 90 + [None] * 10)
    rows = drawn_rows(strata, 100)
    # A tenth of each: 90, 9 and 1, the missing ones being a stratum too.
    assert strata.iloc[rows].fillna("none").value_counts().to_dict() == {"a": 90, "b": 9, "none": 1}
    assert rows.tolist() == drawn_rows(strata, 100).tolist()
    assert len(drawn_rows(strata, 5000)) == 1000


def test_sets_of_points_take_a_bit_each():
    # Points 0, 3 and 9: bits 0 and 3 of the first byte are 9, bit 1 of the second is 2.
    members = np.isin(np.arange(10), [0, 3, 9])
    assert base64.b64decode(encoded_members(members)) == bytes([9, 2])


def test_a_loop_survives_an_address():
    corners = np.array([[0, 0], [SPAN, 0], [63_999, 65_279]], np.uint16)
    text = encoded(corners)
    assert decoded_loop(loop_for_address(text)).tolist() == corners.tolist()
    assert not set("+/") & set(loop_for_address(text))


@pytest.mark.parametrize("text", ["", "AAAA", "AAAAAA==", "no base64!", None, "é" * 20, encoded(np.zeros(130, "<u2"))])
def test_what_is_no_loop_is_refused(text):
    with pytest.raises(SettingsError, match="draw it again"):
        decoded_loop(text)


def test_points_between_two_maps():
    first, second = np.array([[0, 100]], np.uint16), np.array([[100, 0]], np.uint16)
    assert mixed_positions(first, second, 0.25).tolist() == [[25, 75]]
    assert mixed_positions(first, None, 0.25) is first


def test_rare_kinds_share_an_entry_and_missing_ones_have_their_own():
    values = pd.Series(["big"] * 5 + [f"kind {number:02}" for number in range(40)] + [None])
    coloring = color_by_kind(values, by="brand")
    assert [coloring.kinds[0].name, coloring.kinds[-2].name, coloring.kinds[-1].name] == ["big", REST, "unknown"]
    assert sum(kind.count for kind in coloring.kinds) == len(values)
    # 23 kinds keep a color; the 18 others share code 23, the missing one has 24.
    assert (coloring.codes == MOST_KINDS - 1).sum() == 41 - (MOST_KINDS - 1)
    assert coloring.codes[-1] == MOST_KINDS


def test_numbers_are_spread_between_their_percentiles():
    coloring = color_by_number(pd.Series([1.0, 10.0, 100.0, None, -5.0]), by="price, EUR", logarithmic=True)
    # Equal ratios are equally far apart; below 0 there is no logarithm.
    assert coloring.codes.tolist() == [0, 127, 254, UNKNOWN, UNKNOWN]
    assert coloring.kinds == ()
    assert coloring.ticks[2] == (127, "10")
    assert color_by_number(pd.Series([None, None]), by="price").ticks == ()


def test_strength_follows_ranks():
    assert opacity_by_number(pd.Series([5.0, None, 10.0])).tolist() == [127, 0, 255]


def test_a_hundred_thousand_products_travel_in_less_than_two_megabytes():
    many = 100_000
    random = np.random.default_rng(0)
    positions = random.integers(0, SPAN + 1, (many, 2)).astype(np.uint16)
    coloring = color_by_kind(pd.Series(random.integers(0, 24, many)).astype(str), by="category")
    data = map_data(MapPicture(positions, coloring, many, "map", "map", opacity=np.zeros(many, np.uint8)))
    script = 820_000  # what the component itself takes, see tests/ui/test_map_component.py
    assert sum(len(value) for value in data.values() if isinstance(value, str)) + script < 2_000_000


def test_the_most_frequent_kinds_have_shapes_of_their_own_and_the_rest_share_one():
    names = [name for name, count in zip("abcdefgh", (9, 8, 7, 6, 5, 4, 3, 2), strict=True) for _ in range(count)]
    found = shape_by_kind(color_by_kind(pd.Series([*names, None]), by="brand"))
    # Five of their own; f, g, h and what is unknown, 4 + 3 + 2 + 1 = 10 products, share the sixth.
    assert [(kind.name, kind.count) for kind in found.kinds] == [
        *zip("abcde", (9, 8, 7, 6, 5), strict=True),
        (REST, 10),
    ]
    assert found.codes[[0, 9, 34, 35, 44]].tolist() == [0, 1, 4, 5, 5] and found.codes.max() == 5
    six = shape_by_kind(color_by_kind(pd.Series(list("aabbccddeef")), by="brand"))
    assert [kind.name for kind in six.kinds] == list("abcdef")  # six kinds need no shared one
    with pytest.raises(SettingsError, match="is a number: shapes tell kinds apart"):
        shape_by_kind(color_by_number(pd.Series([1.0, 2.0]), by="price"))


def test_shapes_travel_with_the_map_and_make_another_version():
    coloring = color_by_kind(pd.Series(["a", "b"]), by="brand")
    plain = MapPicture(np.zeros((2, 2), np.uint16), coloring, 2, "Two", "two")
    shaped = replace(plain, shapes=shape_by_kind(coloring))
    one, other = map_data(plain), map_data(shaped)
    assert one["shapes"] is None and other["shapes"] == "AAE="  # the bytes 0 and 1
    assert [kind["name"] for kind in other["shape_kinds"]] == ["a", "b"] and other["shapes_by"] == "brand"
    assert one["version"] != other["version"] and one["places"] == other["places"]
