"""Maps of a catalog, made in a worker and kept in the home."""

import hashlib
import json
import secrets
import time
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import product_table
from core.explore.catalog_embeddings import CatalogEmbedding, open_embedding
from core.explore.catalog_maps import layout_of, scale_of
from core.explore.map_files import (
    AXES,
    PLACED,
    POINTS_FILE,
    drop_old_maps,
    map_folder,
    read_manifest,
    read_points,
    read_signatures,
    save_map,
    stored_maps,
    write_manifest,
)
from core.explore.map_scene import MapScale, map_scale
from core.explore.map_settings import check_dimensions, check_settings
from core.explore.neighbors import Neighbors, shared_neighbors
from core.explore.placing import KnownPositions, can_place, known_positions, place_products, signatures
from core.explore.projections import Told, check_finite, project
from core.explore.quality import MapQuality, measure_map
from core.home import Home
from core.progress import Progress, SilentProgress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE


@dataclass(frozen=True)
class MapReport:
    """What making a map gave.

    Attributes:
        points: products on the map.
        seconds: how long it took; of a map that was there already, how long it took then.
        trustworthiness: 0..1, scikit-learn's figure with 15 neighbors by cosine; None below 3 products.
        neighbor_preservation: 0..1, share of the 15 nearest in the embedding that the map keeps; None as above.
        measured_products: on how many products' neighborhoods both rest.
        placed: products that were placed into the map after it was drawn, now or before; the others stayed.
        file: the Parquet file of product_id, x, y (z).
        reused: whether the map was there already.
    """

    points: int
    seconds: float
    trustworthiness: float | None
    neighbor_preservation: float | None
    measured_products: int
    placed: int
    file: Path
    reused: bool

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "points": self.points,
            "seconds": self.seconds,
            "trustworthiness": self.trustworthiness,
            "neighbor_preservation": self.neighbor_preservation,
            "measured_products": self.measured_products,
            "placed": self.placed,
            "file": str(self.file),
            "reused": self.reused,
        }


@dataclass(frozen=True)
class MapWish:
    """How a map is to be drawn.

    Attributes:
        method: "umap", "tsne" or "pca".
        settings: See `core.explore.map_settings`; missing ones take their default.
        dimensions: 2 or 3.
        seed: The same seed gives the same map.
        anew: Draw all products anew, even when few are new and could be placed into the map that is there.

    Raises:
        SettingsError: The method, a setting or the number of dimensions is wrong.
    """

    method: str = "umap"
    settings: dict[str, Any] | None = None
    dimensions: int = 2
    seed: int = 0
    anew: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", check_settings(self.method, self.settings))
        check_dimensions(self.dimensions)

    def matches(self, manifest: dict[str, Any]) -> bool:
        """Tell whether a map was drawn by the same wish."""
        wanted = {"method": self.method, "settings": self.settings, "dimensions": self.dimensions, "seed": self.seed}
        return all(manifest[name] == value for name, value in wanted.items())


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
    """Make the flat map of an embedding of a catalog; see :func:`draw_map`."""
    return draw_map(home, catalog, MapWish(method, settings, seed=seed), backbone, actor=actor, progress=progress)


def draw_map(
    home: Home,
    catalog: Catalog,
    wish: MapWish,
    embedding_name: str = DEFAULT_BACKBONE,
    *,
    actor: str,
    progress: Progress | None = None,
) -> MapReport:
    """Make the map of an embedding of a catalog, or find the one made before with the same settings.

    Where an earlier map was drawn by the same settings and at most a third of the products were not there or have
    changed since it was drawn, those are placed into it and all others stay where they were.

    Args:
        home: Where everything is.
        catalog: The catalog.
        wish: How it is to be drawn.
        embedding_name: See :func:`core.explore.catalog_embeddings.open_embedding`.
        actor: Who asked; kept with the map.
        progress: Hears the phases and may cancel.

    Returns:
        What it gave and where it is.

    Raises:
        CatalogError: There is no such embedding yet, or it holds a value that is not finite.
        Cancelled: `progress` was asked to stop; nothing stays.
    """
    parts = in_parts(progress or SilentProgress(), {"draw": 9, "measure": 1})
    embedding = open_embedding(home, catalog, embedding_name)
    version = _version(embedding, wish)
    folder = map_folder(home, catalog, version)
    manifest = read_manifest(folder)
    if manifest is not None and (manifest["anew"] or not wish.anew):
        manifest |= {"asked": _now()}  # it is the latest map again
        write_manifest(folder, manifest)
        return _report(folder, manifest, reused=True)
    start = time.perf_counter()
    matrix = np.asarray(embedding.matrix, np.float32)
    check_finite(matrix, embedding.product_ids)
    signed = signatures(matrix)
    earlier = None if wish.anew or wish.method == "pca" else _earlier(home, catalog, embedding, wish, signed)
    if earlier is not None:
        positions = place_products(
            matrix,
            earlier.known,
            method=wish.method,
            settings=dict(wish.settings or {}),
            seed=wish.seed,
            progress=parts["draw"],
        )
    else:
        positions = _drawn(home, catalog, embedding, wish, progress=parts["draw"])
    strata = _strata(home, catalog, embedding.product_ids)
    quality = measure_map(matrix, positions, strata=strata, seed=wish.seed, progress=parts["measure"])
    placed = np.zeros(len(matrix), bool) if earlier is None else ~earlier.known.laid_out
    frame = _points(embedding.product_ids, positions, placed)
    manifest = _manifest(catalog, embedding, wish, quality, placed=int(placed.sum())) | {
        "seconds": round(time.perf_counter() - start, 3),
        "actor": actor,
        "anew": earlier is None,
        "layout": secrets.token_hex(4) if earlier is None else earlier.layout,
        "scale": list(astuple(map_scale(frame) if earlier is None else earlier.scale)),
    }
    save_map(folder, frame, signed=signed, manifest=manifest)
    drop_old_maps(home, catalog)
    return _report(folder, manifest, reused=False)


def _version(embedding: CatalogEmbedding, wish: MapWish) -> str:
    key = [embedding.name, embedding.version, wish.method, wish.settings, wish.seed, wish.dimensions]
    return f"{wish.method}-{hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]}"


def _drawn(
    home: Home, catalog: Catalog, embedding: CatalogEmbedding, wish: MapWish, *, progress: Progress
) -> np.ndarray:
    def find(count: int, told: Told) -> Neighbors:
        return shared_neighbors(home, catalog, embedding, count, on_progress=told)

    return project(
        np.asarray(embedding.matrix, np.float32),
        wish.method,
        settings=wish.settings,
        dimensions=wish.dimensions,
        seed=wish.seed,
        find_neighbors=find,
        progress=progress,
    )


@dataclass(frozen=True)
class _Earlier:
    """A map that new products are placed into."""

    known: KnownPositions
    layout: str
    scale: MapScale


def _earlier(
    home: Home, catalog: Catalog, embedding: CatalogEmbedding, wish: MapWish, signed: np.ndarray
) -> _Earlier | None:
    """Find the latest map drawn by the same wish, when few enough products are not laid out on it."""
    found = [
        (manifest["asked"], folder, manifest)
        for folder, manifest in stored_maps(home, catalog)
        if manifest["backbone"] == embedding.name and wish.matches(manifest)
    ]
    for _, folder, manifest in sorted(found, key=lambda entry: entry[0], reverse=True):
        before_signed = read_signatures(folder, manifest["points"])
        if before_signed is None:
            continue
        frame = read_points(folder, wish.dimensions)
        known = known_positions(
            embedding.product_ids,
            signed,
            before_ids=frame["product_id"].tolist(),
            before_signed=before_signed,
            before_positions=frame[list(AXES[: wish.dimensions])].to_numpy(np.float32),
            before_placed=frame[PLACED].to_numpy(bool),
        )
        if can_place(known):
            return _Earlier(known, layout_of(folder, manifest), scale_of(frame, manifest))
    return None


def _strata(home: Home, catalog: Catalog, product_ids: list[str]) -> np.ndarray:
    """Give each product the number of its category, so that what is measured keeps every category's share."""
    categories = product_table(home, catalog).set_index("product_id")["category"]
    return np.asarray(pd.factorize(categories.reindex(product_ids).to_numpy())[0], np.int64)


def _manifest(
    catalog: Catalog, embedding: CatalogEmbedding, wish: MapWish, quality: MapQuality, *, placed: int
) -> dict[str, Any]:
    return {
        "method": wish.method,
        "settings": wish.settings,
        "seed": wish.seed,
        "dimensions": wish.dimensions,
        "backbone": embedding.name,
        "embedding_version": embedding.version,
        "catalog_version": catalog.version,
        "points": len(embedding.product_ids),
        "placed": placed,
        "trustworthiness": quality.trustworthiness,
        "neighbor_preservation": quality.neighbor_preservation,
        "judged_neighbors": quality.neighbors,
        "measured_products": quality.measured_products,
        "created": _now(),
        "asked": _now(),
    }


def _points(product_ids: list[str], positions: np.ndarray, placed: np.ndarray) -> pd.DataFrame:
    """Lay out the file of a map; it says which products were placed only where some were."""
    frame = pd.DataFrame({"product_id": list(product_ids)}).astype({"product_id": "str"})
    for axis in range(positions.shape[1]):
        frame[AXES[axis]] = positions[:, axis]
    return frame.assign(**{PLACED: placed}) if placed.any() else frame


def _report(folder: Path, manifest: dict[str, Any], *, reused: bool) -> MapReport:
    return MapReport(
        points=manifest["points"],
        seconds=manifest["seconds"],
        trustworthiness=manifest["trustworthiness"],
        neighbor_preservation=manifest["neighbor_preservation"],
        measured_products=manifest["measured_products"],
        placed=manifest["placed"],
        file=folder / POINTS_FILE,
        reused=reused,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
