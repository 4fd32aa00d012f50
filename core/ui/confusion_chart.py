"""The heat map of a confusion of few enough categories that each cell has its figure written in it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.ui.charts import COLORS
from core.ui.wording import chart_text, number_marks, number_text

MOST_WRITTEN = 25
"""Names along a side up to which figures fit into the squares."""

_TEMPLATE = (
    "true: %{customdata[0]}<br>predicted: %{customdata[1]}<br>"
    "%{customdata[3]} pictures, %{customdata[2]} % of the row<extra></extra>"
)


def confusion_heatmap(
    counts: np.ndarray,
    shares: np.ndarray,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    normalized: bool,
    marked: tuple[int, int] | None = None,
) -> go.Figure:
    """Draw squares of a confusion; rows are true, columns predicted categories.

    Args:
        counts: Pictures, int (R, K).
        shares: The same as shares of the pictures of each row's true categories, float (R, K).
        rows: R names of categories from outside, or of the first and last of several.
        columns: K names, likewise.
        normalized: Show shares instead of counts.
        marked: A square (true, predicted) to frame.
    """
    ticks = [[chart_text(name.rsplit(" > ", 1)[-1], length=22) for name in names] for names in (rows, columns)]
    figure = go.Figure(
        go.Heatmap(
            z=shares if normalized else counts,
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            customdata=_hover(counts, shares, rows, columns),
            text=cell_texts(counts, shares, normalized),
            texttemplate="%{text}",
            xgap=1,
            ygap=1,
            showscale=False,
            hoverongaps=False,
            hovertemplate=_TEMPLATE,
        )
    )
    if marked is not None:
        _frame(figure, *marked)
    axis = {"showgrid": False, "constrain": "domain", "tickfont": {"size": 12}}
    figure.update_xaxes(title="Predicted", tickangle=-40, tickvals=list(range(len(columns))), ticktext=ticks[1], **axis)
    figure.update_yaxes(title="True", autorange="reversed", tickvals=list(range(len(rows))), ticktext=ticks[0], **axis)
    return figure.update_layout(
        separators=number_marks(),
        height=int(np.clip(170 + 30 * len(rows), 340, 820)),
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        hovermode="closest",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )


def cell_texts(counts: np.ndarray, shares: np.ndarray, normalized: bool) -> list[list[str]]:
    """Write the cells; empty cells stay empty so that the mistakes stand out."""
    words = [[f"{share:.0%}" for share in row] for row in shares] if normalized else counts.astype(str).tolist()
    return [
        [word if count else "" for word, count in zip(line, row, strict=True)]
        for line, row in zip(words, counts, strict=True)
    ]


def _hover(
    counts: np.ndarray, shares: np.ndarray, rows: Sequence[str], columns: Sequence[str]
) -> list[list[list[str]]]:
    down, across = [chart_text(name) for name in rows], [chart_text(name) for name in columns]
    places = range(len(columns))
    return [
        [
            [down[row], across[column], f"{100 * shares[row, column]:.1f}", number_text(counts[row, column])]
            for column in places
        ]
        for row in range(len(rows))
    ]


def _frame(figure: go.Figure, row: int, column: int) -> None:
    figure.add_shape(
        type="rect",
        x0=column - 0.5,
        x1=column + 0.5,
        y0=row - 0.5,
        y1=row + 0.5,
        line={"color": COLORS[1], "width": 3},
    )
