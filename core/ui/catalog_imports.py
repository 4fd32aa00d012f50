"""Imports into a catalog, and what one of them found different from an earlier one of the same source."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.import_comparison import (
    ChangedProduct,
    ImportComparison,
    ImportRun,
    compare_imports,
    list_imports,
)
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.ui.caches import home
from core.ui.navigation import link
from core.ui.product_detail import open_product
from core.ui.product_grid import PAGE_SIZE, product_card, product_grid
from core.ui.wording import counted, duration, number_text, price_text, shortened

_MOST_CHANGES = 500
_WORDS = {"price_minor_units": "price", "source_key": "place in the source"}
_CELL_CHARACTERS = 300


def draw_imports(catalog: Catalog) -> None:
    """Draw the imports of a catalog, newest first, and the comparison of two."""
    runs = list_imports(home(), catalog)
    st.header("Imports", anchor=False)
    if not runs:
        st.caption("Nothing was imported into this catalog yet.")
        link("import_products", "Import", icon=":material/download:")
        return
    st.dataframe(_table(runs), hide_index=True, width="stretch")
    _draw_comparison(catalog, [run for run in runs if run.finished and not run.undone])


def _table(runs: Sequence[ImportRun]) -> pd.DataFrame:
    skipped = [sum(entry.get("count", 0) for entry in run.report.get("skipped", [])) for run in runs]
    return pd.DataFrame(
        {
            "When (UTC)": [_when(run) for run in runs],
            "Source": [run.source for run in runs],
            "State": [_state(run) for run in runs],
            **{
                name.capitalize(): [run.report.get(name) for run in runs]
                for name in ("new", "changed", "moved", "gone")
            },
            "Skipped": [count if run.report else None for run, count in zip(runs, skipped, strict=True)],
            "Took": [duration(run.report["seconds"]) if "seconds" in run.report else "" for run in runs],
        }
    )


def _draw_comparison(catalog: Catalog, runs: list[ImportRun]) -> None:
    """Let the visitor choose two imports of one source; the newest that has an earlier one is suggested."""
    st.markdown("**Compare two imports of the same source**")
    earlier = {run.import_id: [other for other in runs if _precedes(other, run)] for run in runs}
    later = [run for run in runs if earlier[run.import_id]]
    if not later:
        st.caption("There is one import of each source so far. Import a source again to see what changed in it.")
        return
    left, right = st.columns(2, gap="large")
    second = right.selectbox("Later", later, format_func=_told, key="compare_later")
    first = left.selectbox("Earlier", earlier[second.import_id], format_func=_told, key="compare_earlier")
    _draw_differences(catalog, _compared(catalog, first.import_id, second.import_id))


@st.cache_data(show_spinner="Comparing", max_entries=8)
def _comparison(root: str, key: tuple[int, int], first_id: int, second_id: int, _catalog: Catalog) -> ImportComparison:
    return compare_imports(home(), _catalog, first_id, second_id, limit=_MOST_CHANGES)


def _compared(catalog: Catalog, first_id: int, second_id: int) -> ImportComparison:
    return _comparison(str(home().root), (catalog.catalog_id, catalog.version), first_id, second_id, catalog)


def _draw_differences(catalog: Catalog, found: ImportComparison) -> None:
    figures = st.columns(4)
    for place, name in zip(figures, ("new", "changed", "moved", "gone"), strict=True):
        place.metric(name.capitalize(), number_text(found.counts[name]))
    if not any(found.counts.values()):
        st.caption("The source said the same both times.")
        return
    tabs = st.tabs(
        [f"{name.capitalize()} ({number_text(found.counts[name])})" for name in ("new", "changed", "moved", "gone")]
    )
    with tabs[0]:
        _draw_products(catalog, found.new, found.counts["new"], key="compared_new")
    with tabs[1]:
        _draw_changed(found.changed, found.counts["changed"])
    with tabs[2]:
        _draw_changed(found.moved, found.counts["moved"])
    with tabs[3]:
        st.caption("They left the source and stay in the catalog. Leave them out on the Browse view if they are sold.")
        _draw_products(catalog, found.gone, found.counts["gone"], key="compared_gone")


def _draw_products(catalog: Catalog, product_ids: Sequence[str], total: int, *, key: str) -> None:
    shown = tuple(product_ids[:PAGE_SIZE])
    products = read_products(home(), catalog, filter=ProductFilter(product_ids=shown, left_out=None)) if shown else []
    open_product(product_grid([product_card(each) for each in products], key=key, small=True, empty="None."))
    if total > len(shown):
        st.caption(f"and {counted(total - len(shown), 'more product')}")


def _draw_changed(changes: Sequence[ChangedProduct], total: int) -> None:
    if not changes:
        st.caption("None.")
        return
    rows = [
        (change.product_id, _WORDS.get(name, name), _written(name, before, change), _written(name, after, change))
        for change in changes
        for name, (before, after) in change.fields.items()
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["Product id", "Field", "Before", "After"]), hide_index=True, width="stretch"
    )
    if total > len(changes):
        st.caption(f"and {counted(total - len(changes), 'more product')}")


def _written(name: str, value: object, change: ChangedProduct) -> str:
    if value is None:
        return "none"
    if name == "pictures" and isinstance(value, list):
        return counted(len(value), "picture")
    if name == "price_minor_units" and isinstance(value, int):
        currency = change.fields.get("currency", (None, None))[1]
        return price_text(value, str(currency)) if currency else f"{number_text(value)} minor units"
    return shortened(str(value), _CELL_CHARACTERS)


def _precedes(first: ImportRun, second: ImportRun) -> bool:
    return first.source == second.source and first.import_id < second.import_id


def _told(run: ImportRun) -> str:
    return f"{_when(run)} · {shortened(run.source, 80)}"


def _when(run: ImportRun) -> str:
    return run.started[:19].replace("T", " ")


def _state(run: ImportRun) -> str:
    if run.undone:
        return "undone"
    return "finished" if run.finished else "not finished"
