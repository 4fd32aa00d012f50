"""Look-alikes for a user: what they may like, from histories, mixed into the score."""

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.hybrid import MIXED_MATCHES, USER_SHARE, history_scores, mixed_for_user
from core.recommend.index import CatalogIndex
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import Matches, QueryParts
from core.recommend.ranking_settings import RankingSettings
from core.ui.caches import home
from core.ui.wording import number_text

_USER = "for_user"
_MANY_PRODUCTS = 50_000
_FRESH_SECONDS = 60  # what shoppers did meanwhile counts after a minute


def choose_user() -> None:
    """Ask for whom matches are ranked; the answer is in the address."""
    with st.popover("For a user · on" if chosen_user() else "For a user", icon=":material/person:"):
        st.text_input(
            "User",
            key=_USER,
            bind="query-params",
            max_chars=200,
            placeholder="id from the histories",
            help=f"{USER_SHARE * 100:.0f} % of each score is then what this user, or else most people, may like.",
        )


def chosen_user() -> str:
    """Give the user that matches are ranked for; empty for everybody."""
    return str(st.session_state.get(_USER) or "").strip()


def ranked_for(catalog: Catalog, parts: QueryParts, settings: RankingSettings, *, k: int) -> Matches:
    """Rank, for the chosen user where there is one: the best 1,000 are then ordered anew."""
    _read_titles(parts.index, settings)
    user = chosen_user()
    if not user:
        return rank_parts(parts, settings, k=k)
    found = rank_parts(parts, settings, k=MIXED_MATCHES)
    return mixed_for_user(found, _history(catalog, parts.index, user)[found.rows], k=k)


def _read_titles(index: CatalogIndex, settings: RankingSettings) -> None:
    """Say what takes a while where titles are first asked for: ten seconds for a million products."""
    asked = {"title_index": settings.weights.text > 0, "variants": settings.group_variants}
    missing = [name for name, wanted in asked.items() if wanted and name not in vars(index)]
    if missing and len(index) >= _MANY_PRODUCTS:
        with st.spinner(f"Reading the titles of {number_text(len(index))} products, this once"):
            for name in missing:
                getattr(index, name)


def _history(catalog: Catalog, index: CatalogIndex, user: str) -> np.ndarray:
    key = (str(home().root), index.catalog_id, index.catalog_version, index.encoder, index.embedding_version)
    return _history_of(key, user, catalog, index)


@st.cache_resource(show_spinner=False, max_entries=8, ttl=_FRESH_SECONDS)
def _history_of(key: tuple[str, int, int, str, str], user: str, _catalog: Catalog, _index: CatalogIndex) -> np.ndarray:
    return history_scores(home(), _catalog, user, product_ids=_index.product_ids)
