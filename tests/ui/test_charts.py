import json

import numpy as np
import pandas as pd

from core.ui.charts import COLORS, MARKS, bars, curves, map_scatter

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


def test_points_carry_their_row():
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 2.0], "row": [7, 8, 9], "value": ["b", "a", "b"]})
    traces = {trace.name: list(trace.customdata) for trace in map_scatter(frame, numeric=False, legend_title="x").data}
    assert traces == {"b": [7, 9], "a": [8]}


def test_curves_mark_the_best_epoch():
    history = pd.DataFrame({"epoch": [1, 2], "train_loss": [1.0, 0.5], "validation_loss": [1.1, 0.9]})
    figure = curves(history, measure="loss", best_epoch=2)
    assert [trace.name for trace in figure.data] == ["train", "validation"]
    assert figure.layout.shapes[0].x0 == 2
