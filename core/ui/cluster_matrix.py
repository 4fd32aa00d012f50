"""Clusters against categories as squares: a click on one shows the products behind it."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.cluster_labels import NO_CLUSTER
from core.explore.cluster_table import cutting_clusters
from core.explore.kept_clusters import CatalogClusters
from core.ui.caches import products_of
from core.ui.cluster_members import CLUSTER, COLUMN, choose_cell
from core.ui.square_matrix import SquareNames, square_matrix
from core.ui.wording import counted

MATRIX = "cluster_matrix"
_MOST_ROWS = 60
_MOST_FINDINGS = 5


def pick_level(catalog: Catalog) -> pd.Series:
    """Let the visitor choose a level of the category; give each product's category, cut to it, by product id."""
    paths = products_of(catalog).drop_duplicates("product_id").set_index("product_id")["category"]
    if not paths.notna().any():
        return paths
    depth = int(paths.dropna().str.count(" > ").max()) + 1
    level = 1
    if depth > 1:
        level = st.segmented_control(
            "Level of the category",
            list(range(1, depth + 1)),
            default=1,
            key="cluster_level",
            bind="query-params",
            required=True,
        )
    return paths.str.split(" > ").str[: int(level or 1)].str.join(" > ")


def draw_findings(found: CatalogClusters) -> None:
    """List the clusters that cut across categories; each leads to its products."""
    for finding in cutting_clusters(found)[:_MOST_FINDINGS]:
        words, button = st.columns([8, 1.4], vertical_alignment="center")
        words.text(f"{finding['name']} ({counted(finding['products'], 'product')}) {finding['reason']}")
        button.button(
            "Look",
            key=f"finding_{finding['cluster']}",
            on_click=choose_cell,
            args=(finding["cluster"],),
            width="stretch",
            help="Shows the products of this cluster below.",
        )


def draw_matrix(found: CatalogClusters, table: pd.DataFrame) -> None:
    """Draw the cross table as squares, shaded by the share of the cluster, and as figures.

    Args:
        found: The clusters.
        table: As :func:`core.explore.cluster_table.cross_table` gives it.
    """
    rows = sorted(table.index, key=lambda number: (number == NO_CLUSTER, number))
    shown = table.loc[rows[:_MOST_ROWS]]
    counts = shown.to_numpy(np.int64)
    square_matrix(
        counts,
        counts / np.maximum(counts.sum(axis=1, keepdims=True), 1),
        names=SquareNames(
            rows=[found.names[int(number)] for number in shown.index],
            columns=[str(name) for name in shown.columns],
            row_side="Cluster",
            column_side="Category",
            noun="product",
        ),
        normalized=True,
        marked=_marked(shown),
        key=MATRIX,
        on_click=partial(_follow_click, shown),
    )
    st.caption("Shares of each cluster's products. A click on a square shows the products behind it, below.")
    if len(rows) > _MOST_ROWS:
        st.caption(f"The {_MOST_ROWS} largest of {counted(len(found.clusters), 'cluster')} are drawn.")
    with st.expander("As a table", icon=":material/table:"):
        figures = table.loc[rows]
        figures.insert(0, "Cluster", [found.names[int(number)] for number in rows], allow_duplicates=True)
        st.dataframe(figures, hide_index=True, width="stretch", column_config={"Cluster": {"pinned": True}})


def _follow_click(table: pd.DataFrame, row: int, column: int) -> None:
    if row < len(table) and column < len(table.columns):
        choose_cell(int(table.index[row]), str(table.columns[column]))


def _marked(table: pd.DataFrame) -> tuple[int, int] | None:
    """Give the square that the address names."""
    cluster, column = st.query_params.get(CLUSTER), st.query_params.get(COLUMN)
    rows, columns = [str(each) for each in table.index], list(table.columns)
    return (rows.index(cluster), columns.index(column)) if cluster in rows and column in columns else None
