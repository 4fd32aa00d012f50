import itertools
import json

import numpy as np
import pandas as pd
import pytest

from core.ui.charts import COLORS, MARKS, bars, curves, dash_of, map_scatter, mark_of
from core.ui.compare_charts import compared_curves
from core.ui.hierarchy_charts import distance_bars, verdict_bar
from core.ui.label_charts import label_curves
from core.ui.planner_view_charts import reliability_chart

HOSTILE = '<a href="http://evil.test">free</a>'


def test_names_from_outside_never_become_links():
    figures = [
        bars([HOSTILE], [1.0]),
        map_scatter(
            pd.DataFrame({"x": [0.0], "y": [0.0], "row": [0], "value": [HOSTILE]}),
            numeric=False,
            legend_title="category",
        ),
    ]
    for figure in figures:
        assert "<a href" not in json.dumps(figure.to_plotly_json(), default=lambda value: np.asarray(value).tolist())


def test_every_kind_beyond_the_colors_has_another_shape():
    kinds = [f"kind {place:02}" for place in range(10)]
    frame = pd.DataFrame({"x": range(10), "y": range(10), "row": range(10), "value": kinds})
    traces = map_scatter(frame, numeric=False, legend_title="category").data
    looks = [(trace.marker.color, trace.marker.symbol) for trace in traces]
    assert len(set(looks)) == 10
    assert looks[8] == (COLORS[0], MARKS[1])  # eight colors, then they begin again with the next shape


def test_shapes_and_dashes_tell_kinds_apart_without_their_colors():
    # Neighbors never look alike, and with the color no two of the first 64 and 32.
    assert all(mark_of(place) != mark_of(place + 1) for place in range(6))
    assert len({(place % len(COLORS), mark_of(place)) for place in range(64)}) == 64
    assert len({(place % len(COLORS), dash_of(place)) for place in range(32)}) == 32


def drawn_series():
    history = pd.DataFrame({"epoch": [1, 2, 3], "minutes": [1.0, 2.0, 3.0], "validation_loss": [1.1, 0.9, 0.8]})
    history["train_loss"] = history["validation_loss"]
    yield curves(history)
    yield compared_curves([history] * 4, list("abcd"), measure="loss", by_minutes=False)
    yield label_curves(np.array([0.2, 0.8]), np.array([0, 1], np.uint8), threshold=0.5)
    yield distance_bars(pd.DataFrame({"distance": ["1", "2"], "pictures": [3, 1], "expected": [1.0, 2.0]}))
    yield verdict_bar({"right": 0.7, "right parent": 0.2, "wrong": 0.1})
    judged = {"claimed": [0.5], "accuracy": [0.5], "accuracy_low": [0.4], "accuracy_high": [0.6], "pictures": [9]}
    yield reliability_chart(pd.DataFrame(judged), pd.DataFrame(judged))


@pytest.mark.parametrize("figure", drawn_series())
def test_color_is_never_the_only_sign(figure):
    looks = []
    for trace in figure.data:
        line, marker = trace.to_plotly_json().get("line") or {}, trace.to_plotly_json().get("marker") or {}
        pattern = (marker.get("pattern") or {}).get("shape", "")
        # Bars of one stack keep their order, which the legend repeats: there a hatched one tells its neighbors apart.
        looks.append((line.get("dash", "solid"), marker.get("symbol"), pattern))
    assert all(one != other for one, other in itertools.pairwise(looks)), looks


def test_points_carry_their_row():
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 2.0], "row": [7, 8, 9], "value": ["b", "a", "b"]})
    traces = {trace.name: list(trace.customdata) for trace in map_scatter(frame, numeric=False, legend_title="x").data}
    assert traces == {"b": [7, 9], "a": [8]}


def test_curves_mark_the_best_epoch():
    history = pd.DataFrame({"epoch": [1, 2], "train_loss": [1.0, 0.5], "validation_loss": [1.1, 0.9]})
    figure = curves(history, measure="loss", best_epoch=2)
    assert [trace.name for trace in figure.data] == ["train", "validation"]
    assert figure.layout.shapes[0].x0 == 2
