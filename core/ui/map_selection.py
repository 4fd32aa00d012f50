"""Selected products of a map: what they are, what makes them special, and what can be done with them."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.export_cells import csv_lines, safe_cell
from core.catalog.money import to_major_units
from core.catalog.product_filter import ProductFilter
from core.catalog.slices import list_slices, read_slice, save_slice
from core.errors import CatalogError
from core.explore.kept_clusters import open_clusters
from core.explore.map_choices import OF_A_RUN
from core.explore.map_points import MapPoints
from core.explore.map_scene import decoded_loop, mixed_positions
from core.explore.map_selections import MapSelection
from core.explore.selection import inside_loop
from core.explore.selection_contrast import Contrast, PriceContrast, contrast
from core.review.findings import SENT
from core.review.queue import send_products
from core.ui.caches import home, products_of
from core.ui.catalog_found import found_ids
from core.ui.charts import bars
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.map_address import asked_selection, choose_slice, clear_selection
from core.ui.map_colors import color_choices, coloring_of, run_in_address
from core.ui.map_view import points_of_layout, words_of
from core.ui.navigation import link
from core.ui.permission import drawn_for
from core.ui.product_detail import open_product
from core.ui.product_grid import page_rows, product_grid, row_card
from core.ui.said import rerun_saying
from core.ui.wording import counted, literal, percent

_COLUMNS = ("product_id", "title", "category", "price_minor_units", "currency", "brand", "color", "split")
_MOST_TRAITS = 24
_SENDINGS = "_sent_to_review"


def selected_rows(
    catalog: Catalog, points: MapPoints, asked: MapSelection, *, after: np.ndarray | None = None
) -> np.ndarray | None:
    """Find the products an address selects, drawn or not.

    Args:
        catalog: The catalog.
        points: The N points of the map.
        asked: What the address says.
        after: uint16 (N, 2): the other end of a slider between two maps.

    Returns:
        bool (N,); None where nothing is asked for, or what is asked for is gone.
    """
    if asked.loop is not None and asked.layout in ("", points.layout):
        return _in_loop(catalog, points, asked, after)
    if asked.loop is not None:
        return _in_loop_elsewhere(catalog, points, asked)
    if asked.words is not None:
        return rows_with_words(catalog, points, asked.words)
    if asked.cluster is not None:
        return _in_cluster(catalog, points, asked.grouping, asked.cluster)
    if asked.slice_name is None:
        return None
    try:
        kept = read_slice(home(), catalog, asked.slice_name)
    except CatalogError as error:
        st.info(str(error), icon=":material/label_off:")
        return None
    found = points.table["product_id"].isin(set(kept.product_ids)).to_numpy()
    _tell_missing(catalog, kept.product_ids, found=int(found.sum()))
    return found


def _tell_missing(catalog: Catalog, product_ids: Sequence[str], *, found: int) -> None:
    """Say how many products of a slice the map does not show: without a picture, or newer than the map."""
    there = int(products_of(catalog)["product_id"].isin(set(product_ids)).sum())
    if there > found:
        be = "is" if there - found == 1 else "are"
        st.caption(f"{counted(there - found, 'product')} of this slice {be} not on this map.")


def _in_loop(catalog: Catalog, points: MapPoints, asked: MapSelection, after: np.ndarray | None) -> np.ndarray:
    positions = mixed_positions(points.positions, after, asked.at)
    inside = inside_loop(positions, decoded_loop(asked.loop))
    if asked.only and asked.by in color_choices(catalog, points):
        run_id = run_in_address(catalog) if asked.by in OF_A_RUN else ""
        inside &= np.isin(coloring_of(catalog, points, asked.by, run_id=run_id).codes, asked.only)
    return inside


def _in_loop_elsewhere(catalog: Catalog, points: MapPoints, asked: MapSelection) -> np.ndarray | None:
    """Find the products in a loop that was drawn on another map: they stay selected wherever they lie here."""
    try:
        there, later = points_of_layout(catalog, asked.layout)
    except CatalogError as error:
        st.info(str(error), icon=":material/history:")
        return None
    inside = _in_loop(catalog, there, asked, None if later is None else later.positions)
    chosen = there.table["product_id"][inside]
    return points.table["product_id"].isin(set(chosen)).to_numpy()


def _in_cluster(catalog: Catalog, points: MapPoints, version: str, cluster: int) -> np.ndarray | None:
    found = open_clusters(home(), catalog, version)
    if found is None or cluster not in set(found.labels["cluster"]):
        st.info("The clusters of this link are not kept any more.", icon=":material/workspaces:")
        return None
    ids = found.labels["product_id"][found.labels["cluster"] == cluster]
    return points.table["product_id"].isin(set(ids)).to_numpy()


def rows_with_words(catalog: Catalog, points: MapPoints, words: str) -> np.ndarray:
    """Find products by words, as the search of the Catalog page does; bool (N,)."""
    found = found_ids(catalog, ProductFilter(text=words))
    return points.table["product_id"].isin(set(found)).to_numpy()


def draw_selection(catalog: Catalog, points: MapPoints, selected: np.ndarray) -> None:
    """Draw the selected products, what sets them apart, and the ways on from here."""
    chosen = points.table[selected]
    how = _asked_words(asked_selection())
    if chosen.empty:
        st.info(f"No product {how}. Press Esc on the map to let go.", icon=":material/search_off:")
        return
    st.header(f"{counted(len(chosen), 'product')} selected", anchor="selected")
    st.caption(f"Every product {how}.")
    _draw_actions(catalog, chosen)
    shown, special = st.tabs(["Products", "What makes them special"])
    with shown:
        _draw_products(chosen)
    with special, shown_errors():
        draw_contrast(contrast(points.table, selected, words=words_of(points), most=_MOST_TRAITS))


def _asked_words(asked: MapSelection) -> str:
    """Say what is selected; names and words of visitors are shown as they are."""
    if asked.words is not None:
        return f"with the words {literal(asked.words)}"
    if asked.slice_name is not None:
        return f"of the slice {literal(asked.slice_name)}"
    if asked.cluster is not None:
        return "of the cluster"
    return "in the loop"


def _draw_products(chosen: pd.DataFrame) -> None:
    grid, summary = st.columns([4, 1.6], gap="medium")
    with summary:
        counts = chosen["category"].fillna("no category").value_counts().head(8)
        figure = bars(
            [name.split(" > ")[-1] for name in counts.index], list(counts.to_numpy()), title="Categories in it"
        )
        st.plotly_chart(figure, key="selection_categories", config={"displayModeBar": False})
    with grid:
        window = page_rows(len(chosen), key="selection_page")
        cards = [row_card(row) for row in chosen.iloc[window].itertuples()]
        open_product(product_grid(cards, key="selection_grid", label="selected products"))


def _draw_actions(catalog: Catalog, chosen: pd.DataFrame) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        draw_ways_on(catalog, chosen, file="selection", why="selected on the map")
        st.button("Let go", icon=":material/close:", on_click=clear_selection, help="Esc on the map does the same.")
        if st.session_state.get(_SENDINGS):
            link("review", "What was sent", icon=":material/rate_review:", queue=SENT)
        name = st.query_params.get("slice")
        if name:
            link("catalog", "In the catalog", icon=":material/grid_view:", slice=name)


def draw_ways_on(catalog: Catalog, chosen: pd.DataFrame, *, file: str, why: str) -> None:
    """Offer to keep products as a slice, to send them to review and to save their table.

    Args:
        catalog: The catalog.
        chosen: Rows of the table of products.
        file: What their file is called after the catalog.
        why: What review tells of them where the visitor says nothing.
    """
    # Of another key, the popover is closed once its slice is there.
    with st.popover("Save as a slice", icon=":material/bookmark_add:", key=f"saving_{st.query_params.get('slice')}"):
        _draw_saving(catalog, chosen)
    _draw_review(catalog, chosen, usual=why)
    with st.popover("Table", icon=":material/download:"):
        st.caption("These products; prices in major units.")
        for ending, (words, mime, write) in _TABLES.items():
            st.download_button(
                words,
                data=partial(write, chosen),
                file_name=f"{catalog.name}-{file}.{ending}",
                mime=mime,
                key=f"selection_{ending}",
                on_click="ignore",
            )


@drawn_for(Role.EDITOR, "Keeping a slice")
def _draw_saving(catalog: Catalog, chosen: pd.DataFrame) -> None:
    with st.form("save_slice", border=False):
        name = st.text_input("Name", max_chars=60, placeholder="letters, digits, - and _")
        note = st.text_input("Note", max_chars=500, placeholder="why, in a few words")
        saved = st.form_submit_button("Save", type="primary", icon=":material/bookmark_add:")
    if saved:
        with shown_errors():
            ids = chosen["product_id"].tolist()
            kept = save_slice(home(), catalog, name.strip(), ids, note=note.strip(), actor=visitor_name())
            choose_slice(kept.name)
            rerun_saying(f"Kept {counted(len(ids), 'product')} as {kept.name}.", icon=":material/check:")


@drawn_for(Role.EDITOR)
def _draw_review(catalog: Catalog, chosen: pd.DataFrame, *, usual: str) -> None:
    """Offer to send the products to review."""
    times = st.session_state.get(_SENDINGS, 0)  # of another key, the popover is closed once they are sent
    popover = st.popover("Send to review", icon=":material/rate_review:", key=f"sending_{times}")
    with popover, st.form("send_review", border=False):
        reason = st.text_input("Why", max_chars=200, placeholder="what to look at", key="review_reason")
        sent = st.form_submit_button("Send", type="primary", icon=":material/send:")
    if sent:
        with shown_errors():
            why = reason.strip() or usual
            many = send_products(home(), catalog, chosen["product_id"].tolist(), reason=why, actor=visitor_name())
            st.session_state[_SENDINGS] = times + 1
            rerun_saying(f"Sent {counted(many, 'product')} to review.", icon=":material/check:")


def draw_slices(catalog: Catalog) -> None:
    """Let the visitor select a slice that was kept."""
    kept = list_slices(home(), catalog)
    if not kept:
        return
    with st.popover(f"Slices ({len(kept)})", icon=":material/bookmarks:"):
        for each in kept[:50]:
            label = f"{each.name} · {counted(len(each.product_ids), 'product')}"
            st.button(label, key=f"slice_{each.name}", on_click=choose_slice, args=(each.name,), type="tertiary")


def selection_csv(chosen: pd.DataFrame) -> bytes:
    """Write selected products as CSV that no spreadsheet takes for formulas."""
    table = selection_table(chosen)
    cells = [[safe_cell(value) if isinstance(value, str) else "" for value in row] for row in table.to_numpy().tolist()]
    return csv_lines([list(table.columns), *cells]).encode()


def selection_parquet(chosen: pd.DataFrame) -> bytes:
    """Write selected products as Parquet."""
    return bytes(selection_table(chosen).to_parquet(index=False))


def selection_json(chosen: pd.DataFrame) -> bytes:
    """Write selected products as a JSON list."""
    return str(selection_table(chosen).to_json(orient="records", force_ascii=False, indent=1)).encode()


def selection_table(chosen: pd.DataFrame) -> pd.DataFrame:
    """Give what is told of selected products: texts, None where nothing is known; a price in major units, as text."""
    table = chosen[list(_COLUMNS)].astype(object)
    table = table.where(table.notna(), None)
    told = [
        str(to_major_units(int(amount), currency)) if amount is not None and isinstance(currency, str) else None
        for amount, currency in zip(table["price_minor_units"], table["currency"], strict=True)
    ]
    table["price_minor_units"] = pd.Series(told, index=table.index, dtype=object)
    return table.rename(columns={"price_minor_units": "price"})


_TABLES: dict[str, tuple[str, str, Callable[[pd.DataFrame], bytes]]] = {
    "csv": ("CSV", "text/csv", selection_csv),
    "parquet": ("Parquet", "application/vnd.apache.parquet", selection_parquet),
    "json": ("JSON", "application/json", selection_json),
}


def draw_contrast(found: Contrast) -> None:
    """Draw what sets a selection apart."""
    if found.prices is not None:
        _draw_prices(found.prices)
    if not found.traits:
        st.text("Nothing sets these products apart that chance could not explain.")
        return
    table = pd.DataFrame(
        {
            "What": [trait.field for trait in found.traits],
            "Value": [trait.value for trait in found.traits],
            "Selected": [100 * trait.share_selected for trait in found.traits],
            "Rest": [100 * trait.share_rest for trait in found.traits],
            "Products": [trait.selected for trait in found.traits],
            "Effect": [trait.effect for trait in found.traits],
        }
    )
    share = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
    effect = st.column_config.NumberColumn(
        format="%+.2f", help="Cohen's h: 0.2 is a small difference of shares, 0.5 a medium, 0.8 a large one."
    )
    columns = {"Selected": share, "Rest": share, "Effect": effect}
    st.dataframe(table, hide_index=True, width="stretch", column_config=columns)
    st.caption(
        f"Shares of {found.selected:,} selected and {found.rest:,} other products. Of {found.compared:,} values "
        "compared, only those are listed that chance explains in fewer than 1 of 100 such selections."
    )


def _draw_prices(prices: PriceContrast) -> None:
    with st.container(horizontal=True, gap="medium"):
        for label, amount, count in (
            ("Median price", prices.median_selected, prices.selected),
            ("of the rest", prices.median_rest, prices.rest),
        ):
            words = f"{amount:,.2f} {prices.currency}"
            st.metric(
                label, words, help=f"Of {counted(count, 'product')} with a price in {prices.currency}.", width=190
            )
        st.metric(
            "Dearer than another",
            percent(prices.dearer, digits=0),
            help="How often a selected product costs more than one of the rest, ties counted half; 50 % is no "
            "difference.",
            width=190,
        )
