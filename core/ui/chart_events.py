"""What Streamlit's charts do not tell: clicks on a heat map's cells, and pictures beside the pointer on a map.

A small component listens to the Plotly chart on the page. Hovering sends only the number of the point, once the pointer
rests, and the picture comes back alone: the cost is one thumbnail, whatever the size of the catalog.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import streamlit as st

from core.ui.caches import thumbnail
from core.ui.product_grid import component_text

_events = st.components.v2.component(
    "shelflens_chart_events",
    html='<div class="root"><div class="tip" role="status"><img alt="" hidden><div class="none" hidden>no picture</div>'
    '<div class="title"></div><div class="line"></div></div></div>',
    css=component_text("chart_events.css"),
    js=component_text("chart_events.js"),
)


@dataclass(frozen=True)
class HoverCard:
    """What appears beside the pointer: foreign texts are shown as they are."""

    title: str
    line: str
    picture_hash: str | None


def _nothing() -> None:
    """Stand for a callback: its presence makes Streamlit give the trigger's value back."""


def clicked_cell(chart: str) -> tuple[int, int] | None:
    """Give the cell of a heat map clicked just now as (row, column), or None.

    Args:
        chart: The key of the ``st.plotly_chart`` on the same page.
    """
    data = {"chart": chart, "hover": False, "clicks": True, "version": chart}
    clicked = _events(key=f"{chart}_clicks", data=data, on_clicked_change=_nothing).clicked
    return (int(clicked["y"]), int(clicked["x"])) if clicked else None


@st.fragment
def hover_picture(chart: str, card_of: Callable[[int], HoverCard | None], *, version: str) -> None:
    """Show the picture of the product under the pointer.

    Args:
        chart: The key of the ``st.plotly_chart`` on the same page; its points carry their row as custom data.
        card_of: Gives what to show for a row, None for a row that is not there.
        version: Changes with the data, so that pictures kept in the browser are dropped.
    """
    key = f"{chart}_hover"
    asked = st.session_state.get(key, {}).get("hovered")
    card = card_of(int(asked)) if isinstance(asked, int | float) else None
    shown = (
        {"row": int(asked), **asdict(card), "picture": thumbnail(card.picture_hash)}
        if card and asked is not None
        else None
    )
    data = {"chart": chart, "hover": True, "clicks": False, "version": version, "card": shown}
    _events(key=key, data=data, on_hovered_change=_nothing)
