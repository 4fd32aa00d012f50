"""Embeddings: the catalog as a map, look-alikes side by side; hover for a picture, draw a loop to see a group."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.maps import CatalogMap, latest_map
from core.jobs.supervise import submit
from core.models.runs import list_runs
from core.ui.caches import home
from core.ui.chart_events import HoverCard, hover_picture
from core.ui.charts import bars, map_scatter
from core.ui.embedding_choice import pick_embedding
from core.ui.frame import need_catalog
from core.ui.guard import guard, visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.map_view import MOST_POINTS, category_level, known_kinds, map_points, own_colors, prices
from core.ui.palette import verdict_colors
from core.ui.product_detail import open_product, show_asked_product
from core.ui.product_grid import page_rows, product_grid, row_card
from core.ui.run_view import verdicts
from core.ui.wording import counted
from core.vision.embeddings import latest_embedding

METHODS = {"UMAP": "umap", "PCA": "pca"}
HELP = {
    "umap": "UMAP keeps neighbors together: islands are groups of look-alikes; distances between islands mean little.",
    "pca": "PCA is a straight projection: distances keep their meaning, but groups overlap more.",
}
CHART = "map_chart"


def draw_offer(catalog: Catalog, method: str, backbone: str, *, why: str) -> None:
    job = active_job("map", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Drawing the map")
        return
    if catalog.pictures < 3:
        st.info("A map needs at least three products with pictures.", icon=":material/image_not_supported:")
        return
    with st.container(border=True):
        words, button = st.columns([4, 1.2], vertical_alignment="center")
        words.markdown(f"**{why}**  \n{HELP[method]}")
        if button.button("Draw the map", type="primary", icon=":material/scatter_plot:", width="stretch"):
            asked = {"catalog": catalog.name, "method": method, "backbone": backbone}
            submit(home(), "map", asked, actor=visitor_name())
            st.rerun()


def pick_coloring(catalog: Catalog, points: pd.DataFrame) -> tuple[pd.Series, str, bool, dict[str, str] | None]:
    """Let the visitor color the points; give values, legend title, whether they are numbers, and fixed colors."""
    runs = list_runs(home(), catalog_id=catalog.catalog_id)
    depth = int(points["category"].fillna("").str.count(" > ").max() or 0)
    options = [f"category, level {level}" for level in range(1, depth + 1)] + [
        "category",
        "split",
        "price",
        "color",
        "brand",
    ]
    options = [name for name in options if name.startswith("category") or points[known_column(name)].notna().any()]
    options += ["right or wrong"] if runs else []
    by = st.selectbox("Color by", options, key="by", bind="query-params", width=260)
    if by == "price":
        values, currency = prices(points)
        return values, f"price, {currency}", True, None
    if by == "right or wrong":
        names = {f"{run.name} ({run.run_id})": run.run_id for run in runs}
        run_id = names[st.selectbox("Run", list(names), key="verdict_run", width=420)]
        return points["product_id"].map(verdicts(run_id)).fillna("not predicted"), "prediction", False, verdict_colors()
    if by.startswith("category"):
        level = int(by.rsplit(" ", 1)[1]) if "level" in by else None
        return known_kinds(category_level(points, level)), "category", False, None
    kinds = known_kinds(points[by])
    return kinds, by, False, own_colors(kinds) if by == "color" else None


def known_column(name: str) -> str:
    return "price_minor_units" if name == "price" else name


def draw_map(catalog: Catalog, drawn: CatalogMap) -> None:
    points = map_points(catalog, drawn)
    with st.container(horizontal=True):
        values, title, numeric, colors = pick_coloring(catalog, points)
    frame = points[["x", "y", "row"]].assign(value=values.to_numpy())
    state = st.plotly_chart(
        map_scatter(frame, numeric=numeric, legend_title=title, colors=colors),
        key=CHART,
        on_select="rerun",
        selection_mode=("lasso", "box", "points"),
        alt="Map of the catalog; every product is a point",
        config={"scrollZoom": True, "displaylogo": False, "modeBarButtonsToRemove": ["autoScale2d"]},
    )
    version = f"{catalog.catalog_id}.{catalog.version}.{drawn.version}"
    hover_picture(CHART, lambda row: hover_card(points, row), version=version)
    draw_explanation(drawn, len(points))
    embedding = latest_embedding(home(), catalog, backbone=drawn.backbone)
    if embedding is not None and embedding.version != drawn.embedding_version:
        why = "The catalog has been embedded anew since this map was drawn."
        draw_offer(catalog, drawn.method, drawn.backbone, why=why)
    selected = [point["customdata"] for point in state.selection.points if point.get("customdata") is not None]
    draw_selection(points, [int(row) for row in selected])


def draw_explanation(drawn: CatalogMap, drawn_points: int) -> None:
    trust = f" Trustworthiness {drawn.trustworthiness:.3f} of 1." if drawn.trustworthiness is not None else ""
    some = f" {drawn_points:,} of {len(drawn.frame):,} products are drawn, each category its share."
    st.caption(
        "Hover for the picture. Draw a loop or a box to see the products in it; double-click to let go. "
        f"{HELP[drawn.method]}{trust}{some if len(drawn.frame) > MOST_POINTS else ''}"
    )


def hover_card(points: pd.DataFrame, row: int) -> HoverCard | None:
    if not 0 <= row < len(points):
        return None
    product = points.iloc[row]
    line = " · ".join(
        str(value) for value in (product["category"], product["brand"], product["color"]) if isinstance(value, str)
    )
    return HoverCard(title=product["title"], line=line, picture_hash=product["picture_hash"])


def draw_selection(points: pd.DataFrame, rows: list[int]) -> None:
    selected = points.iloc[sorted({row for row in rows if 0 <= row < len(points)})]
    if selected.empty:
        return
    st.subheader(f"{counted(len(selected), 'product')} selected", anchor=False)
    counts = selected["category"].fillna("no category").value_counts().head(8)
    shown, summary = st.columns([4, 1.6], gap="medium")
    with summary:
        figure = bars(list(counts.index), list(counts.to_numpy()), title="Categories in it")
        st.plotly_chart(figure, key="selection_categories", config={"displayModeBar": False})
    with shown:
        window = page_rows(len(selected), key="selection_page")
        cards = [row_card(row) for row in selected.iloc[window].itertuples()]
        open_product(product_grid(cards, key="selection_grid", label="selected products"))


guard()
st.title("Embeddings")
catalog = need_catalog()
words = st.segmented_control(
    "Map", list(METHODS), default="UMAP", key="method", bind="query-params", required=True, label_visibility="collapsed"
)
backbone = pick_embedding(catalog)
drawn = latest_map(home(), catalog, METHODS[words], backbone=backbone)
if drawn is None:
    draw_offer(catalog, METHODS[words], backbone, why=f"This embedding has no {words} map yet.")
else:
    draw_map(catalog, drawn)
show_asked_product(catalog)
