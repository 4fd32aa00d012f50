"""Near duplicates across splits, pair by pair: the judged picture beside the training picture it resembles."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.evaluation.leaks import are_leaks_kept, leaked_pictures
from core.models.runs import Run
from core.review.queue import send_products
from core.ui.caches import home
from core.ui.confusion_cell import titles_of
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.navigation import link
from core.ui.permission import drawn_for
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, product_grid
from core.ui.run_view import run_files
from core.ui.said import rerun_saying
from core.ui.wording import counted, percent, short_category, shortened

_PAIRS_A_PAGE = 12
_COLUMNS = 3
_QUICK = 20_000
"""So many pictures are compared while the page waits; more only when somebody asks."""


def draw_leaks(run: Run, owner: Catalog | None) -> None:
    """Show which judged pictures have a near duplicate in train, where splitting counted any."""
    files = run_files(run.run_id)
    count = files.manifest.get("leaked")
    if not isinstance(count, int) or count <= 0:
        return
    with st.expander(f"{counted(count, 'picture')} with a near duplicate in train", icon=":material/compare:"):
        if len(files.products) > _QUICK and not are_leaks_kept(home(), run.run_id):
            st.caption(f"{len(files.products):,} pictures are compared with each other, which takes a while.")
            if not st.button("Find the pairs", key="leaks_find", icon=":material/search:"):
                return
        with shown_errors():
            _draw_pairs(run, owner, _leaks(str(home().root), run.run_id))


@st.cache_resource(show_spinner="Comparing pictures", max_entries=4)
def _leaks(root: str, run_id: str) -> pd.DataFrame:
    return leaked_pictures(home(), run_files(run_id))


def _draw_pairs(run: Run, owner: Catalog | None, found: pd.DataFrame) -> None:
    if found.empty:
        st.text("No pair is left: the pictures have changed since.")
        return
    st.caption("Left the picture that was judged, right the training picture most like it.")
    if owner is not None:
        _draw_review(run, owner, found)
    pages = -(-len(found) // _PAIRS_A_PAGE)
    page = int(st.number_input(f"Page of {pages}", 1, pages, key="leaks_page", width=120)) if pages > 1 else 1
    shown = found.iloc[(page - 1) * _PAIRS_A_PAGE : page * _PAIRS_A_PAGE]
    titles = titles_of(owner, [*shown["product_id"], *shown["twin_product_id"]])
    columns = st.columns(_COLUMNS, gap="medium")
    for place, row in enumerate(shown.to_dict("records")):
        with columns[place % _COLUMNS]:
            opened = product_grid(_pair(row, titles), key=f"leak_{place}", label=str(row["why"]), small=True)
            if owner is not None:
                open_product(opened)


def _pair(row: Mapping[Any, Any], titles: dict[str, str]) -> list[Card]:
    """Make the two cards of a pair."""
    cards = []
    for name, words, tone in (("", row["split"], "note"), ("twin_", "train", "")):
        product_id, label = str(row[f"{name}product_id"]), str(row[f"{name}label"])
        alike = ((percent(float(row["similarity"]), digits=0), "bad"),) if not name else ()
        same = row["label"] == row["twin_label"]
        badges = ((str(words), tone), *alike, (shortened(short_category(label), 22), "" if same else "bad"))
        cards.append(
            Card(product_id, titles.get(product_id, product_id), str(row[f"{name}picture_hash"]), badges=badges)
        )
    return cards


@drawn_for(Role.EDITOR)
def _draw_review(run: Run, owner: Catalog, found: pd.DataFrame) -> None:
    ids = list(dict.fromkeys(found["product_id"]))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button(f"Send {counted(len(ids), 'product')} to review", key="leaks_send", icon=":material/rate_review:"):
            with shown_errors():
                why = f"a near duplicate in the training pictures of {run.run_id}"
                many = send_products(home(), owner, ids, reason=why, actor=visitor_name())
                rerun_saying(f"Sent {counted(many, 'product')} to review.", icon=":material/check:")
        link("review", "To the review queue", icon=":material/rule:", queue="sent")
