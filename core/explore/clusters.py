"""Clusters of a catalog: found, named, and held against the categories."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.explore.catalog_embeddings import open_embedding
from core.explore.catalog_maps import latest_map
from core.explore.cluster_count import ClusterCount, recommend_count
from core.explore.cluster_labels import (
    NO_CLUSTER,
    REDUCED_DIMENSIONS,
    density_labels,
    kmeans_labels,
    medoids,
)
from core.explore.cluster_names import name_clusters, standing_out
from core.explore.cluster_settings import ClusterSettings
from core.explore.kept_clusters import (
    CatalogClusters,
    clusters_folder,
    note_asked,
    read_clusters,
    save_clusters,
)
from core.explore.map_files import read_points
from core.explore.maps import MapWish, draw_map
from core.explore.neighbors import as_unit_rows
from core.explore.product_facts import product_facts, stratum_codes
from core.explore.projections import check_finite, principal_axes
from core.home import Home
from core.progress import Progress, SilentProgress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE

_CUTTING_SHARE = 0.2
_CATEGORIES_SHOWN = 5


def make_clusters(
    home: Home,
    catalog: Catalog,
    embedding_name: str = DEFAULT_BACKBONE,
    settings: ClusterSettings | None = None,
    *,
    actor: str,
    progress: Progress | None = None,
) -> CatalogClusters:
    """Group the products of an embedding, or open the clusters made before with the same settings.

    Density groups the flat UMAP map that was asked for last, brought up to date where it is behind; so the latest map
    stays what it was. Only where there is none, one is drawn.

    Args:
        home: Where everything is.
        catalog: The catalog.
        embedding_name: See :func:`core.explore.catalog_embeddings.open_embedding`.
        settings: How they are grouped.
        actor: Who asked; noted with a map that density needs.
        progress: Told of the phases; may cancel.

    Raises:
        CatalogError: There is no such embedding yet, or it holds a value that is not finite.
        Cancelled: `progress` was asked to stop; nothing stays.
    """
    progress = progress or SilentProgress()
    settings = settings or ClusterSettings()
    embedding = open_embedding(home, catalog, embedding_name)
    wish = _latest_wish(home, catalog, embedding.name) if settings.method == "density" else None
    grouped_on = None if wish is None else {"settings": wish.settings, "seed": wish.seed}
    folder = clusters_folder(home, catalog, embedding, settings, grouped_on)
    found = read_clusters(folder)
    if found is not None:
        note_asked(folder, found)
        return found
    started = time.perf_counter()
    rows = as_unit_rows(embedding.matrix)
    check_finite(rows, embedding.product_ids)
    facts = product_facts(home, catalog, embedding.product_ids)
    strata = stratum_codes(facts["category"]).to_numpy()
    if wish is None:
        labels, count = _by_means(rows, settings, strata, progress=progress)
    else:
        labels = _by_density(home, catalog, embedding.name, wish, settings, strata, actor=actor, progress=progress)
        count = None
    progress.report(1, 1, "naming clusters")
    made = CatalogClusters(
        version=folder.name,
        embedding=embedding.name,
        settings=asdict(settings),
        labels=pd.DataFrame({"product_id": embedding.product_ids, "cluster": labels}).astype({"product_id": "str"}),
        clusters=_described(rows, labels, facts, embedding.product_ids),
        count=None if count is None else count.to_json(),
        agreement=agreement(labels, facts["category"]),
        seconds=round(time.perf_counter() - started, 3),
        grouped_on=grouped_on,
    )
    save_clusters(folder, made)
    return made


def _latest_wish(home: Home, catalog: Catalog, embedding_name: str) -> MapWish:
    """Give how the latest flat UMAP map of an embedding was drawn; the defaults where there is none."""
    drawn = latest_map(home, catalog, "umap", backbone=embedding_name)
    try:
        return MapWish() if drawn is None else MapWish("umap", drawn.settings, seed=drawn.seed)
    except SettingsError:  # drawn by a version that had other settings
        return MapWish()


def _by_density(
    home: Home,
    catalog: Catalog,
    embedding_name: str,
    wish: MapWish,
    settings: ClusterSettings,
    strata: np.ndarray,
    *,
    actor: str,
    progress: Progress,
) -> np.ndarray:
    """Group what lies close together on the map drawn by a wish, which is there already or drawn now."""
    parts = in_parts(progress, {"map": 1, "group": 1})
    drawn = draw_map(home, catalog, wish, embedding_name, actor=actor, progress=parts["map"])
    positions = read_points(drawn.file.parent, wish.dimensions)[["x", "y"]].to_numpy(np.float32)
    return density_labels(
        positions,
        least_products=settings.least_for(len(positions)),
        strata=strata,
        seed=settings.seed,
        tell=lambda: parts["group"].report(0, 1, "grouping products by density"),
    )


def _by_means(
    rows: np.ndarray, settings: ClusterSettings, strata: np.ndarray, *, progress: Progress
) -> tuple[np.ndarray, ClusterCount | None]:
    """Group unit rows by k-means on their first principal components, and say what speaks for how many."""
    reduced = principal_axes(rows, min(REDUCED_DIMENSIONS, rows.shape[1]))
    count = None
    if settings.k is None:
        count = recommend_count(reduced, strata=strata, seed=settings.seed, progress=progress)
    k = settings.k or (count.recommended if count is not None else 1)
    progress.report(1, 1, "grouping products")
    return kmeans_labels(reduced, k, seed=settings.seed), count


def _described(
    rows: np.ndarray, labels: np.ndarray, facts: pd.DataFrame, product_ids: list[str]
) -> list[dict[str, Any]]:
    terms = standing_out(facts, labels)
    represented = medoids(rows, labels)
    categories = [_largest_categories(facts["category"][labels == cluster]) for cluster in range(len(terms))]
    names = name_clusters(terms, [each[0]["category"] if each else None for each in categories])
    described = []
    for cluster, name in enumerate(names):
        products = int((labels == cluster).sum())
        described.append(
            {
                "cluster": cluster,
                "name": name,
                "products": products,
                "share": products / len(labels),
                "medoid": product_ids[int(represented[cluster])],
                "terms": [term.to_json() for term in terms[cluster]],
                "categories": categories[cluster],
                "cuts_across": sum(each["share"] >= _CUTTING_SHARE for each in categories[cluster]) > 1,
            }
        )
    return described


def _largest_categories(paths: pd.Series) -> list[dict[str, Any]]:
    counts = paths.value_counts().head(_CATEGORIES_SHOWN)
    return [
        {"category": str(path), "products": int(many), "share": int(many) / len(paths)} for path, many in counts.items()
    ]


def agreement(labels: np.ndarray, categories: pd.Series) -> float | None:
    """Measure how far clusters and categories say the same: adjusted mutual information, 0 chance, 1 the same.

    Products in no cluster or without a category do not count. Source: Vinh, Epps, Bailey, 2010, as in scikit-learn.

    Returns:
        None when fewer than two products are left.
    """
    counted = categories.notna().to_numpy() & (labels != NO_CLUSTER)
    if counted.sum() < 2:
        return None
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(categories[counted].astype(str).to_numpy(), labels[counted]))
