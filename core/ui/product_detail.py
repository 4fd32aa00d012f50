"""The dialog about one product: its pictures, what is known, its history, and mending it with undo."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import Event, undo
from core.catalog.money import format_price, minor_digits, to_major_units, to_minor_units
from core.catalog.products import SPLITS, Product, edit_product, get_product, product_events
from core.ui.caches import home, large_picture, products_of, thumbnail
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.planted_truths import truths_about
from core.ui.wording import literal

_URL_NAME = "product"
_CURRENCIES = ("EUR", "USD", "GBP", "INR", "JPY", "CNY", "CHF", "SEK", "PLN")


def open_product(product_id: str | None) -> None:
    """Ask for a product's dialog; it opens at the end of the page, and its address names the product."""
    if product_id is not None:
        st.query_params[_URL_NAME] = product_id


def show_asked_product(catalog: Catalog) -> None:
    """Open the dialog of the product that the address names. Every page with a grid ends with this."""
    product_id = st.query_params.get(_URL_NAME)
    if product_id:
        _dialog(catalog, product_id)


def _forget() -> None:
    st.query_params.pop(_URL_NAME, None)


@st.dialog("Product", width="large", on_dismiss=_forget)
def _dialog(catalog: Catalog, product_id: str) -> None:
    with shown_errors():
        product = get_product(home(), catalog, product_id)
        about, change, history = st.tabs(["About", "Change", "History"])
        with about:
            _draw_about(catalog, product)
        with change:
            _draw_form(catalog, product)
        with history:
            _draw_history(catalog, product)


def _draw_about(catalog: Catalog, product: Product) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _draw_pictures(catalog, product)
    with right:
        st.text(product.title)
        known = {
            "Price": format_price(product.price_minor_units, product.currency)
            if product.price_minor_units is not None
            else None,
            "Category": product.category,
            "Brand": product.brand,
            "Color": product.color,
            "Split": product.split,
            "Product id": product.product_id,
            **{str(name): _written(value) for name, value in product.attributes.items()},
            "Description": product.description,
        }
        rows = [(name, value) for name, value in known.items() if value]
        frame = pd.DataFrame(rows, columns=["Field", "Value"])
        narrow = {"Field": st.column_config.TextColumn(width="small")}
        st.dataframe(frame, hide_index=True, width="stretch", height="content", column_config=narrow)
        _link_to_matches(catalog, product)
    _draw_truths(catalog, product)


def _draw_pictures(catalog: Catalog, product: Product) -> None:
    """Show every picture; the thumbnails are ours, so they are safe to show."""
    if not product.picture_hashes:
        st.info("This product has no picture.")
        return
    for place, picture_hash in enumerate(product.picture_hashes[:12]):
        if place == 0:
            st.image(large_picture(catalog, picture_hash), width="stretch")
            others = st.container(horizontal=True)
        else:
            others.image(thumbnail(picture_hash), width=84)


def _link_to_matches(catalog: Catalog, product: Product) -> None:
    from core.ui.navigation import go

    if product.picture_hashes and st.button("Find look-alikes", icon=":material/tune:"):
        go("recommend", catalog=catalog.name, query=product.product_id)


def _draw_truths(catalog: Catalog, product: Product) -> None:
    """Offer what the demo planted: nobody else's catalog has any."""
    truths = truths_about(catalog, product.product_id)
    if truths is None:
        return
    with st.expander("Reveal what the demo planted here", icon=":material/visibility:"):
        st.text("\n".join(truths) if truths else "Nothing: this product is as it should be.")


def _draw_form(catalog: Catalog, product: Product) -> None:
    table = products_of(catalog)
    categories = _choices(table["category"], product.category)
    with st.form(f"change_{product.product_id}", border=False):
        title = st.text_input("Title", product.title, max_chars=500)
        category = st.selectbox(
            "Category",
            categories,
            index=_place(categories, product.category),
            accept_new_options=True,
            help="Levels are separated by ' > '. Type to add a new one.",
        )
        left, middle, right = st.columns(3)
        currency = left.selectbox("Currency", _CURRENCIES, index=_place(_CURRENCIES, product.currency))
        digits = minor_digits(product.currency or "EUR")
        price = middle.number_input(
            "Price", min_value=0.0, value=_major(product), step=1.0, format=f"%.{digits}f", placeholder="none"
        )
        split = right.selectbox("Split", SPLITS, index=_place(SPLITS, product.split), placeholder="none")
        left, right = st.columns(2)
        brand = left.text_input("Brand", product.brand or "", max_chars=200)
        color = right.text_input("Color", product.color or "", max_chars=100)
        if st.form_submit_button("Save", type="primary"):
            minor = None if price is None else to_minor_units(price, currency or "EUR")
            asked = {
                "title": title,
                "category": category or None,
                "price_minor_units": minor,
                "currency": currency if minor is not None else product.currency,
                "brand": brand or None,
                "color": color or None,
                "split": split,
            }
            _save(catalog, product, asked)


def _save(catalog: Catalog, product: Product, asked: Mapping[str, object]) -> None:
    """Write the fields that differ, then draw the whole page anew: grids may show the product."""
    values = {name: value for name, value in asked.items() if value != getattr(product, name)}
    if not values:
        st.info("Nothing to save: no field differs.")
        return
    edit_product(home(), catalog, product.product_id, values, actor=visitor_name())
    st.toast("Saved. Undo it under History.", icon=":material/check:")
    st.rerun()


def _draw_history(catalog: Catalog, product: Product) -> None:
    events = product_events(home(), catalog, product.product_id)
    for event in events:
        _draw_event(event)
    if not events:
        st.caption("No changes yet.")


def _draw_event(event: Event) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.text(f"{event.summary}{' (undone)' if event.undone else ''}")
    words.caption(f"{event.at[:16].replace('T', ' ')} UTC · {literal(event.actor)}")
    if event.kind == "edit" and not event.undone and button.button("Undo", key=f"undo_{event.event_id}"):
        undo(home(), event.event_id, actor=visitor_name())
        st.toast("Undone.", icon=":material/undo:")
        st.rerun()


def _choices(column: pd.Series, current: str | None) -> list[str]:
    return sorted({*column.dropna().unique(), *([current] if current else [])})


def _place(options: object, value: str | None) -> int | None:
    listed = list(options) if isinstance(options, list | tuple) else []
    return listed.index(value) if value in listed else None


def _major(product: Product) -> float | None:
    if product.price_minor_units is None:
        return None
    return to_major_units(product.price_minor_units, product.currency or "EUR")


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
