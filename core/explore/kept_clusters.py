"""Clusters at rest: listed, opened by their version, kept whole; of each catalog only the newest stay."""

import hashlib
import io
import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import ArrowException

from core.catalog.catalogs import Catalog
from core.errors import CatalogError, SettingsError
from core.explore.catalog_embeddings import CatalogEmbedding, open_embedding
from core.explore.cluster_labels import NO_CLUSTER
from core.explore.cluster_settings import ClusterSettings
from core.files import read_json, whole_folder, write_json_whole, write_whole
from core.home import Home
from core.vision.backbones import DEFAULT_BACKBONE

_LABELS_FILE, _NOTE_FILE = "clusters.parquet", "clusters.json"
_KEPT = 12


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


@dataclass(frozen=True)
class KeptClusters:
    """One entry of the list of clusters that are kept.

    Attributes:
        version: Names them, as in :class:`CatalogClusters`.
        settings: How they were found.
        clusters: How many there are.
        asked: When they were asked for last, seconds since 1970.
    """

    version: str
    settings: ClusterSettings
    clusters: int
    asked: float


def kept_clusters(home: Home, catalog: Catalog, embedding_name: str = DEFAULT_BACKBONE) -> list[KeptClusters]:
    """List the clusters of an embedding that are kept, those asked for last first."""
    found = [
        KeptClusters(folder.name, ClusterSettings(**note["settings"]), len(note["clusters"]), float(note["asked"]))
        for folder in _root(home, catalog).glob("[!.]*")
        if (note := _read_note(folder)) is not None and note["embedding"] == embedding_name
    ]
    return sorted(found, key=lambda each: (each.asked, each.version), reverse=True)


def open_clusters(home: Home, catalog: Catalog, version: str) -> CatalogClusters | None:
    """Open clusters by their version, which may come from an address; None when they are not kept or damaged."""
    folders = {folder.name: folder for folder in _root(home, catalog).glob("[!.]*")}
    return read_clusters(folders[version]) if version in folders else None


def latest_clusters(home: Home, catalog: Catalog, embedding_name: str = DEFAULT_BACKBONE) -> CatalogClusters | None:
    """Open the clusters of an embedding that were asked for last; None when there are none that can be read.

    They may show an earlier version of the catalog: products that came since are in none of them.
    """
    for each in kept_clusters(home, catalog, embedding_name):
        clusters = open_clusters(home, catalog, each.version)
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
    return clusters_folder(home, catalog, embedding, settings, clusters.grouped_on).name == clusters.version


def _root(home: Home, catalog: Catalog) -> Path:
    return home.cache / "clusters" / str(catalog.catalog_id)


def clusters_folder(
    home: Home,
    catalog: Catalog,
    embedding: CatalogEmbedding,
    settings: ClusterSettings,
    grouped_on: dict[str, Any] | None,
) -> Path:
    """Name the folder of clusters by everything they follow from."""
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


def note_asked(folder: Path, found: CatalogClusters) -> None:
    """Note that clusters were asked for once more: they are the latest again."""
    write_json_whole(folder / _NOTE_FILE, _note(found))


def save_clusters(folder: Path, made: CatalogClusters) -> None:
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
    except (OSError, ValueError, TypeError, KeyError, SettingsError):
        return None
    sound = all(isinstance(note.get(name), kind) for name, kind in kinds.items())
    return note if sound and all(isinstance(each, dict) and "name" in each for each in note["clusters"]) else None


def read_clusters(folder: Path) -> CatalogClusters | None:
    """Open the clusters in a folder; None when they are missing or damaged, so that they are made again."""
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
