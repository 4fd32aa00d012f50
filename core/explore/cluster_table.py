"""Clusters against categories: where they agree, and which clusters cut across categories."""

from typing import Any

import numpy as np
import pandas as pd

from core.explore.kept_clusters import CatalogClusters

MOST_COLUMNS = 30
OTHERS = "all others"
NONE = "no category"


def cross_table(clusters: CatalogClusters, categories: pd.Series) -> pd.DataFrame:
    """Count the products of each cluster in each category.

    Args:
        clusters: The clusters.
        categories: Category, or a level of it, by product id; missing where a product has none.

    Returns:
        One row a cluster by number, -1 for products in none; columns are categories, the largest first, those beyond
        30 together.
    """
    shown, frequent = _columns(clusters, categories)
    table = pd.crosstab(clusters.labels["cluster"].to_numpy(), shown)
    order = frequent + ([OTHERS] if OTHERS in table else [])
    table.index.name, table.columns.name = "cluster", None
    return table.reindex(columns=list(dict.fromkeys(order)))


def cell_products(
    clusters: CatalogClusters, categories: pd.Series, *, cluster: int, column: str | None = None
) -> list[str]:
    """List the products behind a cell of the table, or behind a whole row of it.

    Args:
        clusters: The clusters.
        categories: As for :func:`cross_table`.
        cluster: A row of the table.
        column: A column of it; None takes all.

    Returns:
        Product ids in the order of the embedding.
    """
    inside = clusters.labels["cluster"].to_numpy() == cluster
    if column is not None:
        inside &= _columns(clusters, categories)[0] == column
    return [str(product_id) for product_id in clusters.labels["product_id"][inside]]


def _columns(clusters: CatalogClusters, categories: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Give the column of the table each product is in, and the categories that have one, the largest first."""
    known = categories.reindex(clusters.labels["product_id"])
    paths = known.astype(object).where(known.notna(), NONE).astype(str)
    frequent = [str(path) for path in paths.value_counts().index[:MOST_COLUMNS]]
    return paths.where(paths.isin(frequent), OTHERS).to_numpy(object), frequent


def cutting_clusters(clusters: CatalogClusters) -> list[dict[str, Any]]:
    """List the clusters that cut across categories, those of the most products first.

    Returns:
        cluster, name, products and reason: which categories of a fifth and more it joins.
    """
    found = []
    for each in clusters.clusters:
        if not each.get("cuts_across"):
            continue
        parts = [part for part in each["categories"] if part["share"] >= 0.2]
        joined = " and ".join(f"{part['category']} ({100 * part['share']:.0f} %)" for part in parts)
        found.append(
            {
                "cluster": each["cluster"],
                "name": each["name"],
                "products": each["products"],
                "reason": f"joins {joined}",
            }
        )
    return sorted(found, key=lambda each: -each["products"])
