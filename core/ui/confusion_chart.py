"""The heat map of a confusion, at most a few thousand squares however many classes there are."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.ui.charts import COLORS
from core.ui.wording import chart_text, number_marks, number_text

_MOST_WRITTEN = 25
"""Names along a side up to which figures are written into the squares."""


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
    few = max(len(rows), len(columns)) <= _MOST_WRITTEN
    texts = cell_texts(counts, shares, normalized) if few else _counts_written(counts)
    shown = shares if normalized else counts
    ticks = [[chart_text(name.rsplit(" > ", 1)[-1], length=22) for name in names] for names in (rows, columns)]
    figure = go.Figure(
        go.Heatmap(
            z=shown if few else _spread_colors(counts, shares, normalized=normalized),
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            customdata=_hover(counts, shares, rows, columns) if few else np.round(100 * shares, 1)[..., None],
            text=texts,
            texttemplate="%{text}" if few else None,
            xgap=1 if few else 0,
            ygap=1 if few else 0,
            showscale=False,
            hoverongaps=False,
            hovertemplate=_template(few=few),
        )
    )
    if marked is not None:
        _frame(figure, *marked)
    size = {"tickfont": {"size": 12 if few else 9 if max(len(rows), len(columns)) > 45 else 11}}
    axis = {"showgrid": False, "constrain": "domain", **size}
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


def _template(*, few: bool) -> str:
    """Words beside the pointer; with many names those of the axes are taken, which cost nothing to send."""
    true, predicted, share = ("%{customdata[0]}", "%{customdata[1]}", 2) if few else ("%{y}", "%{x}", 0)
    count = "%{customdata[3]}" if few else "%{text}"
    of_row = f"%{{customdata[{share}]}} % of the row"
    return f"true: {true}<br>predicted: {predicted}<br>{count} pictures, {of_row}<extra></extra>"


def _spread_colors(counts: np.ndarray, shares: np.ndarray, *, normalized: bool) -> np.ndarray:
    """Color by the logarithm of one more than the pictures: thousands on the diagonal would hide single mistakes."""
    return np.where(counts > 0, np.log1p(100 * shares if normalized else counts), np.nan)


def _counts_written(counts: np.ndarray) -> list[list[str]]:
    """Write counts; of thousands of squares few differ."""
    words = {count: number_text(count) for count in np.unique(counts).tolist()}
    return [[words[count] for count in row] for row in counts.tolist()]


def _frame(figure: go.Figure, row: int, column: int) -> None:
    figure.add_shape(
        type="rect",
        x0=column - 0.5,
        x1=column + 0.5,
        y0=row - 0.5,
        y1=row + 0.5,
        line={"color": COLORS[1], "width": 3},
    )
