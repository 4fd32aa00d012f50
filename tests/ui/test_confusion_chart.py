import json

import numpy as np

from core.ui.confusion_chart import confusion_heatmap

HOSTILE = '<a href="http://evil.test">free</a>'


def test_confusion_cells_that_are_empty_stay_empty():
    counts, shares = np.array([[3, 1], [0, 4]]), np.array([[0.75, 0.25], [0.0, 1.0]])
    trace = confusion_heatmap(counts, shares, rows=["A", "B"], columns=["A", "B"], normalized=True).data[0]
    # Row A: 3 of 4 right, 1 of 4 taken for B. Row B: none of 4 taken for A, so nothing is written there.
    assert [list(row) for row in trace.text] == [["75%", "25%"], ["", "100%"]]
    assert np.asarray(trace.z).tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_counts_are_written_as_they_are():
    trace = confusion_heatmap(
        np.array([[12, 0], [1, 7]]), np.eye(2), rows=["A", "B"], columns=["A", "B"], normalized=False
    ).data[0]
    assert [list(row) for row in trace.text] == [["12", ""], ["1", "7"]]


def test_marked_cell_is_framed_where_it_is():
    figure = confusion_heatmap(
        np.eye(3, dtype=int), np.eye(3), rows=["A", "B", "C"], columns=["A", "B", "C"], normalized=False, marked=(2, 0)
    )
    shape = figure.layout.shapes[0]
    # Row 2 is y, column 0 is x; cells reach half a unit to each side.
    assert (shape.x0, shape.x1, shape.y0, shape.y1) == (-0.5, 0.5, 1.5, 2.5)


def test_names_from_outside_never_become_links():
    figure = confusion_heatmap(
        np.eye(2, dtype=int), np.eye(2), rows=[HOSTILE, "B"], columns=[HOSTILE, "B"], normalized=False
    )
    assert "<a href" not in json.dumps(figure.to_plotly_json(), default=lambda value: np.asarray(value).tolist())
