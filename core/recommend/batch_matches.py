"""The matches of every product as one table, ranked many queries at a time and written a few hundred at a time."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.export_cells import csv_lines, safe_cell
from core.errors import CatalogError, SettingsError
from core.home import Home
from core.progress import Progress, SilentProgress
from core.recommend.catalog_index import CatalogIndex
from core.recommend.index import open_index
from core.recommend.kept_matches import COLUMNS as COLUMNS
from core.recommend.kept_matches import kept_matches, table_schema
from core.recommend.query_parts import queries_together, score_together
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import Matches
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS
from core.written_file import check_written_file

FORMATS = (".parquet", ".csv")
MOST_K = 1_000
_QUERIES_A_PIECE = 512
_DIGITS = 6


class _Writer(Protocol):
    def write(self, columns: dict[str, list[Any]]) -> None: ...


def check_target(path: Path) -> Path:
    """Check where the table goes before the work begins; raises as :func:`check_written_file` does."""
    return check_written_file(path, endings=FORMATS, what="matches")


def export_matches(
    home: Home,
    catalog: Catalog,
    settings: RankingSettings,
    to: Path,
    *,
    k: int = 10,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Rank for every product and write the best matches of each.

    Memory does not grow with the catalog beyond its index: rows are written as they come. What is ranked is kept in
    the home until the file is whole: asked again after a stop, the export goes on where it was. The file appears whole
    or not at all, in place of an earlier one.

    Args:
        home: The home.
        catalog: The catalog.
        settings: What makes a good match.
        to: A .parquet or .csv file; cells of the latter are safe to open in a spreadsheet.
        k: Matches a product.
        progress: Hears how far it is, and may cancel: the file is not written then.

    Returns:
        JSON values: catalog, file, products, matches, without_match, resumed (products ranked before), seconds.

    Raises:
        SettingsError: k or the file's ending is out of range.
        CatalogError: The embedding is missing, or the file cannot be written.
        Cancelled: The user asked to stop.
    """
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MOST_K:
        raise SettingsError(f"k must be a whole number from 1 to {MOST_K:,}: received {k!r}")
    began, told = time.monotonic(), progress or SilentProgress()
    check_target(to)
    told.report(0, None, "opening the index")
    index = open_index(home, catalog, backbone=settings.embedding)
    starts = range(0, len(index), _QUERIES_A_PIECE)
    resumed = 0
    with kept_matches(home, index, settings, k=k) as kept:
        for start in starts:
            if kept.has(start):
                resumed += len(index.product_ids[start : start + _QUERIES_A_PIECE])
                told.report(start, len(index), "going on where the last export stopped")
            else:
                kept.keep(start, _piece(index, settings, start, k=k, progress=told))
        told.report(len(index), len(index), "writing the file")
        matches = with_match = 0
        with _writing(to) as writer:
            for columns in kept.pieces(starts):
                writer.write(columns)
                matches += len(columns["place"])
                with_match += columns["place"].count(1)
        kept.drop()
    return {
        "catalog": catalog.name,
        "file": str(to),
        "products": len(index),
        "matches": matches,
        "without_match": len(index) - with_match,
        "resumed": resumed,
        "seconds": round(time.monotonic() - began, 3),
    }


def _piece(
    index: CatalogIndex, settings: RankingSettings, start: int, *, k: int, progress: Progress
) -> dict[str, list[Any]]:
    """Rank for the queries of one piece."""
    ids = index.product_ids[start : start + _QUERIES_A_PIECE]
    together = queries_together(index)
    ranked = []
    for first in range(0, len(ids), together):
        block = ids[first : first + together]
        for place, parts in enumerate(score_together([index.query_product(each) for each in block], index), first):
            progress.report(start + place, len(index), f"ranking for {start + place + 1:,} of {len(index):,} products")
            ranked.append((ids[place], rank_parts(parts, settings, k=k)))
    return _columns(ranked)


def _columns(ranked: list[tuple[str, Matches]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for product_id, found in ranked:
        columns["product_id"] += [product_id] * len(found.product_ids)
        columns["place"] += range(1, len(found.product_ids) + 1)
        columns["match_id"] += found.product_ids
        columns["score"] += np.round(found.scores, _DIGITS).tolist()
        for place, part in enumerate(PARTS):
            values = np.round(found.parts[:, place].astype(np.float64), _DIGITS).tolist()
            columns[f"{part}_part"] += [None if value != value else value for value in values]
    return columns


@contextmanager
def _writing(path: Path) -> Iterator[_Writer]:
    """Write beside the file and put it there once it is whole."""
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        kind = _ParquetWriter if path.suffix.lower() == ".parquet" else _CsvWriter
        with kind(temporary) as writer:
            yield writer
        os.replace(temporary, path)  # noqa: PTH105 - what the fault tests make fail
    except OSError as error:
        raise CatalogError(f"cannot write {path}: {error.strerror or error}; name another file or free disk") from error
    finally:
        temporary.unlink(missing_ok=True)


class _CsvWriter:
    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")

    def __enter__(self) -> "_CsvWriter":
        self._file.write(csv_lines([COLUMNS]).encode())
        return self

    def write(self, columns: dict[str, list[Any]]) -> None:
        rows = zip(*columns.values(), strict=True)
        self._file.write(csv_lines([[_cell(value) for value in row] for row in rows]).encode())

    def __exit__(self, *_: object) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class _ParquetWriter:
    def __init__(self, path: Path) -> None:
        from pyarrow.parquet import ParquetWriter

        self._schema = table_schema()
        self._file = path.open("xb")
        self._writer = ParquetWriter(self._file, self._schema, compression="zstd")

    def __enter__(self) -> "_ParquetWriter":
        return self

    def write(self, columns: dict[str, list[Any]]) -> None:
        import pyarrow as pa

        if columns["place"]:
            self._writer.write_table(pa.Table.from_pydict(columns, schema=self._schema))

    def __exit__(self, *_: object) -> None:
        try:
            self._writer.close()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()


def _cell(value: object) -> str:
    return "" if value is None else safe_cell(value) if isinstance(value, str) else f"{value:.10g}"
