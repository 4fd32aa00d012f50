"""A map at rest: its points, its manifest, and the signatures by which a later map tells what has changed."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import ArrowException
from pyarrow.parquet import ParquetFile

from core.catalog.catalogs import Catalog
from core.errors import BackboneError, CatalogError
from core.explore.placing import SIGNATURE_NUMBERS
from core.files import read_json, save_array_whole, whole_folder, write_json_whole
from core.home import Home
from core.vision.stored_arrays import map_array

POINTS_FILE = "map.parquet"
MANIFEST_FILE = "manifest.json"
SIGNATURES_FILE = "signatures.npy"
AXES = ("x", "y", "z")
PLACED = "placed"
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
# What maps drawn by an earlier version do not say of themselves.
_LATER: dict[str, tuple[Any, Any]] = {
    "dimensions": (int, 2),
    "neighbor_preservation": (int | float | None, None),
    "placed": (int, 0),
    "layout": (str, ""),
    "scale": (list | None, None),
    "anew": (bool, False),
    "created": (str, ""),
}
MOST_MAPS = 40
"""Maps kept of a catalog; those asked for longest ago go."""


def map_folder(home: Home, catalog: Catalog, version: str) -> Path:
    """Name the folder of a map."""
    return home.maps / str(catalog.catalog_id) / version


def stored_maps(home: Home, catalog: Catalog) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Find the whole maps of a catalog; folders still being written begin with a point."""
    for folder in sorted((home.maps / str(catalog.catalog_id)).glob("[!.]*")):
        manifest = read_manifest(folder)
        if manifest is not None:
            yield folder, manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read what a map says about itself; None when the map is missing or damaged, so that it is made again."""
    try:
        manifest = read_json(folder / MANIFEST_FILE)
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or not all(
        name in manifest and isinstance(manifest[name], kind) for name, kind in _MANIFEST_TYPES.items()
    ):
        return None
    manifest = {name: default for name, (_kind, default) in _LATER.items()} | manifest
    if not all(isinstance(manifest[name], kind) for name, (kind, _default) in _LATER.items()):
        return None
    if manifest["dimensions"] not in (2, 3):
        return None
    return manifest if _points_in(folder / POINTS_FILE, manifest["dimensions"]) == manifest["points"] else None


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Change what a map says about itself."""
    write_json_whole(folder / MANIFEST_FILE, manifest)


def read_points(folder: Path, dimensions: int) -> pd.DataFrame:
    """Read the points of a map.

    Returns:
        product_id, x, y, z where there are three dimensions, and placed: whether a product was placed into the map
        after it was drawn.

    Raises:
        CatalogError: The file is damaged.
    """
    path = folder / POINTS_FILE
    axes = list(AXES[:dimensions])
    try:
        if (_points_in(path, dimensions) or 0) > _MOST_POINTS:
            raise ValueError(f"more than {_MOST_POINTS:,} points")
        with ParquetFile(path) as file:
            frame = file.read().to_pandas()
        if not np.isfinite(frame[axes].to_numpy(np.float64)).all():
            raise ValueError("a point is nowhere")
        placed = frame[PLACED].astype(bool) if PLACED in frame else False
    except (OSError, ValueError, TypeError, KeyError, ArrowException) as error:
        raise CatalogError(
            f"{path} is damaged ({str(error)[:200]}): delete {path.parent} and make the map again"
        ) from error
    return frame[["product_id", *axes]].assign(placed=placed)


def read_signatures(folder: Path, points: int) -> np.ndarray | None:
    """Read the signatures of a map's products, float32 (N, 8); None where an earlier version left none."""
    try:
        found = map_array(folder / SIGNATURES_FILE, dtype=np.dtype(np.float32), row_shape=(SIGNATURE_NUMBERS,))
    except (OSError, BackboneError):
        return None
    return found if len(found) == points else None


def save_map(folder: Path, frame: pd.DataFrame, *, signed: np.ndarray, manifest: dict[str, Any]) -> None:
    """Write a map whole, in place of a damaged one."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    with whole_folder(folder) as unfinished:
        frame.to_parquet(unfinished / POINTS_FILE, index=False)
        save_array_whole(unfinished / SIGNATURES_FILE, signed)
        write_json_whole(unfinished / MANIFEST_FILE, manifest)


def drop_old_maps(home: Home, catalog: Catalog) -> None:
    """Keep the :data:`MOST_MAPS` maps of a catalog that were asked for last."""
    found = sorted(stored_maps(home, catalog), key=lambda entry: entry[1]["asked"], reverse=True)
    for folder, _ in found[MOST_MAPS:]:
        shutil.rmtree(folder, ignore_errors=True)


def _points_in(path: Path, dimensions: int) -> int | None:
    """Count the points of a map by its footer alone: a small file may claim billions; None when it is no such file."""
    try:
        if not path.is_file():
            return None
        with ParquetFile(path) as file:
            names = set(file.schema_arrow.names) - {PLACED}
            return int(file.metadata.num_rows) if names == {"product_id", *AXES[:dimensions]} else None
    except (OSError, ArrowException):
        return None
