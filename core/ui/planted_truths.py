"""What the demo planted on purpose, told product by product when a visitor asks."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.files import read_json
from core.ui.caches import home

DEMO_SOURCE = "demo drawn from seed"


def truths_about(catalog: Catalog, product_id: str) -> list[str] | None:
    """Give sentences about what was planted in a product; empty when nothing was, None when the catalog is no demo."""
    path = home().cache / "demo" / "truths.json"
    if not (catalog.source or "").startswith(DEMO_SOURCE) or not path.is_file():
        return None
    return _sentences(str(path), path.stat().st_mtime_ns).get(product_id, [])


@st.cache_data(show_spinner=False, max_entries=2)
def _sentences(path: str, modified_ns: int) -> dict[str, list[str]]:
    truths: dict[str, Any] = read_json(Path(path))
    found: dict[str, list[str]] = defaultdict(list)
    for entry in truths.get("wrong_category", []):
        found[entry["product_id"]].append(
            f"It was put into the wrong category on purpose; it belongs to {entry['true']}."
        )
    for entry in truths.get("odd_prices", []):
        found[entry["product_id"]].append(f"Its price was multiplied by {entry['factor']:g} on purpose.")
    for name, words in (
        ("exact_duplicates", "exactly the same picture as"),
        ("near_duplicates", "nearly the same picture as"),
    ):
        for group in truths.get(name, []):
            for product_id in group:
                others = ", ".join(other for other in group if other != product_id)
                found[product_id].append(f"It has {words} {others}.")
    return dict(found)
