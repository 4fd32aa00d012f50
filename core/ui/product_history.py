"""The history of one product: what each change did, with undo and redo."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import undo
from core.catalog.product_history import ProductChange, product_history
from core.catalog.products import Product
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import may_edit
from core.ui.product_form import forget_form
from core.ui.said import rerun_saying
from core.ui.wording import literal, shortened

_MOST_CHARACTERS = 300


def draw_history(catalog: Catalog, product: Product) -> None:
    """Draw the changes of a product, newest first."""
    changes = product_history(home(), catalog, product.product_id)
    for each in changes:
        with st.container(border=True, gap="small"):
            _draw_change(each, product)
    if not changes:
        st.caption("No changes yet.")


def undo_words(kind: str, *, undone: bool) -> str | None:
    """Give the words of the button that takes a change back or does it again; None where there is none."""
    if undone or kind in ("redo", "create"):
        return None
    return "Redo" if kind == "undo" else "Undo"


def _draw_change(change: ProductChange, product: Product) -> None:
    event = change.event
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        st.text(f"{shortened(event.summary, _MOST_CHARACTERS)}{' (undone)' if event.undone else ''}")
        st.caption(f"{event.at[:16].replace('T', ' ')} UTC · {literal(event.actor)}")
        for name, (before, after) in change.fields.items():
            st.text(f"{name}: {_told(before)} → {_told(after)}")
    label = undo_words(event.kind, undone=event.undone) if may_edit() else None
    # A whole import is taken back on the History view, where its size is told; here only edits are.
    if label is None or event.kind == "import" or not button.button(label, key=f"{label}_{event.event_id}"):
        return
    with shown_errors():
        undo(home(), event.event_id, actor=visitor_name())
        forget_form(product.product_id)
        rerun_saying("Undone." if label == "Undo" else "Done again.", icon=":material/undo:")


def _told(value: object) -> str:
    return "none" if value in (None, "") else shortened(str(value), _MOST_CHARACTERS)
