"""Reviewing only the products of a slice that somebody kept."""

from dataclasses import replace

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.slices import list_slices, read_slice
from core.review.queue import ReviewQueue
from core.ui.address import choice_in_address
from core.ui.caches import home

_NAME = "slice"
_EVERY = ""


def pick_slice(catalog: Catalog) -> str:
    """Let the visitor choose a slice; gives its name, empty for every product."""
    names = [each.name for each in list_slices(home(), catalog)]
    if not names:
        return _EVERY
    chosen = choice_in_address(
        "Products of", [_EVERY, *names], name=_NAME, format_func=lambda name: name or "the whole catalog",
        help="A slice is a selection kept under a name, such as one drawn on the map.",
    )  # fmt: skip
    if not chosen:
        st.query_params.pop(_NAME, None)  # an address says only what was chosen
    return chosen


def only_in_slice(catalog: Catalog, queue: ReviewQueue, name: str) -> ReviewQueue:
    """Let only the products of a slice wait; what was decided stays whole, for it is written together."""
    if not name:
        return queue
    ids = set(read_slice(home(), catalog, name).product_ids)
    waiting = tuple(each for each in queue.waiting if each.product_id in ids)
    st.caption(f"{len(waiting):,} of {len(queue.waiting):,} findings to decide are in the slice.")
    return replace(queue, waiting=waiting)
