"""Matches that are written in pieces and kept, so that an export that was stopped goes on where it was.

A piece is a Parquet file with the matches of a few hundred queries; it appears whole or not at all. The folder's name
says what the pieces come from: another catalog version, embedding, setting or number of matches has another folder.
"""

import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.errors import CatalogError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS

COLUMNS = ("product_id", "place", "match_id", "score", *(f"{part}_part" for part in PARTS))
"""One row a match: which product was asked for, place from 1, the match, score 0..1, parts 0..1 or nothing."""

_KEPT_SECONDS = 7 * 24 * 3600
_FORMAT = 1


def table_schema() -> Any:
    """Give the Arrow schema of a table of matches."""
    import pyarrow as pa

    kinds = {"product_id": pa.string(), "match_id": pa.string(), "place": pa.int32()}
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in COLUMNS])


@contextmanager
def kept_matches(home: Home, index: CatalogIndex, settings: RankingSettings, *, k: int) -> Iterator["KeptMatches"]:
    """Open the pieces of an export; they are nobody else's meanwhile.

    While another export of the same matches is under way, this one gets pieces of its own.

    Args:
        home: Where they are kept.
        index: What is ranked.
        settings: How.
        k: Matches a query.

    Raises:
        CatalogError: The home cannot be written.
    """
    asked = [
        _FORMAT,
        *(index.catalog_id, index.catalog_version, index.encoder, index.embedding_version, len(index)),
        *(settings.to_json(), k),
    ]
    # Events of visitors change popularity without a new version of the catalog: nothing to go on with then.
    unique = uuid.uuid4().hex if settings.weights.popularity else ""
    key = hashlib.sha256((json.dumps(asked, sort_keys=True) + unique).encode()).hexdigest()[:32]
    root = home.cache / "matches"
    lock = FileLock(root / f"{key}.lock", timeout=0)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        key = uuid.uuid4().hex
    except OSError as error:
        raise CatalogError(f"cannot keep matches in {root}: {error.strerror or error}") from error
    try:
        yield KeptMatches(root / key)
    finally:
        lock.release()


class KeptMatches:
    """The pieces of one export, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, start: int) -> bool:
        """Tell whether the piece that begins at a query is there and can be read."""
        from pyarrow import ArrowInvalid
        from pyarrow.parquet import read_metadata

        try:
            read_metadata(self._piece(start))
        except (OSError, ArrowInvalid):
            return False
        return True

    def keep(self, start: int, columns: dict[str, list[Any]]) -> None:
        """Keep the piece that begins at a query.

        Raises:
            CatalogError: The disk is full, or the home cannot be written.
        """
        import pyarrow as pa
        from pyarrow.parquet import write_table

        temporary = self.folder / f".{uuid.uuid4().hex}.tmp"
        try:
            self._drop_old()
            self.folder.mkdir(parents=True, exist_ok=True)
            write_table(pa.Table.from_pydict(columns, schema=table_schema()), temporary, compression="zstd")
            temporary.replace(self._piece(start))
        except OSError as error:
            raise CatalogError(
                f"cannot keep matches in {self.folder}: {error.strerror or error}; free some disk and start again"
            ) from error
        finally:
            temporary.unlink(missing_ok=True)

    def read(self, start: int) -> dict[str, list[Any]]:
        """Read the piece that begins at a query, by column."""
        from pyarrow.parquet import read_table

        return dict(read_table(self._piece(start)).to_pydict())

    def pieces(self, starts: range) -> Iterator[dict[str, list[Any]]]:
        """Read the pieces one after another."""
        return (self.read(start) for start in starts)

    def drop(self) -> None:
        """Let all pieces go, as once the file is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _piece(self, start: int) -> Path:
        return self.folder / f"{start:09d}.parquet"

    def _drop_old(self) -> None:
        """Let go what nobody went on with for a week."""
        if self.folder.is_dir():
            return
        for each in self.folder.parent.iterdir():  # folders, and the locks of exports
            with suppress(FileNotFoundError):  # another export is done with it
                if time.time() - each.stat().st_mtime > _KEPT_SECONDS:
                    shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink()
