"""The History view of the Catalog page: imports, what one changed against another, and the log with undo and redo."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import list_events, undo
from core.ui.caches import home
from core.ui.catalog_imports import draw_imports
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import may_edit
from core.ui.product_history import undo_words

_MOST_EVENTS = 500


def draw_history(catalog: Catalog) -> None:
    """Draw everything that happened to a catalog."""
    draw_imports(catalog)
    _draw_log(catalog)


def _draw_log(catalog: Catalog) -> None:
    st.header("Changes", anchor=False)
    events = list_events(home(), catalog_id=catalog.catalog_id, limit=_MOST_EVENTS)
    st.caption("Select a change to undo it. Selecting an undoing does the change again. Nothing is ever lost.")
    frame = pd.DataFrame(
        {
            "When (UTC)": [event.at[:16].replace("T", " ") for event in events],
            "Who": [event.actor for event in events],
            "Kind": [event.kind for event in events],
            "What": [event.summary for event in events],
            "Stands": [not event.undone for event in events],
        }
    )
    narrow = {
        "Stands": st.column_config.CheckboxColumn(width="small", help="Whether it was not undone since"),
        "Kind": st.column_config.TextColumn(width="small"),
        "What": st.column_config.TextColumn(width="large"),
    }
    shown = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"catalog_log_{catalog.catalog_id}",
        column_config=narrow,
    )
    rows = shown.selection.rows
    if not rows or rows[0] >= len(events):
        return
    event = events[rows[0]]
    label = undo_words(event.kind, undone=event.undone)
    if label is None:
        st.caption("This entry cannot be undone: it is undone already, or did an earlier change again.")
    elif may_edit() and st.button(
        f"{label} the selected change", icon=f":material/{label.lower()}:", key=f"log_{event.event_id}"
    ):
        with shown_errors():
            undo(home(), event.event_id, actor=visitor_name())
            st.rerun()
