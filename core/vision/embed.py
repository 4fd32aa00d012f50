"""Embed a catalog: features and main colors of every picture that has none yet, then its embedding."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.home import Home
from core.progress import Progress
from core.vision.backbones import DEFAULT_BACKBONE, Backbone, find_backbone
from core.vision.embeddings import build_embedding
from core.vision.engine import (
    EngineSettings,
    PictureFile,
    UnreadablePicture,
    color_files,
    encode_files,
)
from core.vision.feature_store import feature_row, feature_shards
from core.vision.learned_layers import derive_features
from core.vision.networks import open_network, prepare_for_pages
from core.vision.palettes import histogram_shards, palette_row, palette_shards
from core.vision.ready_weights import ready_weights
from core.vision.row_shards import RowShards

SHARD_ROWS = 1024
_NAMED_UNREADABLE = 20
_BLOCK_ROWS = 8192
_REPORT_SECONDS = 0.3
_LOG = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True)
class EmbedReport:
    """What embedding a catalog did.

    Attributes:
        backbone: Which backbone.
        pictures: Distinct pictures of the catalog.
        dimensions: Length D of the backbone's features.
        seconds: Wall time of everything.
        pictures_per_second: New pictures a second while the backbone ran; 0 when there were none.
        reused: Pictures whose features were there already.
        version: The embedding now current; None when no picture could be embedded.
        embedding_dimensions: Length d of its rows, at most 256.
        unreadable: Pictures that could not be decoded.
        unreadable_examples: The first of them, with the reason.
        engine: What ran the backbone: `openvino`, `keras`, `opencv`, or None when nothing was new.
        without_features: Pictures whose features are all zero: plain ones, in which no visual word was found.
    """

    backbone: str
    pictures: int
    dimensions: int
    seconds: float
    pictures_per_second: float
    reused: int
    version: str | None
    embedding_dimensions: int
    unreadable: int
    unreadable_examples: tuple[str, ...]
    engine: str | None
    without_features: int


@dataclass
class _Buffer:
    """Rows on their way into a store, written a shard at a time."""

    shards: RowShards
    hashes: list[str] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)

    def add(self, picture_hash: str, row: np.ndarray) -> None:
        self.hashes.append(picture_hash)
        self.rows.append(row)
        if len(self.hashes) >= SHARD_ROWS:
            self.flush()

    def flush(self) -> None:
        if self.hashes:
            self.shards.append(self.hashes, np.stack(self.rows))
            self.hashes, self.rows = [], []


def embed_catalog(
    home: Home, catalog: Catalog, *, backbone: str = DEFAULT_BACKBONE, actor: str, progress: Progress
) -> EmbedReport:
    """Embed every picture of a catalog that has no features yet, then make its embedding.

    Work that was finished before a cancel or a kill is kept: the next call goes on from there.

    Args:
        home: The home.
        catalog: The catalog.
        backbone: Name of the backbone.
        actor: Who asked; noted in the log of the process, for features are made again at will and cannot be undone.
        progress: Told of every step; may cancel.

    Raises:
        BackboneError: There is no such backbone, or its weights are missing.
        Cancelled: `progress` asked to stop.
    """
    started = time.monotonic()
    found = find_backbone(backbone, home=home)
    _LOG.info("%s embeds catalog %s with %s", actor, catalog.name, found.name)
    ready_weights(home, found, catalog, progress=progress)
    found = find_backbone(backbone, home=home)  # words that were fitted just now say how many dimensions they have
    work = _Embedding(home, found, progress=progress)
    files = _picture_files(home, catalog)
    work.encode(files)
    work.color(files)
    progress.report(len(files), len(files), "Reducing features to the embedding")
    embedding = build_embedding(home, catalog, backbone=found.name)
    return EmbedReport(
        backbone=found.name,
        pictures=len(files),
        dimensions=found.feature_dimensions,
        seconds=time.monotonic() - started,
        pictures_per_second=work.encoded / work.encode_seconds if work.encoded else 0.0,
        reused=work.reused,
        version=embedding.version if embedding else None,
        embedding_dimensions=embedding.dimensions if embedding else 0,
        unreadable=len(work.unreadable),
        unreadable_examples=tuple(
            f"{picture.path.name}: {picture.message}" for picture in list(work.unreadable.values())[:_NAMED_UNREADABLE]
        ),
        engine=work.engine,
        without_features=work.count_empty(files) if found.kind == "words" else 0,
    )


def _picture_files(home: Home, catalog: Catalog) -> list[PictureFile]:
    table = picture_table(home, catalog).drop_duplicates("picture_hash")
    pairs = zip(table["picture_hash"], table["extension"], strict=True)
    return [PictureFile(picture_hash, home.picture_path(picture_hash, extension)) for picture_hash, extension in pairs]


class _Embedding:
    """One call of `embed_catalog`: what was done, and what could not be read."""

    def __init__(self, home: Home, backbone: Backbone, *, progress: Progress) -> None:
        self.unreadable: dict[str, UnreadablePicture] = {}
        self.encoded = 0
        self.reused = 0
        self.encode_seconds = 0.0
        self.engine: str | None = None
        self._home, self._backbone, self._progress = home, backbone, progress
        self._settings = EngineSettings(side_px=backbone.side_px, fit=backbone.picture_fit)
        self._features = _Buffer(feature_shards(home, backbone=backbone.name))
        self._palettes = _Buffer(palette_shards(home))
        self._histograms = _Buffer(histogram_shards(home))

    def encode(self, files: list[PictureFile]) -> None:
        """Find features, and colors on the way, of the pictures that have no features."""
        hashes = [file.picture_hash for file in files]
        derive_features(self._home, self._backbone, hashes)
        has_features = self._features.shards.known(hashes)
        self.reused = int(has_features.sum())
        missing = [file for file, known in zip(files, has_features, strict=True) if not known]
        if not missing:
            prepare_for_pages(self._home, self._backbone)
            return
        self._progress.report(0, len(missing), f"Preparing {self._backbone.title}")
        network = open_network(self._home, self._backbone)
        self.engine = network.engine
        colored = self._colored(missing)
        without_colors = {file.picture_hash for file, known in zip(missing, colored, strict=True) if not known}
        started = time.monotonic()
        try:
            results = encode_files(missing, network, settings=self._settings)
            for result in self._reported(results, total=len(missing), message="Embedding pictures"):
                if isinstance(result, UnreadablePicture):
                    self.unreadable[result.picture_hash] = result
                    continue
                self.encoded += 1
                self._features.add(result.picture_hash, feature_row(result.features))
                if result.picture_hash in without_colors:
                    self._palettes.add(result.picture_hash, palette_row(result.bins, result.shares))
                    self._histograms.add(result.picture_hash, result.histogram)
        finally:
            self._flush()
        self.encode_seconds = time.monotonic() - started

    def count_empty(self, files: list[PictureFile]) -> int:
        """Count the pictures whose features are all zero."""
        hashes = [file.picture_hash for file in files]
        blocks = self._features.shards.read_blocks(hashes, block_rows=_BLOCK_ROWS)
        return sum(int((~rows[known].any(axis=1)).sum()) for _start, rows, known in blocks)

    def color(self, files: list[PictureFile]) -> None:
        """Find the colors of pictures that have features but no palette."""
        known = self._colored(files)
        missing = [file for file, done in zip(files, known, strict=True) if not done]
        missing = [file for file in missing if file.picture_hash not in self.unreadable]
        if not missing:
            return
        try:
            results = color_files(missing, settings=self._settings)
            for result in self._reported(results, total=len(missing), message="Finding colors"):
                if isinstance(result, UnreadablePicture):
                    self.unreadable[result.picture_hash] = result
                    continue
                file, bins, shares, histogram = result
                self._palettes.add(file.picture_hash, palette_row(bins, shares))
                self._histograms.add(file.picture_hash, histogram)
        finally:
            self._flush()

    def _colored(self, files: list[PictureFile]) -> np.ndarray:
        """Tell of which pictures both the palette and the histogram are known; bool (files,)."""
        hashes = [file.picture_hash for file in files]
        return self._palettes.shards.known(hashes) & self._histograms.shards.known(hashes)

    def _reported(self, results: Iterator[Result], *, total: int, message: str) -> Iterator[Result]:
        """Pass results on, telling `progress` now and then; close their source when it cancels."""
        told = 0.0
        for done, result in enumerate(results):
            if time.monotonic() - told >= _REPORT_SECONDS:
                told = time.monotonic()
                self._progress.report(done, total, message)
            yield result
        self._progress.report(total, total, message)

    def _flush(self) -> None:
        """Write what is finished; also after a cancel, so that nothing is done twice."""
        for buffer in (self._features, self._palettes, self._histograms):
            buffer.flush()
            buffer.shards.compact()
