"""Setting the Storefront up: how recommendations are mixed, what goes with what, and histories."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.collaborative_scores import METHODS
from core.recommend.complements_pairs import category_partners, read_pairs, set_pair
from core.recommend.history_table import HistoryTable
from core.recommend.index import CatalogIndex
from core.ui.caches import counts_of, home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.histories_panel import draw_histories
from core.ui.permission import may_edit

_METHOD_WORDS = {
    "order": "Order: what users take up one after the other (strongest)",
    "item-jaccard": "Products alike by their users, Jaccard",
    "item-cosine": "Products alike by their users, cosine",
    "item-pearson": "Products alike by their users, Pearson",
    "user-jaccard": "Users alike by their products, Jaccard",
    "user-cosine": "Users alike by their products, cosine",
    "user-pearson": "Users alike by their products, Pearson",
    "popularity": "Popularity alone",
}
_SAYINGS = {"together": "go together", "never": "never go together", "nothing": "nothing said"}
_BASIS = {"people": "people say so", "histories": "users have both", "tree": "near in the tree of categories"}


def draw_setup(catalog: Catalog, index: CatalogIndex | None, table: HistoryTable) -> None:
    """Draw the three panels."""
    st.markdown("**Recommendations**")
    left, right = st.columns(2, gap="large")
    left.slider(
        "Histories against looks", 0.0, 1.0, 0.7, 0.05, key="hybrid_weight", persist_state="session",
        help="1: only what other users did. 0: only how products look, cost and where they stand.",
    )  # fmt: skip
    right.selectbox(
        "How users and products are compared", METHODS, format_func=lambda each: _METHOD_WORDS[each],
        key="history_method", persist_state="session",
    )  # fmt: skip
    st.markdown("**What goes with what**")
    if index is not None and index.category.paths:
        with shown_errors():
            _draw_pairs(catalog, index, table)
    else:
        st.info("Pairs are of categories, and no product has one yet.", icon=":material/category:")
    st.markdown("**Histories**")
    draw_histories(catalog)


def _draw_pairs(catalog: Catalog, index: CatalogIndex, table: HistoryTable) -> None:
    categories = sorted(path for path in counts_of(catalog, "category") if path)
    category = st.selectbox(
        "Category", categories, key="pair_category", help="What should be shown beside its products?"
    )
    said = read_pairs(home(), catalog)
    found = category_partners(index, table, str(category), said) if category in index.category.paths else []
    if found:
        shown = pd.DataFrame(
            {
                "Goes with": [each.category for each in found],
                "Because": [_BASIS[each.basis] for each in found],
                "Users of both": [each.users or None for each in found],
                "Strength": [each.score * 100 for each in found],
            }
        )
        share = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
        st.dataframe(shown, hide_index=True, width="stretch", key="pairs_table", column_config={"Strength": share})
    left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
    other = left.selectbox("and", [each for each in categories if each != category], key="pair_other")
    says = middle.selectbox("people say", list(_SAYINGS), format_func=lambda each: _SAYINGS[each], key="pair_says")
    if may_edit() and right.button(
        "Save", key="pair_save", icon=":material/check:", width="stretch", disabled=other is None
    ):
        set_pair(home(), catalog, str(category), str(other), says=str(says), actor=visitor_name())
        st.rerun()
    never = [f"{one} and {two}" for one, two in sorted(said.never) if category in (one, two)]
    if never:
        st.text("Never together: " + "; ".join(never)[:600])
