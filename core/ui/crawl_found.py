"""What the first page of a crawl holds, drawn: the site's word, the products, what comes next."""

import pandas as pd
import streamlit as st

from core.catalog.web.crawl_preview import CrawlPreview
from core.ui.wording import counted, shortened

_LONGEST = 120


def draw_found(preview: CrawlPreview) -> None:
    """Draw a preview. Everything in it is foreign text, so it is shown as text; pictures are counted, not loaded."""
    with st.container(border=True, key="crawl_found"):
        for icon, words in _facts(preview):
            icons, texts = st.columns([0.04, 0.96], gap="small")
            icons.markdown(f":material/{icon}:")
            texts.text(shortened(words, 300))
    for warning in preview.warnings:
        st.text(f"⚠ {shortened(warning, 300)}")
    if preview.products:
        _draw_products(preview)


def _facts(preview: CrawlPreview) -> list[tuple[str, str]]:
    read = {"static": "as the server sends it", "browser": "in a browser, because scripts fill it"}[preview.rendered]
    following = " ".join(filter(None, [preview.next, preview.next_address])) or "nothing: the results end here"
    return [
        ("web", f"{preview.title or preview.address} · read {read}"),
        ("shopping_bag", f"{counted(preview.found, 'product')} on this page"),
        ("smart_toy", f"{preview.robots} · one request every {preview.seconds:g} s"),
        ("arrow_forward", f"Next: {following}"),
    ]


def _draw_products(preview: CrawlPreview) -> None:
    columns: dict[str, list] = {
        "Title": [shortened(product.title, _LONGEST) for product in preview.products],
        "Price": [product.price for product in preview.products],
        "Brand": [product.brand for product in preview.products],
        "Category": [" > ".join(product.category) for product in preview.products],
        "Link": [shortened(product.link or "", _LONGEST) for product in preview.products],
        "Pictures": [len(product.pictures) for product in preview.products],
        "First picture": [shortened(next(iter(product.pictures), ""), _LONGEST) for product in preview.products],
    }
    filled = {name: values for name, values in columns.items() if any(values)}
    st.dataframe(
        pd.DataFrame(filled), hide_index=True, width="stretch", height=min(280, 36 * (len(preview.products) + 1) + 2)
    )
