"""The map in three dimensions, drawn by Plotly: turn it to see what lies behind."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.catalog_maps import CatalogMap, latest_map
from core.explore.map_coloring import Coloring
from core.explore.map_points import METHODS, MapPoints, joined_points
from core.explore.map_scene import UNKNOWN
from core.explore.map_space_page import MOST_POINTS
from core.ui.address import choice_in_address
from core.ui.caches import home, products_of
from core.ui.charts import COLORS, GRAY, MARKS, POINT_SCALE
from core.ui.embedding_choice import pick_embedding
from core.ui.map_colors import pick_coloring
from core.ui.map_offer import HELP, draw_again, draw_offer, draw_stale, how_far
from core.ui.wording import chart_text, counted

_MARKS = ("circle", "diamond", "square", "cross", "x")  # what Plotly has in space
_HEIGHT_PX = 680


def draw_space(catalog: Catalog) -> None:
    """Draw the map in space that was asked for, or offer to make it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        method = choice_in_address("Method", list(METHODS), name="space_method", format_func=METHODS.__getitem__)
        embedding = pick_embedding(catalog, derived=True)
    drawn = latest_map(home(), catalog, method, backbone=embedding, dimensions=3)
    if drawn is None:
        why = f"This embedding has no {METHODS[method]} map in three dimensions yet."
        draw_offer(catalog, method, embedding, why=why, dimensions=3)
        return
    points = _points(catalog, drawn)
    if points.table.empty:
        st.info("No product of this map is in the catalog any more. Draw it again.", icon=":material/scatter_plot:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        coloring, _ = pick_coloring(catalog, points)
        draw_again(catalog, drawn)
    figure = space_figure(points, coloring)
    alt = f"Map of {counted(len(points.drawn), 'product')} in three dimensions"
    st.plotly_chart(figure, key="space", alt=alt, config={"displaylogo": False, "scrollZoom": True})
    some = ""
    if len(points.drawn) < len(points.table):
        some = f" {len(points.drawn):,} of {len(points.table):,} products are drawn, each category its share."
    st.caption(f"Drag to turn, wheel to zoom; click a legend entry to hide it. {HELP[method]} {how_far(drawn)}{some}")
    draw_stale(catalog, drawn)


def _points(catalog: Catalog, drawn: CatalogMap) -> MapPoints:
    return _space_points(str(home().root), (catalog.catalog_id, catalog.version), drawn.version, catalog, drawn)


@st.cache_resource(show_spinner="Placing the products", max_entries=2)
def _space_points(root: str, key: tuple[int, int], version: str, _catalog: Catalog, _drawn: CatalogMap) -> MapPoints:
    return joined_points(_drawn, products_of(_catalog), version=f"{key[0]}.{key[1]}.{version}", most=MOST_POINTS)


def space_figure(points: MapPoints, coloring: Coloring) -> go.Figure:
    """Draw points in space.

    Args:
        points: With ``x``, ``y`` and ``z``.
        coloring: Of all of them.
    """
    table, codes = points.table.iloc[points.drawn], coloring.codes[points.drawn]
    size = float(np.clip(160 / max(len(table), 1) ** 0.5, 1.6, 5.0))
    figure = go.Figure()
    if coloring.kinds:
        for code, kind in enumerate(coloring.kinds):
            color = GRAY if kind.rest else kind.color or COLORS[code % len(COLORS)]
            mark = _MARKS[code // len(COLORS) % len(_MARKS)] if kind.color is None else MARKS[0]
            _add(figure, table[codes == code], chart_text(kind.name, length=30), color=color, symbol=mark, size=size)
    else:
        bar = {"tickvals": [code for code, _ in coloring.ticks], "ticktext": [words for _, words in coloring.ticks]}
        known = codes != UNKNOWN
        scale = {
            "colorscale": POINT_SCALE,
            "colorbar": {**bar, "title": {"text": chart_text(coloring.by)}, "thickness": 12},
        }
        _add(figure, table[known], "", color=codes[known].astype(int), size=size, cmin=0, cmax=254, **scale)
        _add(figure, table[~known], "unknown", color=GRAY, size=size)
    plain = {"showticklabels": False, "title": "", "showbackground": False, "gridcolor": GRAY, "zeroline": False}
    figure.update_layout(
        scene={"xaxis": plain, "yaxis": plain, "zaxis": plain, "aspectmode": "data"},
        legend={
            "title": {"text": chart_text(coloring.by)},
            "itemsizing": "constant",
            "y": 0.94,
        },  # below Plotly's own buttons
        height=_HEIGHT_PX,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        showlegend=bool(coloring.kinds),
    )
    return figure


def _pointed(title: str, category: object) -> str:
    """Write what stands beside the pointer: the title, and below it the category."""
    below = f"<br>{chart_text(category, length=60)}" if isinstance(category, str) else ""
    return f"{chart_text(title, length=60)}{below}"


def _add(figure: go.Figure, table: pd.DataFrame, name: str, **marker: object) -> None:
    if table.empty:
        return
    names = [_pointed(title, category) for title, category in zip(table["title"], table["category"], strict=True)]
    figure.add_scatter3d(
        x=table["x"].to_numpy(np.float32),
        y=table["y"].to_numpy(np.float32),
        z=table["z"].to_numpy(np.float32),
        mode="markers",
        name=name,
        text=names,
        hovertemplate="%{text}<extra></extra>",
        marker={"opacity": 0.85, **marker},
    )
