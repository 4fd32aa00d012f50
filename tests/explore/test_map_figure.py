"""A map laid out as a picture: what stands where, in which color."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from core.explore.map_coloring import color_by_kind, color_by_number, shape_by_kind
from core.explore.map_figure import MARGIN_PX, SIDE_PX, TOP_PX, map_figure, one_line
from core.explore.map_palette import KIND_COLORS, SCALE_COLORS, palette_of, rgb
from core.explore.map_picture import MapPicture
from core.explore.map_png import map_png
from core.explore.map_svg import map_svg

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
CORNERS = np.array([[0, 0], [65535, 65535], [65535, 0]], np.uint16)


def picture(coloring, **more):
    return MapPicture(CORNERS, coloring, 3, "map", "map", **more)


def test_colors_are_those_of_the_light_theme():
    theme = CONFIG["theme"]["light"]
    assert list(KIND_COLORS) == theme["chartCategoricalColors"]
    assert list(SCALE_COLORS) == theme["chartSequentialColors"]


def test_a_ninth_kind_is_the_first_color_made_lighter():
    kinds = palette_of(color_by_kind(pd.Series(list("abcdefghi")), by="letter"))
    # #0F766E is 15, 118, 110; 42 % of the way to 255.
    assert kinds[0].tolist() == [15, 118, 110] and kinds[8].tolist() == [116, 176, 171]
    scale = palette_of(color_by_number(pd.Series([1.0, 2.0]), by="n"))
    assert scale[0].tolist() == rgb(SCALE_COLORS[2]).tolist() and scale[254].tolist() == rgb(SCALE_COLORS[-1]).tolist()


def test_up_is_up_and_the_edge_is_inside():
    [panel] = map_figure(picture(color_by_kind(pd.Series(["a", "b", None]), by="kind")), title="t").panels
    low, high = 2 * MARGIN_PX, SIDE_PX
    assert panel.x.tolist() == [low, high, high]
    assert panel.y.tolist() == [TOP_PX + SIDE_PX - MARGIN_PX, TOP_PX + MARGIN_PX, TOP_PX + SIDE_PX - MARGIN_PX]


def test_the_legend_tells_colors_shapes_and_strength():
    coloring = color_by_kind(pd.Series(["A > b", "c", None]), by="kind")
    shown = picture(coloring, shapes=shape_by_kind(coloring), opacity=np.array([0, 255, 255], np.uint8), opacity_by="x")
    figure = map_figure(shown, title="t")
    kinds = ["b  1", "c  1", "unknown  1"]
    assert [line.words for line in figure.legend] == [
        "kind",
        *kinds,
        "kind",
        "b  1",
        "c  1",
        "other  1",
        "stronger: more x",
    ]
    assert figure.weights.tolist() == [0.12, 1.0, 1.0]


def test_the_legend_of_a_number_tells_what_is_unknown_only_where_something_is():
    for values, words in (([1.0, 2.0, None], ["unknown"]), ([1.0, 2.0, 3.0], [])):
        figure = map_figure(picture(color_by_number(pd.Series(values), by="n")), title="t")
        assert [line.words for line in figure.legend[6:]] == words  # behind the heading and five ticks


def test_two_ends_stand_beside_one_another():
    coloring = color_by_kind(pd.Series(["a", "a", "b"]), by="kind")
    figure = map_figure(picture(coloring, after=CORNERS[::-1], ends=("one", "two")), title="t")
    assert [panel.words for panel in figure.panels] == ["one", "two"]
    assert figure.panels[1].x[0] - figure.panels[1].left == figure.panels[0].x[2] - figure.panels[0].left


def test_nothing_a_name_holds_breaks_a_picture():
    assert one_line("a\ud800\n<b>") == "a <b>"
    name = "a\x00\u202e\n<b>"
    figure = map_figure(picture(color_by_kind(pd.Series([name, name, "日本"]), by=name)), title=name)
    assert "a &lt;b&gt;" in map_svg(figure).encode().decode()
    assert map_png(figure).startswith(b"\x89PNG")
