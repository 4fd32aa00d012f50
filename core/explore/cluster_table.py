"""Clusters against categories: where they agree, and which clusters cut across categories."""

from typing import Any

import numpy as np
import pandas as pd

from core.explore.clusters import CatalogClusters

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
    known = categories.reindex(clusters.labels["product_id"])
    paths = known.astype(object).where(known.notna(), NONE).astype(str).to_numpy()
    frequent = pd.Series(paths).value_counts().index
    kept = set(frequent[:MOST_COLUMNS])
    shown = [path if path in kept else OTHERS for path in paths]
    table = pd.crosstab(clusters.labels["cluster"].to_numpy(), np.asarray(shown, object))
    order = [path for path in frequent[:MOST_COLUMNS]] + ([OTHERS] if OTHERS in table else [])
    table.index.name, table.columns.name = "cluster", None
    return table.reindex(columns=list(dict.fromkeys(order)))


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
