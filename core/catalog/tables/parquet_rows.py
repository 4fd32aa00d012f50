"""Parquet files, read batch by batch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.catalog.tables.columns import column_names
from core.errors import CatalogError

ROWS_A_BATCH = 512
MOST_GROUP_BYTES = 2**31
MOST_FOOTER_BYTES = 2**26


class ParquetReader:
    """Rows of a Parquet file, in the memory of one batch.

    Args:
        path: The file.

    Raises:
        CatalogError: It is damaged, cut short, or unpacks to more than can be held.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as file:
            self._count = file.metadata.num_rows
            self._check(file)
            self.columns = column_names(file.schema_arrow.names)

    @property
    def description(self) -> str:
        """The absolute path of the file, printable."""
        return printable(str(self._path))

    def count(self) -> int | None:
        """Return the number of rows."""
        return int(self._count)

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row's number and its cells, of the types the file gives them."""
        number = 0
        with self._open() as file:
            batches = file.iter_batches(batch_size=ROWS_A_BATCH)
            while True:
                try:
                    batch = next(batches)
                    columns = [column.to_pylist() for column in batch.columns]
                except StopIteration:
                    return
                except (OSError, ValueError, OverflowError, NotImplementedError) as error:  # Arrow's own are of these
                    raise CatalogError(
                        f"{printable(self._path.name)} is damaged after row {number:,} ({_first_line(error)}): "
                        "write it again"
                    ) from error
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, dict(zip(self.columns, cells, strict=True))

    def skipped(self) -> list[SkippedFile]:
        """Return no row: a Parquet file is read as a whole or not at all."""
        return []

    def _open(self) -> Any:
        import pyarrow.parquet

        try:
            return pyarrow.parquet.ParquetFile(
                self._path, thrift_string_size_limit=MOST_FOOTER_BYTES, thrift_container_size_limit=2**20
            )
        except (OSError, ValueError) as error:
            raise CatalogError(
                f"{printable(self._path.name)} is no Parquet file, or cut short ({_first_line(error)}): write it again"
            ) from error

    def _check(self, file: Any) -> None:
        """Refuse files whose groups of rows unpack to more than memory may hold."""
        for group in range(file.metadata.num_row_groups):
            size = file.metadata.row_group(group).total_byte_size
            if not 0 <= size <= MOST_GROUP_BYTES:
                raise CatalogError(
                    f"{printable(self._path.name)} unpacks a group of rows to {size:,} bytes: at most "
                    f"{MOST_GROUP_BYTES:,} are read; write it with smaller row groups"
                )


def _first_line(error: Exception) -> str:
    return printable(str(error).partition("\n")[0][:200])
