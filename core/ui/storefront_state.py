"""What the Storefront keeps: who is shopping, what they do, and the open history table."""

import secrets
import time
from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.histories import HistoryEvent, history_sets
from core.catalog.recorded_history import append_events, recorded_event
from core.recommend.complements_items import Complements, find_complements, related_rows
from core.recommend.complements_pairs import CategoryPairs, read_pairs
from core.recommend.history_store import history_key, open_table
from core.recommend.history_table import STRENGTHS, HistoryTable
from core.recommend.hybrid import Recommendations, UserTaste, recommend_in, taste_of
from core.recommend.index import CatalogIndex
from core.ui.caches import home
from core.ui.guard import visitor_name

EVENTS_AT_ONCE = 5
SECONDS_WAITING = 15.0
MOST_PERSONAS = 200
_WAITING = "_storefront_events"
_SINCE = "_storefront_since"
_FRESH = "_storefront_visitor"
_LAST = "_storefront_last"


def histories_of(catalog: Catalog) -> HistoryTable:
    """Give the history table of a catalog, as it is now."""
    key = history_key(history_sets(home(), catalog))
    return _histories_of(str(home().root), catalog.catalog_id, key, catalog)


@st.cache_resource(show_spinner="Reading histories", max_entries=2)
def _histories_of(root: str, catalog_id: int, key: str, _catalog: Catalog) -> HistoryTable:
    return open_table(home(), _catalog)[0]


def personas(table: HistoryTable) -> list[str]:
    """Name users to shop as, those who did most first."""
    counts = table.starts[1:] - table.starts[:-1]
    order = (-counts).argsort(kind="stable")[:MOST_PERSONAS]
    return [table.users[place] for place in order]


def fresh_visitor() -> str:
    """Give the name of this session's own visitor, whom no history knows at first."""
    if _FRESH not in st.session_state:
        st.session_state[_FRESH] = f"visitor-{secrets.token_hex(4)}"
    return str(st.session_state[_FRESH])


def record(catalog: Catalog, user: str, product_id: str, event: str) -> None:
    """Record what a shopper did; views wait for others, so that a click costs no writing."""
    said = (catalog.catalog_id, user, product_id, event)
    if st.session_state.get(_LAST) == said:
        return  # the same page drawn again
    st.session_state[_LAST] = said
    waiting = st.session_state.setdefault(_WAITING, [])
    if not waiting:
        st.session_state[_SINCE] = time.monotonic()
    waiting.append((catalog.catalog_id, recorded_event(user, product_id, event)))
    flush(catalog, now=event != "view")


def flush(catalog: Catalog, *, now: bool = False) -> None:
    """Write what waits when it is much or old."""
    waiting: list[tuple[int, HistoryEvent]] = st.session_state.get(_WAITING, [])
    if not waiting:
        return
    old = time.monotonic() - st.session_state.get(_SINCE, 0.0) > SECONDS_WAITING
    if now or old or len(waiting) >= EVENTS_AT_ONCE or any(owner != catalog.catalog_id for owner, _ in waiting):
        st.session_state[_WAITING] = []
        append_events(
            home(), catalog, [each for owner, each in waiting if owner == catalog.catalog_id], actor=visitor_name()
        )


def shopper_taste(catalog: Catalog, user: str) -> UserTaste:
    """Give what a shopper did, with what waits to be written."""
    known = taste_of(home(), catalog, user)
    found = dict(zip(known.product_ids, known.strengths.tolist(), strict=True))
    for owner, event in st.session_state.get(_WAITING, []):
        if owner == catalog.catalog_id and event.user == user:
            found[event.product_id] = max(found.pop(event.product_id, 0.0), STRENGTHS[event.event])
    import numpy as np

    return UserTaste(user, tuple(found), np.array(list(found.values()), np.float32))


def wishes_of(taste: UserTaste) -> list[str]:
    """Give what a shopper wished for or bought, the newest first."""
    pairs = zip(taste.product_ids, taste.strengths, strict=True)
    return [each for each, strength in pairs if strength >= STRENGTHS["wish"]][::-1]


def recommended(
    catalog: Catalog, index: CatalogIndex, table: HistoryTable, taste: UserTaste, *, k: int, hybrid: float, method: str
) -> Recommendations:
    """Recommend to a shopper; the same question is answered once."""
    key = (*_key(catalog, index), taste.product_ids, tuple(taste.strengths.tolist()), k, hybrid, method)
    return _recommended(key, index, table, taste)


@st.cache_resource(show_spinner=False, max_entries=16)
def _recommended(
    key: tuple[Any, ...], _index: CatalogIndex, _table: HistoryTable, _taste: UserTaste
) -> Recommendations:
    *_names, k, hybrid, method = key
    return recommend_in(_index, _table, _taste, k=k, hybrid=hybrid, method=method)


def companions(
    catalog: Catalog, index: CatalogIndex, table: HistoryTable, product_id: str, *, k: int
) -> tuple[Complements, list[str]]:
    """Give the complements of a product and its related products; the same question is answered once."""
    pairs = read_pairs(home(), catalog)
    return _companions((*_key(catalog, index), product_id, k, pairs), index, table)


@st.cache_resource(show_spinner=False, max_entries=32)
def _companions(key: tuple[Any, ...], _index: CatalogIndex, _table: HistoryTable) -> tuple[Complements, list[str]]:
    *_names, product_id, k, pairs = key
    assert isinstance(pairs, CategoryPairs)
    found = find_complements(_index, _table, product_id, pairs=pairs, k=k)
    related = related_rows(_index, _index.rows[product_id], k=k)
    return found, [_index.product_ids[row] for row in related]


def _key(catalog: Catalog, index: CatalogIndex) -> tuple[Any, ...]:
    histories = history_key(history_sets(home(), catalog))
    return (str(home().root), catalog.catalog_id, catalog.version, index.embedding_version, histories)
