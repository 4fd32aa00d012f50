"""Embeddings: one short unit vector a product, versioned, whole, and opened in place.

`home.embeddings/<catalog_id>/<backbone>/` holds a folder a version and `current.json`, which names the one in use.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.files import read_json, whole_folder, write_json_whole
from core.home import Home
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone, weights_hash
from core.vision.feature_store import feature_shards
from core.vision.pca import Projection, fit_projection, load_projection, unit_rows
from core.vision.row_shards import RowShards
from core.vision.stored_arrays import damage_named, map_array

KEPT_VERSIONS = 3
FIT_SAMPLE_PICTURES = 20_000
REFIT_GROWTH = 2.0
_SEED = 20_26
_BLOCK_ROWS = 4096
_VERSION = re.compile(r"v\d{6}")


@dataclass(frozen=True)
class Embedding:
    """One version of the embedding of a catalog. Its arrays are read from the disk when asked for.

    Attributes:
        folder: Where it is.
        version: Its name, `v000001` and up.
        backbone: Whose features it was made of.
        manifest: Backbone, weights hash, settings, projection, catalog version and counts.
    """

    folder: Path
    version: str
    backbone: str
    manifest: dict[str, Any]

    @cached_property
    def matrix(self) -> np.ndarray:
        """float32 (N, d), d <= 256, rows of length 1, mapped from the disk; row i belongs to `product_ids[i]`."""
        return map_array(self.folder / "matrix.npy", dtype=np.dtype(np.float32), row_shape=(None,))

    @cached_property
    def product_ids(self) -> list[str]:
        """The products that have pictures, in position order."""
        path = self.folder / "product_ids.json"
        with damage_named(path):
            found = read_json(path)
            if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
                raise ValueError("expected a list of product ids")
            return found

    @cached_property
    def projection(self) -> Projection:
        """The principal components behind it."""
        path = self.folder / "pca.npz"
        with damage_named(path):
            return load_projection(path)

    @property
    def dimensions(self) -> int:
        """Length d of a row."""
        return int(self.manifest["dimensions"])

    def project(self, features: np.ndarray) -> np.ndarray:
        """Bring features of other pictures into this embedding.

        Args:
            features: float32 (M, D), of the same backbone.

        Returns:
            float32 (M, d), rows of length 1.
        """
        return self.projection.project(features)


def latest_embedding(home: Home, catalog: Catalog, *, backbone: str = DEFAULT_BACKBONE) -> Embedding | None:
    """Open the current embedding of a catalog; None when it was never embedded with this backbone.

    Raises:
        BackboneError: There is no such backbone, or the embedding is damaged.
    """
    folder = _folder(home, catalog, backbone)
    try:
        with damage_named(folder / "current.json"):
            version = _checked_version(read_json(folder / "current.json"))
        return _open(folder, version, backbone)
    except FileNotFoundError:
        return None


def build_embedding(
    home: Home, catalog: Catalog, *, backbone: str = DEFAULT_BACKBONE, refit: bool = False
) -> Embedding | None:
    """Make the embedding of a catalog from the cached features of its pictures.

    A product's row is the normalised mean of its pictures' unit embeddings. The principal components of the version
    before are kept, so that rows of unchanged products stay the same, until the catalog has more than doubled since
    they were fitted. When nothing has changed there is no new version.

    Args:
        home: The home.
        catalog: The catalog.
        backbone: Whose features.
        refit: Fit new principal components.

    Returns:
        The embedding now current; None when no picture of the catalog has features.
    """
    table = picture_table(home, catalog)
    shards = feature_shards(home, backbone=backbone)
    table = table[shards.known(table["picture_hash"].tolist())]
    if table.empty:
        return None
    before = latest_embedding(home, catalog, backbone=backbone)
    projection = _projection(
        before, shards, table, weights=weights_hash(home, find_backbone(backbone, home=home)), refit=refit
    )
    manifest = _manifest(home, catalog, backbone, table, projection)
    if before is not None and all(before.manifest[key] == manifest[key] for key in ("rows_hash", "pca")):
        return before
    return _write(home, catalog, backbone, manifest=manifest, table=table, projection=projection, shards=shards)


def _projection(
    before: Embedding | None, shards: RowShards, table: pd.DataFrame, *, weights: str, refit: bool
) -> Projection:
    """Keep the principal components of the version before, or fit new ones."""
    hashes = table["picture_hash"].unique()
    if before is not None and not refit and before.manifest["weights_hash"] == weights:
        fitted = before.projection.fitted_pictures
        if min(len(hashes), FIT_SAMPLE_PICTURES) <= REFIT_GROWTH * fitted:
            return before.projection
    if len(hashes) > FIT_SAMPLE_PICTURES:
        chosen = np.random.default_rng(_SEED).choice(len(hashes), FIT_SAMPLE_PICTURES, replace=False)
        hashes = hashes[np.sort(chosen)]
    blocks = shards.read_blocks(list(hashes), block_rows=_BLOCK_ROWS)
    return fit_projection(rows[known] for _start, rows, known in blocks)


def _manifest(
    home: Home, catalog: Catalog, backbone: str, table: pd.DataFrame, projection: Projection
) -> dict[str, Any]:
    found = find_backbone(backbone, home=home)
    rows = hashlib.sha256()
    for product_id, picture_hash in zip(table["product_id"], table["picture_hash"], strict=True):
        rows.update(f"{product_id}\0{picture_hash}\n".encode())
    return {
        "backbone": found.name,
        "weights_hash": weights_hash(home, found),
        "settings": {"side_px": found.side_px, "picture_fit": found.picture_fit, "key": found.settings_key()},
        "catalog": catalog.name,
        "catalog_id": catalog.catalog_id,
        "catalog_version": catalog.version,
        "products": int(table["product_id"].nunique()),
        "pictures": len(table),
        "dimensions": projection.dimensions,
        "pca": projection.key,
        "pca_fitted_pictures": projection.fitted_pictures,
        "rows_hash": rows.hexdigest(),
    }


def _write(
    home: Home,
    catalog: Catalog,
    backbone: str,
    *,
    manifest: dict[str, Any],
    table: pd.DataFrame,
    projection: Projection,
    shards: RowShards,
) -> Embedding:
    folder = _folder(home, catalog, backbone)
    product_ids = table["product_id"].unique()
    folder.mkdir(parents=True, exist_ok=True)
    # Two processes that embed the same catalog at once would choose the same number for what they write.
    with FileLock(folder / ".writing.lock"):
        version = _next_version(folder)
        with whole_folder(folder / version) as draft:
            _write_matrix(
                draft / "matrix.npy", _embedded_blocks(shards, table, projection), len(product_ids), projection
            )
            write_json_whole(draft / "product_ids.json", [str(product_id) for product_id in product_ids])
            projection.save(draft / "pca.npz")
            write_json_whole(draft / "manifest.json", {**manifest, "version": version})
        write_json_whole(folder / "current.json", {"version": version})
        _drop_old_versions(folder, current=version)
    return _open(folder, version, backbone)


def _embedded_blocks(
    shards: RowShards, table: pd.DataFrame, projection: Projection
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the product rows and the embeddings of pictures, a block at a time."""
    owners = pd.factorize(table["product_id"])[0]
    blocks = shards.read_blocks(table["picture_hash"].tolist(), block_rows=_BLOCK_ROWS)
    for start, rows, known in blocks:
        yield owners[start : start + len(rows)][known], projection.project(rows[known])


def _write_matrix(
    path: Path, blocks: Iterator[tuple[np.ndarray, np.ndarray]], products: int, projection: Projection
) -> None:
    """Sum the embeddings of each product's pictures on the disk, then bring the sums to length 1."""
    shape = (products, projection.dimensions)
    matrix = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    for owners, rows in blocks:
        np.add.at(matrix, owners, rows)
    for start in range(0, products, _BLOCK_ROWS):
        matrix[start : start + _BLOCK_ROWS] = unit_rows(matrix[start : start + _BLOCK_ROWS])
    matrix.flush()


def _folder(home: Home, catalog: Catalog, backbone: str) -> Path:
    return home.embeddings / str(catalog.catalog_id) / find_backbone(backbone, home=home).name


def _open(folder: Path, version: str, backbone: str) -> Embedding:
    path = folder / version / "manifest.json"
    with damage_named(path):
        manifest = read_json(path)
        if not isinstance(manifest, dict) or not isinstance(manifest.get("catalog_version"), int):
            raise ValueError("expected an object with a catalog_version")
    return Embedding(folder / version, version, backbone, manifest)


def _checked_version(pointer: Any) -> str:
    version = pointer.get("version") if isinstance(pointer, dict) else None
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise ValueError(f"expected the name of a version, found {str(pointer)[:100]}")
    return version


def _versions(folder: Path) -> Sequence[Path]:
    """List the finished versions, oldest first."""
    return sorted(path for path in folder.glob("v*") if _VERSION.fullmatch(path.name))


def _next_version(folder: Path) -> str:
    last = max((int(path.name[1:]) for path in _versions(folder)), default=0)
    return f"v{last + 1:06d}"


def _drop_old_versions(folder: Path, *, current: str) -> None:
    for path in _versions(folder)[:-KEPT_VERSIONS]:
        if path.name != current:
            shutil.rmtree(path, ignore_errors=True)
