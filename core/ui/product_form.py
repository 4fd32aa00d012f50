"""Changing one product: a form that never writes over what somebody else wrote while it was open."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.money import minor_digits, to_major_units, to_minor_units
from core.catalog.product_edits import save_product, typed_category
from core.catalog.products import EDITABLE, SPLITS, Product
from core.errors import EditConflictError
from core.ui.caches import counts_of, home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import drawn_for
from core.ui.said import rerun_saying
from core.ui.wording import shortened

_STATE = "_product_form"
_CURRENCIES = ("EUR", "USD", "GBP", "INR", "JPY", "CNY", "CHF", "SEK", "PLN")
_State = dict[str, Any]


def forget_form(product_id: str) -> None:
    """Forget what the form of a product saw, when its dialog closes."""
    state = st.session_state.get(_STATE)
    if state is not None and state["product_id"] == product_id:
        del st.session_state[_STATE]


def draw_conflict(catalog: Catalog, product: Product) -> bool:
    """Draw the choice between two versions where somebody else was quicker; tell whether there is one to make.

    It comes before everything else of the dialog: inside a tab it could be overlooked.
    """
    state = _opened(catalog, product)
    if state["theirs"]:
        _draw_conflict(catalog, product, state)
    return bool(state["theirs"])


@drawn_for(Role.EDITOR, "Changing a product")
def draw_form(catalog: Catalog, product: Product) -> None:
    """Draw the form."""
    state = _opened(catalog, product)
    with st.form(f"change_{product.product_id}", border=False):
        asked = _draw_fields(catalog, state["seen"])
        if st.form_submit_button("Save", type="primary", icon=":material/check:"):
            with shown_errors():
                _save(catalog, product, _values(asked, state["seen"]), state)


def _opened(catalog: Catalog, product: Product) -> _State:
    """Give what the form saw when it was opened: what is saved is compared with what stands there by then."""
    state: _State | None = st.session_state.get(_STATE)
    if state is None or (state["catalog_id"], state["product_id"]) != (catalog.catalog_id, product.product_id):
        state = {"catalog_id": catalog.catalog_id, "product_id": product.product_id, "wanted": {}, "theirs": {}}
        state["seen"] = {name: getattr(product, name) for name in EDITABLE}
        st.session_state[_STATE] = state
    return state


def _draw_fields(catalog: Catalog, seen: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {"title": st.text_input("Title", seen["title"], max_chars=2000)}
    categories = _with_current(sorted(path for path in counts_of(catalog, "category") if path), seen["category"])
    asked["category"] = st.selectbox(
        "Category",
        categories,
        index=_place(categories, seen["category"]),
        accept_new_options=True,
        placeholder="none",
        help="Levels are separated by ' > '. Type to search, or to add a new one.",
    )
    left, middle, right = st.columns(3)
    currencies = _with_current(_CURRENCIES, seen["currency"])
    asked["currency"] = left.selectbox(
        "Currency", currencies, index=_place(currencies, seen["currency"]), accept_new_options=True, placeholder="none"
    )
    asked["price"] = middle.number_input(
        "Price",
        min_value=0.0,
        value=_major(seen),
        step=1.0,
        format=f"%.{minor_digits(seen['currency'] or 'EUR')}f",
        placeholder="none",
    )
    asked["split"] = right.selectbox("Split", SPLITS, index=_place(SPLITS, seen["split"]), placeholder="none")
    left, right = st.columns(2)
    asked["brand"] = left.text_input("Brand", seen["brand"] or "", max_chars=200)
    asked["color"] = right.text_input("Color", seen["color"] or "", max_chars=100)
    with st.expander(f"Attributes ({len(seen['attributes'])})"):
        asked["attributes"] = _draw_attributes(seen["attributes"])
    return asked


def _draw_attributes(attributes: Mapping[str, Any]) -> pd.DataFrame:
    rows = [(name, _written(value)) for name, value in attributes.items()]
    columns = {
        "Attribute": st.column_config.TextColumn(width="small", max_chars=200, required=True),
        "Value": st.column_config.TextColumn(max_chars=5000),
    }
    return st.data_editor(
        pd.DataFrame(rows, columns=["Attribute", "Value"], dtype="str"),
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config=columns,
        key="attributes_edited",
    )


def _values(asked: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what the form says into the fields that differ from what it was drawn with."""
    currency = (asked["currency"] or "").strip().upper() or None
    price = asked["price"]
    given = {
        "title": asked["title"],
        "category": seen["category"] if asked["category"] == seen["category"] else typed_category(asked["category"]),
        "price_minor_units": None if price is None else to_minor_units(price, currency or "EUR"),
        "currency": currency,
        "brand": asked["brand"] or None,
        "color": asked["color"] or None,
        "split": asked["split"],
        "attributes": _attributes(asked["attributes"], seen["attributes"]),
    }
    if price == _major(seen) and currency == seen["currency"]:
        given["price_minor_units"] = seen["price_minor_units"]
    return {name: value for name, value in given.items() if value != seen[name]}


def _attributes(edited: pd.DataFrame, before: Mapping[str, Any]) -> dict[str, Any]:
    """Read the table of attributes; a value whose words did not change keeps its type, lists stay lists."""
    after: dict[str, Any] = {}
    for name, words in edited.itertuples(index=False):
        if not isinstance(name, str) or not name.strip():
            continue
        text = words if isinstance(words, str) else ""
        old = before.get(name)
        if name in before and _written(old) == text:
            after[name] = old
        elif isinstance(old, list):
            after[name] = [part.strip() for part in text.split(",") if part.strip()]
        else:
            after[name] = text
    return after


def _save(catalog: Catalog, product: Product, values: dict[str, Any], state: _State) -> None:
    """Write the fields that differ, then draw the whole page anew: grids may show the product."""
    if not values:
        st.info("Nothing to save: no field differs.")
        return
    try:
        save_product(home(), catalog, product.product_id, values, seen=state["seen"], actor=visitor_name())
    except EditConflictError as conflict:
        state["wanted"], state["theirs"] = values, conflict.theirs
        st.rerun()
    forget_form(product.product_id)
    rerun_saying("Saved. Undo it under History.", icon=":material/check:")


def _draw_conflict(catalog: Catalog, product: Product, state: _State) -> None:
    """Show both versions side by side; nothing is lost, whichever is taken."""
    st.markdown(":orange[:material/group:] **Somebody else changed this product while you edited it**")
    st.markdown("Nothing was written yet. Choose which version of these fields stands:")
    names = list(state["theirs"])
    frame = pd.DataFrame(
        {
            "Field": [name.replace("_minor_units", "") for name in names],
            "Theirs, saved": [_told(name, state["theirs"], product) for name in names],
            "Yours, not saved": [_told(name, state["wanted"], product) for name in names],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch")
    others = [name.replace("_minor_units", "") for name in state["wanted"] if name not in names]
    if others:
        st.text(f"Your change of {', '.join(others)} is saved either way.")
    mine, theirs = st.columns(2)
    if mine.button("Save mine over it", type="primary", width="stretch"):
        state["seen"] = {**state["seen"], **state["theirs"]}
        state["theirs"] = {}
        with shown_errors():
            _save(catalog, product, state["wanted"], state)
    if theirs.button("Keep theirs", width="stretch"):
        rest = {name: value for name, value in state["wanted"].items() if name not in names}
        state["theirs"] = {}
        with shown_errors():
            if rest:
                _save(catalog, product, rest, state)
            forget_form(product.product_id)
            st.rerun()


def _told(name: str, values: Mapping[str, Any], product: Product) -> str:
    value = values.get(name)
    if name == "price_minor_units" and isinstance(value, int):
        currency = str(values.get("currency") or product.currency or "EUR")
        return f"{to_major_units(value, currency):,.{minor_digits(currency)}f}"
    return shortened(_written(value), 500) if value is not None else "none"


def _with_current(options: Iterable[str], current: str | None) -> list[str]:
    listed = list(options)
    return listed if current is None or current in listed else [current, *listed]


def _place(options: Iterable[str], value: str | None) -> int | None:
    listed = list(options)
    return listed.index(value) if value in listed else None


def _major(values: Mapping[str, Any]) -> float | None:
    price = values["price_minor_units"]
    return None if price is None else to_major_units(price, values["currency"] or "EUR")


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
