"""Find by picture: what an unknown product is, what is like it, and adding it to the catalog in one click."""

import hashlib
from typing import Any

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog, find_catalog
from core.catalog.log import undo
from core.catalog.money import to_minor_units
from core.explore.kept_clusters import latest_clusters
from core.jobs.supervise import submit
from core.recommend.added_picture import embed_added, made_embeddings
from core.recommend.index import CatalogIndex
from core.recommend.unknown_product import NewProduct, add_product, identify_picture
from core.ui.caches import counts_of, home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import drawn_for
from core.ui.storefront_frame import ITEM, shelf_row, visit
from core.ui.storefront_shop import percent_rows
from core.ui.uploads import uploaded_picture
from core.vision.backbones import DEFAULT_BACKBONE

EMBED_HERE = 20_000
"""Catalogs with more pictures are embedded anew by a job: their embedding takes more than a moment to write."""

_ADDED = "_storefront_added"
_CURRENCIES = ("EUR", "USD", "GBP", "INR", "JPY", "CNY", "CHF", "SEK", "PLN")


def draw_upload(catalog: Catalog, index: CatalogIndex) -> None:
    """Draw the upload, what the picture shows, and the form that adds it."""
    _draw_added(catalog)
    data = uploaded_picture("A picture of something you look for, or sell", key="storefront_upload")
    if data is None:
        st.caption("The picture is looked at on this machine; it is kept only when you add it to the catalog.")
        return
    with shown_errors():
        found = _identified(catalog, index, data)
        left, right = st.columns([1, 1.4], gap="large")
        with left:
            _draw_labels(found)
        with right:
            _draw_form(catalog, data, found["suggested"])
        ids = [each["product_id"] for each in found["matches"]]
        shelf_row(catalog, ids, key="upload_matches", title="Nearest products", empty="Nothing is like it.")


def _identified(catalog: Catalog, index: CatalogIndex, data: bytes) -> dict[str, Any]:
    key = (str(home().root), catalog.catalog_id, catalog.version, index.embedding_version)
    return _identified_of(key, hashlib.sha256(data).hexdigest(), catalog, index, data)


@st.cache_resource(show_spinner="Looking at the picture", max_entries=8)
def _identified_of(
    key: tuple[Any, ...], digest: str, _catalog: Catalog, _index: CatalogIndex, _data: bytes
) -> dict[str, Any]:
    clusters = latest_clusters(home(), _catalog, _index.encoder)
    cluster_of = None if clusters is None else clusters.name_of_product
    return identify_picture(home(), _catalog, _index, _data, k=8, cluster_of=cluster_of)


def _draw_labels(found: dict[str, Any]) -> None:
    if found["labels"]:
        st.markdown("**It is probably**")
        share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
        st.dataframe(percent_rows(found["labels"]), hide_index=True, width="stretch", column_config={"Share": share})
    else:
        st.info("No training of this catalog can name it yet; train one on the Train page.", icon=":material/school:")
    if found["place"]:
        place = found["place"]
        st.text(f"Nearest category: {place['category'].replace(' > ', ' › ')} (similarity {place['similarity']:.2f})")
    if found["cluster"]:
        cluster = found["cluster"]
        votes = f"{cluster['share'] * 100:.0f} % of the {cluster['products']} nearest products"
        st.text(f"Cluster: {cluster['name']} ({votes})")


@drawn_for(Role.EDITOR, "Adding a product")
def _draw_form(catalog: Catalog, data: bytes, suggested: dict[str, Any]) -> None:
    """Draw what the product would be called; what is likely is filled in, so that one click is enough."""
    categories = sorted(path for path in counts_of(catalog, "category") if path)
    likely = suggested["category"]
    with st.form("add_unknown"):
        title = st.text_input(
            "Title", f"New {likely.rsplit(' > ', 1)[-1]}" if likely else "New product", max_chars=2000
        )
        category = st.selectbox(
            "Category",
            categories,
            index=categories.index(likely) if likely in categories else None,
            accept_new_options=True,
            placeholder="none",
        )
        left, right = st.columns(2)
        price = left.number_input("Price", min_value=0.0, value=suggested["price"], step=1.0, placeholder="none")
        known = list(dict.fromkeys([suggested["currency"] or "EUR", *_CURRENCIES]))
        currency = right.selectbox("Currency", known)
        if st.form_submit_button("Add to the catalog", type="primary", icon=":material/add:"):
            amount = None if price is None else to_minor_units(price, currency)
            _add(catalog, data, NewProduct(title, category, amount, currency))


def _add(catalog: Catalog, data: bytes, product: NewProduct) -> None:
    added = add_product(home(), catalog, data, product, actor=visitor_name())
    now = find_catalog(home(), catalog.name)
    if now.pictures <= EMBED_HERE:
        embed_added(home(), now, data)
    else:
        for name in made_embeddings(home(), now) or [DEFAULT_BACKBONE]:
            submit(home(), "embed", {"catalog": catalog.name, "backbone": name}, actor=visitor_name())
    st.session_state[_ADDED] = (catalog.catalog_id, added.product_id, added.event_id)
    st.rerun()


def _draw_added(catalog: Catalog) -> None:
    """Say what was added and offer to undo it."""
    owner, product_id, event_id = st.session_state.get(_ADDED, (None, "", 0))
    if owner != catalog.catalog_id:
        return
    with st.container(border=True, key="added_product"):
        words, show, back = st.columns([3, 1, 1], vertical_alignment="center")
        words.markdown(":green[:material/check_circle:] **It is in the catalog and will be recommended.**")
        if show.button("Show it", key="show_added", width="stretch"):
            visit(**{ITEM: product_id})
        if back.button("Undo", key="undo_added", icon=":material/undo:", width="stretch"):
            with shown_errors():
                undo(home(), event_id, actor=visitor_name())
                st.session_state.pop(_ADDED)
                st.rerun()
