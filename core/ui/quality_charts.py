"""Charts of the Quality page: categories by size, sizes of pictures, prices."""

from collections import Counter
from math import log10

import plotly.graph_objects as go
import streamlit as st

from core.quality.quality_report import Histogram, QualityReport
from core.ui.charts import COLORS, bars
from core.ui.wording import counted, number_marks, number_text

MOST_BARS = 20
_MANY_DECADES = 2.5
_STILL = {"displayModeBar": False}
_SEPARATOR = " > "


def draw_charts(report: QualityReport) -> None:
    """Draw how products, pictures and prices are spread."""
    left, right = st.columns(2, gap="large")
    with left:
        _draw_categories(report)
    with right:
        if report.sizes is not None:
            _draw_histogram(report.sizes, across="Shorter side, px", up="Pictures", key="sizes")
            st.caption(_facts(report))
        for currency, prices in report.prices.items():
            _draw_histogram(prices, across=f"Price, {currency}", up="Products", key=f"prices_{currency}")


def _draw_histogram(drawn: Histogram, *, across: str, up: str, key: str) -> None:
    """Draw a histogram, or say in words that all are equal."""
    if len(drawn.counts) == 1:
        st.text(f"{drawn.title}: all {number_text(drawn.counts[0])} are {_number(drawn.edges[0])} {drawn.unit}.")
        return
    figure = histogram(drawn, across=across, up=up)
    st.plotly_chart(figure, key=key, config=_STILL, alt=f"{drawn.title}: {up.lower()} by {across}")


def histogram(drawn: Histogram, *, across: str, up: str) -> go.Figure:
    """Draw a histogram on a logarithmic axis, as its ranges grow by equal factors.

    Args:
        drawn: Ranges and counts.
        across: Title of the axis of the ranges.
        up: Title of the axis of the counts.
    """
    ranges = list(zip(drawn.edges, drawn.edges[1:], drawn.counts, strict=False))
    decades = log10(drawn.edges[-1] / drawn.edges[0])
    figure = go.Figure(
        go.Bar(
            x=[(low * high) ** 0.5 for low, high, _ in ranges],
            y=[count for _, _, count in ranges],
            width=[0.94 * (high - low) for low, high, _ in ranges],
            customdata=[f"{_number(low)} to {_number(high)}" for low, high, _ in ranges],
            marker_color=COLORS[0],
            hovertemplate=f"%{{customdata}} {drawn.unit}: %{{y:,}}<extra></extra>",
        )
    )
    ticks = {"dtick": 1} if decades > _MANY_DECADES else {"dtick": "D2"} if decades > 1 else {"nticks": 6}
    figure.update_xaxes(title=across, type="log", showgrid=False, tickformat="~s", **ticks)
    figure.update_yaxes(title=up, tickformat=",d", rangemode="tozero")
    figure.update_layout(
        separators=number_marks(),
        height=280,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        title={"text": drawn.title},
        bargap=0.08,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
    )
    return figure


def level_counts(report: QualityReport, level: int | None) -> list[tuple[str, int]]:
    """Count products by the first levels of their category, the largest first; None takes whole paths."""
    counts: Counter[str] = Counter()
    for path, count in report.categories:
        levels = path.split(_SEPARATOR) if path else ["no category"]
        counts[_SEPARATOR.join(levels[:level])] += count
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _draw_categories(report: QualityReport) -> None:
    depth = max((path.count(_SEPARATOR) + 1 for path, _ in report.categories if path), default=1)
    level = None
    if depth > 1:
        options = {"top": 1, **({"two levels": 2} if depth > 2 else {}), "all": None}
        chosen = st.segmented_control(
            "Levels of the category", list(options), default="top", key="level", bind="query-params", required=True
        )
        level = options.get(str(chosen))
    counts = level_counts(report, level)
    shown = counts[:MOST_BARS]
    if not shown:
        return
    names = [name.rsplit(_SEPARATOR, 1)[-1] for name, _ in shown]
    figure = bars(names, [count for _, count in shown], title="Products by category")
    st.plotly_chart(figure, key="categories", config=_STILL, alt="Products in each category")
    rest = counts[MOST_BARS:]
    if rest:
        held = counted(sum(count for _, count in rest), "product")
        st.caption(f"and {counted(len(rest), 'smaller category', 'smaller categories')} with {held}")


def _facts(report: QualityReport) -> str:
    formats = ", ".join(f"{name} {number_text(count)}" for name, count in list(report.formats.items())[:8])
    each = ", ".join(
        f"{'no picture' if number == 0 else counted(number, 'picture')}: {number_text(count)}"
        for number, count in list(report.pictures_per_product.items())[:6]
    )
    return f"Formats: {formats}. Products by number of pictures: {each}."


def _number(value: float) -> str:
    return number_text(value) if value >= 10 else f"{value:.2g}"
