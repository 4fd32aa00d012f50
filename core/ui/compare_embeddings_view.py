"""Embeddings held against one another: whose neighbors agree with the categories and colors, and with whose."""

from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.attribute_columns import attribute_names
from core.catalog.catalogs import Catalog
from core.errors import ShelfLensError
from core.explore.catalog_embeddings import list_embeddings
from core.explore.embedding_comparison import EmbeddingComparison, stored_comparison
from core.jobs.supervise import submit
from core.ui.caches import home, products_of
from core.ui.embedding_choice import embeddings_state
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.permission import may_edit
from core.ui.wording import counted, number_text

_MOST_CHOSEN = 8
_K = 10
_KEPT = "_compared"
_NAME_PX = 210
_SHARE = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
_WHOLE_SHARE = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
_INTERVAL_HELP = (
    "Asked of other products like these, the precision would lie in here 95 times of 100. Two embeddings whose "
    "intervals overlap widely can hardly be told apart."
)


def draw_compared_embeddings(catalog: Catalog) -> None:
    """Draw the table of a catalog's embeddings, or offer to make it."""
    job = active_job("compare-embeddings", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Comparing embeddings")
        return
    entries = {entry.name: entry for entry in list_embeddings(home(), catalog) if entry.made}
    if not entries:
        st.info("This catalog is not embedded yet: draw its map first.", icon=":material/scatter_plot:")
        return
    names = st.multiselect(
        "Embeddings",
        list(entries),
        default=list(entries)[:_MOST_CHOSEN],
        format_func=lambda name: entries[name].title,
        max_selections=_MOST_CHOSEN,
        key="compared_embeddings",
    )
    measures = _measures(catalog)
    by = st.multiselect(
        "Agreement in",
        list(measures),
        default=[name for name in ("category", "color") if name in measures] or list(measures)[:1],
        format_func=lambda name: measures[name],
        key="compared_by",
        help="Of a product's ten nearest, how many share its category, color or attribute.",
    )
    if not names or not by:
        st.info("Choose at least one embedding and one thing to agree in.")
        return
    try:
        found = _stored(embeddings_state(catalog), names, by, catalog)
    except ShelfLensError as error:
        st.info(str(error))
        return
    if found is None:
        if may_edit() and st.button("Compare", type="primary", icon=":material/compare:", key="compare_embeddings"):
            asked = {"catalog": catalog.name, "embeddings": names, "by": by, "k": _K}
            submit(home(), "compare-embeddings", asked, actor=visitor_name())
            st.rerun()
        return
    _draw_extent(found, products=len(products_of(catalog)))
    titles = {name: entry.title for name, entry in entries.items()}
    _draw_table(found, titles, measures)
    _draw_overlap(found, titles)


def _measures(catalog: Catalog) -> dict[str, str]:
    """Name what neighbors can agree in, as far as products have it."""
    products = products_of(catalog)
    words = {name: name for name in ("category", "color", "brand") if products[name].notna().any()}
    depth = int(products["category"].dropna().str.count(" > ").max()) + 1 if "category" in words else 0
    words |= {f"category:{level}": f"category, level {level}" for level in range(1, depth)}
    return words | {f"attribute:{name}": name for name in attribute_names(home(), catalog)}


def _stored(state: tuple[object, ...], names: list[str], by: list[str], catalog: Catalog) -> EmbeddingComparison | None:
    """Remember a comparison while nothing it rests on changes; a missing one is looked for again."""
    key = (state, tuple(names), tuple(by))
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == key:
        return EmbeddingComparison(**kept[1])
    found = stored_comparison(home(), catalog, names, by=by, k=_K)
    if found is not None:
        st.session_state[_KEPT] = (key, found.to_json())
    return found


def _draw_extent(found: EmbeddingComparison, *, products: int) -> None:
    """Say on how many products the figures rest, and how many cannot be compared."""
    st.text(
        f"{number_text(found.queries)} of {number_text(found.products)} products, each asked for its {found.k} nearest "
        "among all. Precision: share of them that agree with it. Silhouette, -1 to 1: how far apart the groups lie."
    )
    if found.products < products:
        st.info(
            f"Compared are {number_text(found.products)} of the catalog's {counted(products, 'product')}: those that "
            "every chosen embedding has.",
            icon=":material/filter_alt:",
        )


def _draw_table(found: EmbeddingComparison, titles: dict[str, str], measures: dict[str, str]) -> None:
    rows: list[dict[str, object]] = []
    columns: dict[str, Any] = {"Embedding": st.column_config.TextColumn(width=_NAME_PX)}
    for each in found.embeddings:
        row: dict[str, object] = {"Embedding": titles.get(each["embedding"], each["embedding"])}
        for name in found.by:
            precision, silhouette = each["precision"][name], each["silhouette"][name]
            words = measures.get(name, name)
            row[f"Precision, {words}"] = None if precision is None else 100 * precision["value"]
            columns[f"Precision, {words}"] = _SHARE
            row[f"95 %, {words}"] = None if precision is None else _interval(precision)
            columns[f"95 %, {words}"] = st.column_config.TextColumn(help=_INTERVAL_HELP)
            row[f"Silhouette, {words}"] = silhouette
            columns[f"Silhouette, {words}"] = st.column_config.NumberColumn(format="%.2f")
        rows.append(row)
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", column_config=columns)


def _interval(precision: dict[str, float]) -> str:
    low, high = (number_text(100 * precision[end], digits=1) for end in ("low", "high"))
    return f"{low} to {high} %"


def _draw_overlap(found: EmbeddingComparison, titles: dict[str, str]) -> None:
    if not found.overlap:
        return
    st.header("Neighbors in common", anchor=False, help="Mean share of the nearest products that two share.")
    pairs = [
        {
            "First": titles.get(each["first"], each["first"]),
            "Second": titles.get(each["second"], each["second"]),
            "Shared": 100 * each["shared"],
        }
        for each in found.overlap
    ]
    st.dataframe(pd.DataFrame(pairs), hide_index=True, width="stretch", column_config={"Shared": _WHOLE_SHARE})
