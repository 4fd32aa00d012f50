"""Clicks on the cells of a heat map, which Streamlit's charts do not tell: a small component listens to the chart."""

from collections.abc import Callable

import streamlit as st

from core.ui.product_grid import component_text

_events = st.components.v2.component(
    "shelflens_chart_events", html='<div class="root"></div>', js=component_text("chart_events.js")
)


def hear_clicks(chart: str, on_click: Callable[[int, int], None]) -> None:
    """Hear of clicks on the cells of a heat map.

    Args:
        chart: The key of the ``st.plotly_chart`` on the same page.
        on_click: Hears the row and column of a cell that was clicked, before the page is drawn anew.
    """
    key = f"{chart}_clicks"

    def clicked() -> None:
        cell = st.session_state[key].clicked
        if cell:
            on_click(int(cell["y"]), int(cell["x"]))

    _events(key=key, data={"chart": chart}, on_clicked_change=clicked)
