"""What a step would change: figures, what becomes what, and examples with their pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Product, read_products
from core.models.targets import LEVEL_SEPARATOR
from core.ui.caches import home
from core.ui.product_detail import open_product
from core.ui.product_grid import Badge, Card, product_grid
from core.ui.wording import counted, number_text, percent, price_text, shortened

_EXAMPLES = 12
_GROUP_ROWS = 100
_BADGE = 44
_FIGURES = {
    "categories_before": "Categories now",
    "categories_after": "Categories after",
    "spellings_before": "Spellings now",
    "spellings_after": "Names after",
    "exact_groups": "Groups of equal pictures",
    "near_groups": "Nearly equal groups",
    "left_out": "Left out",
    "predicted": "Predicted",
    "emptied": "Made unknown",
    "filled": "Filled in",
    "train": "Train",
    "validation": "Validation",
    "test": "Test",
    "views": "Altered views",
    "was": "With a former price",
    "unreadable": "Not readable",
    "rules_without_effect": "Rules without effect",
}


def draw_preview(catalog: Catalog, preview: Mapping[str, Any]) -> None:
    """Draw a preview as `StepPreview.to_json` gives it."""
    with st.container(border=True, key="preview_summary"):
        st.text(f"{preview['summary']}.")
        for note in preview["notes"]:
            st.text(note)
    _draw_figures(preview)
    _draw_held_out(preview["figures"].get("held_out"))
    _draw_groups(preview["groups"])
    if preview["figures"].get("groups") and isinstance(preview["figures"]["groups"], list):
        _draw_duplicates(catalog, preview["figures"]["groups"])
    else:
        _draw_examples(catalog, preview["changes"], preview["products"])


def _draw_figures(preview: Mapping[str, Any]) -> None:
    figures = preview["figures"]
    shown = {"Products that change": preview["products"]}
    shown |= {label: figures[name] for name, label in _FIGURES.items() if isinstance(figures.get(name), int)}
    with st.container(horizontal=True, gap="medium"):
        for label, value in list(shown.items())[:6]:
            st.metric(label, number_text(value), width=136)


def _draw_held_out(held: Mapping[str, Any] | None) -> None:
    """Say how good the model is where the answer is known and it never looked."""
    if not held:
        return
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Right when sure",
            percent(held["accuracy_when_sure"]),
            width=136,
            help="On held-out products, at the confidence you ask for.",
        )
        st.metric("Promised when sure", percent(held["mean_confidence_when_sure"]), width=136)
        st.metric("Right on all held out", percent(held["accuracy"]), width=136)
        st.metric("Held-out pictures", number_text(held["pictures"]), width=136)


def _draw_groups(groups: Sequence[Mapping[str, Any]]) -> None:
    if not groups:
        return
    rows = [(group["products"], *differing(group["before"], group["after"])) for group in groups[:_GROUP_ROWS]]
    frame = pd.DataFrame(rows, columns=["Products", "Before", "After"])
    fields = [group["field"].replace("_", " ") for group in groups[:_GROUP_ROWS]]
    if len(set(fields)) > 1:
        frame.insert(1, "Field", fields)
    columns = {"Products": st.column_config.NumberColumn(width="small", format="localized")}
    height: Any = "content" if len(frame) <= 8 else 320
    st.dataframe(frame, hide_index=True, width="stretch", height=height, column_config=columns)
    if len(groups) > _GROUP_ROWS:
        st.caption(f"The {_GROUP_ROWS} most frequent are listed.")


def differing(before: object, after: object) -> tuple[str, str]:
    """Write two values so that what differs shows: levels that two category paths begin with alike become "…"."""
    texts = ["none" if value in (None, "") else str(value) for value in (before, after)]
    paths = [text.split(LEVEL_SEPARATOR) for text in texts]
    shared = next((n for n, pair in enumerate(zip(*paths, strict=False)) if pair[0] != pair[1]), 0)
    if not shared:
        return texts[0], texts[1]
    first, second = (LEVEL_SEPARATOR.join(["…", *path[shared:]]) for path in paths)
    return first, second


def _draw_examples(catalog: Catalog, changes: Sequence[Mapping[str, Any]], total: int) -> None:
    by_product: dict[str, list[Mapping[str, Any]]] = {}
    for change in changes:
        by_product.setdefault(change["product_id"], []).append(change)
    chosen = list(by_product)[:_EXAMPLES]
    if not chosen:
        return
    st.markdown(f"**Examples**, {len(chosen)} of {counted(total, 'product')}")
    products = _products(catalog, chosen)
    cards = [
        Card(product_id, product.title, _first(product), _change_badges(by_product[product_id]))
        for product_id in chosen
        if (product := products.get(product_id)) is not None
    ]
    open_product(product_grid(cards, key="clean_examples", small=True, label="examples of what would change"))


def _draw_duplicates(catalog: Catalog, groups: Sequence[Mapping[str, Any]]) -> None:
    """Draw the products of the first groups, each marked with the number of its group."""
    st.markdown("**Groups**: products with the same number show the same picture")
    ids = [(number, group, each) for number, group in enumerate(groups, start=1) for each in group["product_ids"]][:48]
    products = _products(catalog, [each for _number, _group, each in ids])
    cards = [
        Card(
            each,
            product.title,
            _first(product),
            ((("equal" if group["kind"] == "exact" else f"{percent(group['similarity'])} alike"), "note"),),
            place=number,
        )
        for number, group, each in ids
        if (product := products.get(each)) is not None
    ]
    open_product(product_grid(cards, key="clean_duplicates", small=True, label="groups of duplicates"))


def _products(catalog: Catalog, product_ids: Sequence[str]) -> dict[str, Product]:
    """Read products, be they in the catalog or left out."""
    chosen = ProductFilter(product_ids=tuple(dict.fromkeys(product_ids)), left_out=None)
    return {product.product_id: product for product in read_products(home(), catalog, filter=chosen)}


def _first(product: Product) -> str | None:
    return product.picture_hashes[0] if product.picture_hashes else None


def _change_badges(changes: Sequence[Mapping[str, Any]]) -> tuple[Badge, ...]:
    """Write what changes as short badges: the old value, then the new one."""
    fields = {change["field"]: change for change in changes}
    badges: list[Badge] = []
    for name, change in fields.items():
        if name in ("attributes", "currency"):
            continue
        if name == "left_out":
            badges.append((str(change["after"]), "bad"))
        elif name == "pictures":
            badges.append((f"{len(change['before'])} → {counted(len(change['after']), 'picture')}", "good"))
        elif name == "price_minor_units":
            currency = (fields.get("currency") or {}).get("after")
            badges.append((price_text(change["after"], currency), "price"))
        else:
            before, after = differing(change["before"], change["after"])
            badges += [(shortened(before, _BADGE), ""), (f"→ {shortened(after, _BADGE)}", "good")]
    return tuple(badges)
