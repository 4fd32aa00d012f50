"""What the matrix of many categories sends to the browser, and what it hears back."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.ui import square_matrix as module


@pytest.fixture
def drawn(monkeypatch):
    """What was sent, and a way to click a square."""
    sent = SimpleNamespace(data=None, clicked=[])

    def component(*, key, data, on_clicked_change):
        sent.data = data

        def click(square):
            monkeypatch.setattr(module.st, "session_state", {key: SimpleNamespace(clicked=square)})
            on_clicked_change()

        sent.click = click

    monkeypatch.setattr(module, "_matrix", component)
    return sent


def draw(drawn, counts, *, normalized=False):
    names = [f"Some long parent > Category {place:03}" for place in range(len(counts))]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    module.square_matrix(
        counts,
        shares,
        names=module.SquareNames(names, names),
        normalized=normalized,
        marked=(1, 0),
        key="squares",
        on_click=lambda row, column: drawn.clicked.append((row, column)),
    )
    return drawn.data


def test_only_full_squares_are_sent_colored_by_the_logarithm(drawn):
    counts = np.zeros((30, 30), dtype=int)
    counts[0, 0], counts[0, 1], counts[29, 2] = 999, 1, 1
    data = draw(drawn, counts)
    # log(1000) is the darkest; log(2) / log(1000) = 0.1003
    assert data["cells"] == [[0, 0, "999", "99.9", 1.0], [0, 1, "1", "0.1", 0.1], [29, 2, "1", "100.0", 0.1]]
    assert data["rows"][29] == "Some long parent > Category 029" and data["row_labels"][29] == "Category 029"
    assert data["marked"] == (1, 0) and data["written"] is None
    assert draw(drawn, counts, normalized=True)["cells"][2][4] == 1.0  # all of its row


def test_figures_are_written_into_few_squares(drawn):
    counts = np.array([[3, 1], [0, 4]])
    data = draw(drawn, counts)
    # Row 0: 3 of 4 right, 1 of 4 taken for 1. Row 1: none of 4 taken for 0, so nothing is sent of that square.
    assert [cell[:4] for cell in data["cells"]] == [[0, 0, "3", "75.0"], [0, 1, "1", "25.0"], [1, 1, "4", "100.0"]]
    assert data["written"] == "count" and draw(drawn, counts, normalized=True)["written"] == "share"


def test_what_is_counted_and_between_what_is_told(drawn):
    data = draw(drawn, np.eye(3, dtype=int))
    assert (data["sides"], data["noun"]) == (("True", "Predicted"), "picture"), "a confusion, unless said otherwise"


def test_nothing_at_all_can_be_drawn(drawn):
    assert draw(drawn, np.zeros((30, 30), dtype=int))["cells"] == []


def test_a_click_is_told_once_and_its_end_is_not(drawn):
    draw(drawn, np.eye(30, dtype=int))
    drawn.click({"row": 3, "column": 4, "at": 1})
    drawn.click(None)
    assert drawn.clicked == [(3, 4)]
