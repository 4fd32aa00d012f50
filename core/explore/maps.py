"""Maps of a catalog, made in a worker and kept in the home."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import ArrowException
from pyarrow.parquet import ParquetFile

from core.catalog.catalogs import Catalog
from core.errors import CatalogError
from core.explore.projections import check_finite, check_settings, project
from core.explore.quality import trustworthiness
from core.files import read_json, whole_folder, write_json_whole
from core.home import Home
from core.progress import Progress, SilentProgress
from core.vision.backbones import DEFAULT_BACKBONE
from core.vision.embeddings import latest_embedding

_POINTS_FILE = "map.parquet"
_MANIFEST_FILE = "manifest.json"
_COLUMNS = ("product_id", "x", "y")
_MOST_POINTS = 20_000_000
_MANIFEST_TYPES: dict[str, Any] = {
    "method": str,
    "settings": dict,
    "seed": int,
    "backbone": str,
    "embedding_version": str,
    "catalog_version": int,
    "points": int,
    "seconds": int | float,
    "trustworthiness": int | float | None,
    "measured_products": int,
    "asked": str,
}


@dataclass(frozen=True)
class MapReport:
    """What making a map gave.

    Attributes:
        points: products on the map.
        seconds: how long it took; of a map that was there already, how long it took then.
        trustworthiness: 0..1, scikit-learn's figure with 15 neighbours by cosine; None below 3 products.
        measured_products: on how many products' neighbourhoods that rests.
        file: the Parquet file of product_id, x, y.
        reused: whether the map was there already.
    """

    points: int
    seconds: float
    trustworthiness: float | None
    measured_products: int
    file: Path
    reused: bool

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "points": self.points,
            "seconds": self.seconds,
            "trustworthiness": self.trustworthiness,
            "measured_products": self.measured_products,
            "file": str(self.file),
            "reused": self.reused,
        }


@dataclass(frozen=True)
class CatalogMap:
    """A map as pages draw it.

    Attributes:
        method: "umap" or "pca".
        version: name of this map, a key for caches.
        backbone: of the embedding.
        embedding_version: the embedding it shows; another than the newest means the map is behind.
        catalog_version: the catalog's version when it was made.
        settings: every setting of the method.
        seed: of the layout.
        trustworthiness: 0..1, None when there are too few products.
        measured_products: on how many products' neighbourhoods that rests.
        frame: product_id, x, y; one row a product, in the order of the embedding.
    """

    method: str
    version: str
    backbone: str
    embedding_version: str
    catalog_version: int
    settings: dict[str, Any]
    seed: int
    trustworthiness: float | None
    measured_products: int
    frame: pd.DataFrame


def make_map(
    home: Home,
    catalog: Catalog,
    *,
    method: str = "umap",
    backbone: str = DEFAULT_BACKBONE,
    settings: dict[str, Any] | None = None,
    seed: int = 0,
    actor: str,
    progress: Progress | None = None,
) -> MapReport:
    """Make the map of a catalog's newest embedding, or find the one made before with the same settings.

    Args:
        home: Where everything is.
        catalog: The catalog.
        method: "umap" or "pca".
        backbone: The backbone of the embedding.
        settings: See `core.explore.projections.UmapSettings`.
        seed: The same seed gives the same map.
        actor: Who asked; kept with the map.
        progress: Hears the phases and may cancel.

    Returns:
        What it gave and where it is.

    Raises:
        CatalogError: There is no embedding yet, or it holds a value that is not finite.
        SettingsError: The method or a setting is wrong.
        Cancelled: `progress` was asked to stop; nothing stays.
    """
    progress = progress or SilentProgress()
    values = check_settings(method, settings)
    embedding = latest_embedding(home, catalog, backbone=backbone)
    if embedding is None:
        raise CatalogError(
            f"catalog {catalog.name!r} has no {backbone} embedding to map yet: run `embed {catalog.name}` first"
        )
    key = [backbone, embedding.version, method, values, seed]
    version = f"{method}-{hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]}"
    folder = home.maps / str(catalog.catalog_id) / version
    manifest = _read_manifest(folder)
    if manifest is not None:
        write_json_whole(folder / _MANIFEST_FILE, manifest | {"asked": _now()})  # it is the latest map again
        return _report(folder, manifest, reused=True)
    start = time.perf_counter()
    matrix = np.asarray(embedding.matrix, np.float32)
    check_finite(matrix, embedding.product_ids)
    positions = project(matrix, method, settings=values, seed=seed, progress=progress)
    progress.report(len(matrix), len(matrix), "measuring the map")
    quality = trustworthiness(matrix, positions, seed=seed)
    manifest = {
        "method": method,
        "settings": values,
        "seed": seed,
        "backbone": backbone,
        "embedding_version": embedding.version,
        "catalog_version": catalog.version,
        "points": len(matrix),
        "seconds": round(time.perf_counter() - start, 3),
        "trustworthiness": quality.value,
        "trustworthiness_neighbours": quality.neighbours,
        "measured_products": quality.measured_products,
        "actor": actor,
        "created": _now(),
        "asked": _now(),
    }
    frame = pd.DataFrame({"product_id": list(embedding.product_ids), "x": positions[:, 0], "y": positions[:, 1]})
    _save(folder, frame.astype({"product_id": "str"}), manifest=manifest)
    return _report(folder, manifest, reused=False)


def latest_map(home: Home, catalog: Catalog, method: str = "umap", *, backbone: str | None = None) -> CatalogMap | None:
    """Open the map of a catalog that was asked for last.

    Args:
        home: Where everything is.
        catalog: The catalog.
        method: "umap" or "pca".
        backbone: Only maps of this backbone's embedding; None takes any.

    Returns:
        The map, or None when there is none.

    Raises:
        CatalogError: Its file of points is damaged.
    """
    found = [
        (manifest["asked"], folder, manifest)
        for folder, manifest in _maps(home, catalog)
        if manifest["method"] == method and backbone in (None, manifest["backbone"])
    ]
    if not found:
        return None
    _, folder, manifest = max(found, key=lambda entry: (entry[0], entry[1].name))
    return CatalogMap(
        method=method,
        version=folder.name,
        backbone=manifest["backbone"],
        embedding_version=manifest["embedding_version"],
        catalog_version=manifest["catalog_version"],
        settings=manifest["settings"],
        seed=manifest["seed"],
        trustworthiness=manifest["trustworthiness"],
        measured_products=manifest["measured_products"],
        frame=_read_points(folder / _POINTS_FILE),
    )


def _maps(home: Home, catalog: Catalog) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Find the whole maps of a catalog; folders still being written begin with a point."""
    for folder in sorted((home.maps / str(catalog.catalog_id)).glob("[!.]*")):
        manifest = _read_manifest(folder)
        if manifest is not None:
            yield folder, manifest


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read what a map says about itself; None when the map is missing or damaged, so that it is made again."""
    try:
        manifest = read_json(folder / _MANIFEST_FILE)
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or not all(
        name in manifest and isinstance(manifest[name], kind) for name, kind in _MANIFEST_TYPES.items()
    ):
        return None
    return manifest if _points_in(folder / _POINTS_FILE) == manifest["points"] else None


def _points_in(path: Path) -> int | None:
    """Count the points of a map by its footer alone: a small file may claim billions; None when it is no such file."""
    try:
        if not path.is_file():
            return None
        with ParquetFile(path) as file:
            return int(file.metadata.num_rows) if set(file.schema_arrow.names) == set(_COLUMNS) else None
    except (OSError, ArrowException):
        return None


def _read_points(path: Path) -> pd.DataFrame:
    try:
        if (_points_in(path) or 0) > _MOST_POINTS:
            raise ValueError(f"more than {_MOST_POINTS:,} points")
        with ParquetFile(path) as file:
            frame = file.read().to_pandas()
        if not np.isfinite(frame[["x", "y"]].to_numpy(np.float64)).all():
            raise ValueError("a point is nowhere")
    except (OSError, ValueError, TypeError, ArrowException) as error:
        raise CatalogError(
            f"{path} is damaged ({str(error)[:200]}): delete {path.parent} and make the map again"
        ) from error
    return frame


def _save(folder: Path, frame: pd.DataFrame, *, manifest: dict[str, Any]) -> None:
    """Write a map whole, in place of a damaged one."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    with whole_folder(folder) as unfinished:
        frame.to_parquet(unfinished / _POINTS_FILE, index=False)
        write_json_whole(unfinished / _MANIFEST_FILE, manifest)


def _report(folder: Path, manifest: dict[str, Any], *, reused: bool) -> MapReport:
    return MapReport(
        points=manifest["points"],
        seconds=manifest["seconds"],
        trustworthiness=manifest["trustworthiness"],
        measured_products=manifest["measured_products"],
        file=folder / _POINTS_FILE,
        reused=reused,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
