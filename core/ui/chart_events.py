"""Clicks on the cells of a heat map, which Streamlit's charts do not tell: a small component listens to the chart."""

import streamlit as st

from core.ui.product_grid import component_text

_events = st.components.v2.component(
    "shelflens_chart_events", html='<div class="root"></div>', js=component_text("chart_events.js")
)


def _nothing() -> None:
    """Stand for a callback: its presence makes Streamlit give the trigger's value back."""


def clicked_cell(chart: str) -> tuple[int, int] | None:
    """Give the cell of a heat map clicked just now as (row, column), or None.

    Args:
        chart: The key of the ``st.plotly_chart`` on the same page.
    """
    clicked = _events(key=f"{chart}_clicks", data={"chart": chart}, on_clicked_change=_nothing).clicked
    return (int(clicked["y"]), int(clicked["x"])) if clicked else None
