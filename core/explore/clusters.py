"""Clusters of a catalog: found, named, kept, and held against the categories."""

import hashlib
import io
import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import ArrowException

from core.catalog.catalogs import Catalog
from core.errors import CatalogError
from core.explore.catalog_embeddings import CatalogEmbedding, open_embedding
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
from core.explore.map_files import read_points
from core.explore.maps import MapWish, draw_map, latest_map
from core.explore.neighbors import as_unit_rows
from core.explore.product_facts import product_facts, stratum_codes
from core.explore.projections import check_finite, principal_axes
from core.files import read_json, whole_folder, write_json_whole, write_whole
from core.home import Home
from core.progress import Progress, SilentProgress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE

_LABELS_FILE, _NOTE_FILE = "clusters.parquet", "clusters.json"
_KEPT = 12
_CUTTING_SHARE = 0.2
_CATEGORIES_SHOWN = 5


@dataclass(frozen=True)
class CatalogClusters:
    """Clusters as pages and the command line show them.

    Attributes:
        version: Names them; changes with the embedding, the catalog and the settings.
        embedding: Name of the embedding.
        settings: Fields of :class:`core.explore.cluster_settings.ClusterSettings`.
        labels: product_id and cluster: 0 is the largest, -1 means in none.
        clusters: One object a cluster: cluster, name, products, share, medoid (the product that stands for it), terms,
            categories (the largest, with counts), cuts_across.
        count: What speaks for which number of clusters; None where it was given or density found it.
        agreement: Adjusted mutual information with the categories, 0 chance, 1 the same; None without categories.
        seconds: What finding them took.
        grouped_on: Settings and seed of the map that density grouped; None for k-means.
    """

    version: str
    embedding: str
    settings: dict[str, Any]
    labels: pd.DataFrame
    clusters: list[dict[str, Any]]
    count: dict[str, Any] | None
    agreement: float | None
    seconds: float
    grouped_on: dict[str, Any] | None = None

    @property
    def names(self) -> dict[int, str]:
        """Name of each cluster by its number; products in none are `no cluster`."""
        return {each["cluster"]: each["name"] for each in self.clusters} | {NO_CLUSTER: "no cluster"}

    @property
    def name_of_product(self) -> dict[str, str]:
        """Name of the cluster by product id; products in none are left out."""
        names = {each["cluster"]: str(each["name"]) for each in self.clusters}
        pairs = zip(self.labels["product_id"].tolist(), self.labels["cluster"].tolist(), strict=True)
        return {str(product_id): names[cluster] for product_id, cluster in pairs if cluster in names}

    def to_json(self) -> dict[str, Any]:
        """Return what the command line prints; the clusters of single products stay in the file."""
        without = int((self.labels["cluster"] == NO_CLUSTER).sum())
        return {
            "embedding": self.embedding,
            "settings": self.settings,
            "products": len(self.labels),
            "without_cluster": without,
            "clusters": self.clusters,
            "count": self.count,
            "agreement": self.agreement,
            "seconds": self.seconds,
            "version": self.version,
            "grouped_on": self.grouped_on,
        }


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
    folder = _folder(home, catalog, embedding, settings, grouped_on)
    found = _read(folder)
    if found is not None:
        write_json_whole(folder / _NOTE_FILE, _note(found) | {"asked": time.time()})
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
    _save(folder, made)
    return made


def latest_clusters(home: Home, catalog: Catalog, embedding_name: str = DEFAULT_BACKBONE) -> CatalogClusters | None:
    """Open the clusters of an embedding that were asked for last; None when there are none that can be read.

    They may show an earlier version of the catalog: products that came since are in none of them.
    """
    found = [
        (note["asked"], folder)
        for folder in _root(home, catalog).glob("[!.]*")
        if (note := _read_note(folder)) is not None and note["embedding"] == embedding_name
    ]
    for _, folder in sorted(found, key=lambda each: (each[0], each[1].name), reverse=True):
        clusters = _read(folder)
        if clusters is not None:
            return clusters
    return None


def is_current(home: Home, catalog: Catalog, clusters: CatalogClusters) -> bool:
    """Tell whether clusters show the catalog and the embedding as they are now."""
    try:
        embedding = open_embedding(home, catalog, clusters.embedding)
    except CatalogError:
        return False
    settings = ClusterSettings(**clusters.settings)
    return _folder(home, catalog, embedding, settings, clusters.grouped_on).name == clusters.version


def _latest_wish(home: Home, catalog: Catalog, embedding_name: str) -> MapWish:
    """Give how the latest flat UMAP map of an embedding was drawn; the defaults where there is none."""
    drawn = latest_map(home, catalog, "umap", backbone=embedding_name)
    return MapWish() if drawn is None else MapWish("umap", drawn.settings, seed=drawn.seed)


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


def _root(home: Home, catalog: Catalog) -> Path:
    return home.cache / "clusters" / str(catalog.catalog_id)


def _folder(
    home: Home,
    catalog: Catalog,
    embedding: CatalogEmbedding,
    settings: ClusterSettings,
    grouped_on: dict[str, Any] | None,
) -> Path:
    parts = [embedding.name, embedding.version, catalog.version, asdict(settings)]
    key = json.dumps(parts if grouped_on is None else [*parts, grouped_on], sort_keys=True)
    return _root(home, catalog) / f"{settings.method}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _note(made: CatalogClusters) -> dict[str, Any]:
    return {
        "embedding": made.embedding,
        "settings": made.settings,
        "clusters": made.clusters,
        "count": made.count,
        "agreement": made.agreement,
        "seconds": made.seconds,
        "grouped_on": made.grouped_on,
        "asked": time.time(),
    }


def _save(folder: Path, made: CatalogClusters) -> None:
    """Keep clusters whole; of each catalog only the newest stay."""
    if folder.exists():
        shutil.rmtree(folder)
    with whole_folder(folder) as draft:
        buffer = io.BytesIO()
        made.labels.to_parquet(buffer, index=False)
        write_whole(draft / _LABELS_FILE, buffer.getvalue())
        write_json_whole(draft / _NOTE_FILE, _note(made))
    others = sorted(folder.parent.glob("[!.]*"), key=lambda path: path.stat().st_mtime)
    for path in others[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _read_note(folder: Path) -> dict[str, Any] | None:
    """Read what clusters say of themselves; None when they are missing or damaged, so that they are made again."""
    kinds: dict[str, Any] = {
        "embedding": str,
        "settings": dict,
        "clusters": list,
        "seconds": int | float,
        "asked": int | float,
    }
    try:
        note = read_json(folder / _NOTE_FILE)
        ClusterSettings(**note["settings"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    sound = all(isinstance(note.get(name), kind) for name, kind in kinds.items())
    return note if sound and all(isinstance(each, dict) and "name" in each for each in note["clusters"]) else None


def _read(folder: Path) -> CatalogClusters | None:
    note = _read_note(folder)
    if note is None:
        return None
    try:
        labels = pd.read_parquet(folder / _LABELS_FILE)[["product_id", "cluster"]]
    except (OSError, KeyError, ValueError, ArrowException):
        return None
    return CatalogClusters(
        version=folder.name,
        embedding=note["embedding"],
        settings=note["settings"],
        labels=labels,
        clusters=note["clusters"],
        count=note.get("count"),
        agreement=note.get("agreement"),
        seconds=float(note["seconds"]),
        grouped_on=note.get("grouped_on"),
    )
