"""The dialog about one product: its pictures, what is known, changing it and its history."""

import json

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.products import Product, get_product
from core.ui.caches import home, large_picture
from core.ui.errors import shown_errors
from core.ui.navigation import go
from core.ui.planted_truths import truths_about
from core.ui.product_form import draw_conflict, draw_form, forget_form
from core.ui.product_grid import Card, product_grid
from core.ui.product_history import draw_history
from core.ui.wording import price_text, shortened

_URL_NAME = "product"
_PICTURE = "_picture_shown"
_MOST_PICTURES = 24
_FIELD_PX = 150
_MOST_CHARACTERS = 2000


def open_product(product_id: str | None) -> None:
    """Ask for a product's dialog; it opens at the end of the page, and its address names the product."""
    if product_id is not None:
        st.query_params[_URL_NAME] = product_id


def asked_product() -> str | None:
    """Give the product whose dialog the address asks for."""
    return st.query_params.get(_URL_NAME) or None


def show_asked_product(catalog: Catalog) -> None:
    """Open the dialog of the product that the address names. Every page with a grid ends with this."""
    product_id = asked_product()
    if product_id:
        _dialog(catalog, product_id)


def _forget() -> None:
    product_id = st.query_params.pop(_URL_NAME, None)
    st.session_state.pop(_PICTURE, None)
    if product_id:
        forget_form(str(product_id))


@st.dialog("Product", width="large", on_dismiss=_forget)
def _dialog(catalog: Catalog, product_id: str) -> None:
    with shown_errors():
        product = get_product(home(), catalog, product_id)
        if draw_conflict(catalog, product):
            return
        about, edit, history = st.tabs(["About", "Change", "History"])
        with about:
            _draw_about(catalog, product)
        with edit:
            draw_form(catalog, product)
        with history:
            draw_history(catalog, product)


def _draw_about(catalog: Catalog, product: Product) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _draw_pictures(product)
    with right:
        st.text(product.title)
        left_out = getattr(product, "left_out", None)
        if left_out:
            st.text(f"Left out of the catalog: {left_out}")
        rows = [(name, value) for name, value in _known(product).items() if value]
        frame = pd.DataFrame(rows, columns=["Field", "Value"])
        narrow = {"Field": st.column_config.TextColumn(width=_FIELD_PX)}
        st.dataframe(frame, hide_index=True, width="stretch", height="content", column_config=narrow)
        if product.picture_hashes and st.button("Find look-alikes", icon=":material/tune:"):
            go("recommend", catalog=catalog.name, query=product.product_id)
    _draw_truths(catalog, product)


def _known(product: Product) -> dict[str, str | None]:
    """Give what is known of a product by the name of the field, in words."""
    return {
        "Price": price_text(product.price_minor_units, product.currency) or None,
        "Category": product.category,
        "Brand": product.brand,
        "Color": product.color,
        "Split": product.split,
        "Product id": product.product_id,
        **{str(name): shortened(_written(value), _MOST_CHARACTERS) for name, value in product.attributes.items()},
        "Description": product.description,
    }


def _draw_pictures(product: Product) -> None:
    """Show one picture large and all as thumbnails; a click on a thumbnail shows that one large."""
    hashes = product.picture_hashes
    if not hashes:
        st.info("This product has no picture.", icon=":material/image_not_supported:")
        return
    shown = st.session_state.get(_PICTURE)
    if shown not in hashes:
        shown = hashes[0]
    place = st.container()
    if len(hashes) > 1:
        cards = [
            Card(each, f"Picture {number}", each, marked=each == shown)
            for number, each in enumerate(hashes[:_MOST_PICTURES], start=1)
        ]
        clicked = product_grid(cards, key=f"pictures_{product.product_id}", label="pictures", small=True)
        shown = st.session_state[_PICTURE] = clicked or shown
        st.caption(f"{len(hashes)} pictures")
    address = large_picture(shown)
    if address:
        place.image(address, width="stretch")
    else:
        place.warning("The file of this picture is gone from the home.", icon=":material/broken_image:")


def _draw_truths(catalog: Catalog, product: Product) -> None:
    """Offer what the demo planted: nobody else's catalog has any."""
    truths = truths_about(catalog, product.product_id)
    if truths is None:
        return
    with st.expander("Reveal what the demo planted here", icon=":material/visibility:"):
        st.text("\n".join(truths) if truths else "Nothing: this product is as it should be.")


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
