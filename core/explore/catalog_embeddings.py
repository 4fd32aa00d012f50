"""Every embedding of a catalog, by name: backbones', trained networks', bovw, main colors, predicted probabilities.

`colors` and `probabilities:RUN` are derived: they are made from stored arrays whenever they are opened.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.errors import CatalogError, RunError, SettingsError
from core.explore.color_embedding import color_rows
from core.home import Home
from core.models.runs import Run, find_run, list_runs, open_run
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone, list_backbones, may_be_trained
from core.vision.embeddings import latest_embedding
from core.vision.palettes import read_palettes
from core.vision.pca import MAX_DIMENSIONS, fit_projection, unit_rows

COLORS = "colors"
PROBABILITIES = "probabilities:"
_BLOCK_ROWS = 8192


@dataclass(frozen=True)
class CatalogEmbedding:
    """An embedding as maps, clusters and comparisons read it.

    Attributes:
        name: The name it is asked for by.
        version: Changes whenever its rows do.
        product_ids: One a row.
        matrix: float32 (N, d), rows of length 1; rows of length 0 where nothing is known.
    """

    name: str
    version: str
    product_ids: list[str]
    matrix: np.ndarray


@dataclass(frozen=True)
class EmbeddingEntry:
    """An embedding a catalog has or can have at once.

    Attributes:
        name: What `--embedding` takes.
        title: What people read.
        kind: `backbone`, `run`, `colors` or `probabilities`.
        made: Whether it can be opened without computing features first.
    """

    name: str
    title: str
    kind: str
    made: bool

    def to_json(self) -> dict[str, Any]:
        """Return the entry as the command line prints it."""
        return {"name": self.name, "title": self.title, "kind": self.kind, "made": self.made}


def check_embedding_name(name: str) -> str:
    """Settle the name of an embedding; an empty one is the default backbone.

    Raises:
        BackboneError: There is no backbone of that name, and it is not written like a run's.
        SettingsError: It names probabilities without a run.
    """
    if name == COLORS or may_be_trained(name):
        return name
    if name.startswith(PROBABILITIES):
        if not name.removeprefix(PROBABILITIES):
            raise SettingsError(f"{name!r} names no run: write {PROBABILITIES}RUN, with a run of `runs`")
        return name
    return find_backbone(name or DEFAULT_BACKBONE).name


def backbone_behind(name: str) -> str | None:
    """Name the backbone whose features must be there first; None when none is needed."""
    if name.startswith(PROBABILITIES):
        return None
    return DEFAULT_BACKBONE if name == COLORS else name


def open_embedding(home: Home, catalog: Catalog, name: str = DEFAULT_BACKBONE) -> CatalogEmbedding:
    """Open an embedding of a catalog.

    Args:
        home: Where everything is.
        catalog: The catalog.
        name: A backbone, the id of a run that trained a network of its own, `colors`, or `probabilities:RUN`.

    Raises:
        CatalogError: The catalog does not have it yet.
        BackboneError: There is no such backbone, or its embedding is damaged.
        RunError: There is no such run, or its files are damaged.
    """
    if name == COLORS:
        return _colors(home, catalog)
    if name.startswith(PROBABILITIES):
        return _probabilities(home, catalog, name)
    found = latest_embedding(home, catalog, backbone=name)
    if found is None and catalog.products and not catalog.pictures:
        raise CatalogError(
            f"catalog {catalog.name!r} has no picture to embed: import it again with `--images` and their folder"
        )
    if found is None:
        raise CatalogError(f"catalog {catalog.name!r} has no {name} embedding yet: run `embed {catalog.name}` first")
    return CatalogEmbedding(name, found.version, found.product_ids, found.matrix)


def current_version(home: Home, catalog: Catalog, name: str) -> str | None:
    """Give the version of an embedding as it is now; quick, except for main colors, whose palettes are read.

    Returns:
        None where it is not there, or no more.
    """
    try:
        if name == COLORS:
            return _palettes(home, catalog).version
        if name.startswith(PROBABILITIES):
            return _predicted(home, catalog, name).version
    except (CatalogError, RunError):
        return None
    found = latest_embedding(home, catalog, backbone=name)
    return None if found is None else found.version


def list_embeddings(home: Home, catalog: Catalog) -> list[EmbeddingEntry]:
    """List the embeddings of a catalog: the default, other backbones' that are made, runs', colors, probabilities."""
    made = home.embeddings / str(catalog.catalog_id)
    entries = [
        EmbeddingEntry(backbone.name, f"{backbone.title}, as it came", "backbone", has)
        for backbone in list_backbones()
        if (has := (made / backbone.name / "current.json").is_file()) or backbone.name == DEFAULT_BACKBONE
    ]
    runs = list_runs(home, catalog_id=catalog.catalog_id)
    for run in runs:
        if run.encoder != run.backbone:
            has = (made / run.encoder / "current.json").is_file()
            entries.append(EmbeddingEntry(run.encoder, _run_words(run), "run", has))
    entries.append(EmbeddingEntry(COLORS, "Main colors", "colors", entries[0].made))
    entries.extend(
        EmbeddingEntry(f"{PROBABILITIES}{run.run_id}", f"Probabilities of {_run_words(run)}", "probabilities", True)
        for run in runs
        if run.state == "done"
    )
    return entries


def _run_words(run: Run) -> str:
    return f"{run.name} · {run.recipe} · {run.created[:16].replace('T', ' ')} UTC"


@dataclass(frozen=True)
class _Palettes:
    """The known palettes of a catalog's P pictures, and which of N products each belongs to."""

    product_ids: list[str]
    owners: np.ndarray
    bins: np.ndarray
    shares: np.ndarray

    @property
    def version(self) -> str:
        parts = (self.owners, self.bins, self.shares)
        return _content_name(self.product_ids, *(part.tobytes() for part in parts))


def _palettes(home: Home, catalog: Catalog) -> _Palettes:
    table = picture_table(home, catalog)
    bins, shares = read_palettes(home, table["picture_hash"].tolist())
    known = shares.sum(axis=1) > 0
    if not known.any():
        raise CatalogError(f"catalog {catalog.name!r} has no main colors yet: run `embed {catalog.name}` first")
    owners, product_ids = pd.factorize(table["product_id"][known])
    return _Palettes([str(each) for each in product_ids], owners, bins[known], shares[known])


def _colors(home: Home, catalog: Catalog) -> CatalogEmbedding:
    found = _palettes(home, catalog)
    bins, shares = found.bins, found.shares
    rows = np.zeros((len(found.product_ids), color_rows(bins[:1], shares[:1]).shape[1]), np.float32)
    for start in range(0, len(bins), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        np.add.at(rows, found.owners[block], color_rows(bins[block], shares[block]))
    return CatalogEmbedding(COLORS, found.version, found.product_ids, unit_rows(rows))


@dataclass(frozen=True)
class _Predicted:
    """Which rows of a run's predictions are of products still in the catalog, and which of N products each is of."""

    run: Run
    rows: np.ndarray
    product_ids: list[str]
    owners: np.ndarray

    @property
    def version(self) -> str:
        return _content_name(self.product_ids, self.run.run_id.encode())


def _predicted(home: Home, catalog: Catalog, name: str) -> _Predicted:
    run = find_run(home, name.removeprefix(PROBABILITIES))
    if run.catalog_id != catalog.catalog_id:
        raise CatalogError(f"run {run.run_id!r} belongs to catalog {run.catalog!r}, not to {catalog.name!r}")
    products = open_run(home, run.run_id).products["product_id"]
    present = set(picture_table(home, catalog)["product_id"])
    kept = np.flatnonzero(products.isin(present).to_numpy())
    if not len(kept):
        raise CatalogError(f"no product that run {run.run_id!r} predicted is still in catalog {catalog.name!r}")
    owners, product_ids = pd.factorize(products.to_numpy()[kept])
    return _Predicted(run, kept, [str(each) for each in product_ids], owners)


def _probabilities(home: Home, catalog: Catalog, name: str) -> CatalogEmbedding:
    """Read what a run predicted; square roots make the cosine Bhattacharyya's coefficient of two predictions."""
    found = _predicted(home, catalog, name)
    probabilities = open_run(home, found.run.run_id).probabilities
    counts = np.bincount(found.owners)
    rows = np.zeros((len(found.product_ids), len(found.run.classes)), np.float32)
    for start in range(0, len(found.rows), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        np.add.at(rows, found.owners[block], np.clip(probabilities[found.rows[block]], 0, 1))
    rows = unit_rows(np.sqrt(rows / counts[:, None]))
    if rows.shape[1] > MAX_DIMENSIONS:
        blocks = (rows[start : start + _BLOCK_ROWS] for start in range(0, len(rows), _BLOCK_ROWS))
        rows = fit_projection(blocks).project(rows)
    return CatalogEmbedding(name, found.version, found.product_ids, rows)


def _content_name(product_ids: Sequence[str], *parts: bytes) -> str:
    name = hashlib.sha256("\0".join(product_ids).encode(errors="surrogatepass"))
    for part in parts:
        name.update(part)
    return name.hexdigest()[:16]
