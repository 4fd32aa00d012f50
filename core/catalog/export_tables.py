"""The table of an exported catalog, written and read a batch of products at a time, as Parquet, CSV or JSON lines."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from core.catalog.export_cells import csv_lines, optional_cell, optional_value
from core.catalog.money import minor_digits

FORMATS = ("parquet", "csv", "jsonl")

TEXTS = ("title", "category", "currency", "brand", "color", "description", "split")
COLUMNS = (
    "product_id",
    "title",
    "category",
    "price",
    "currency",
    "brand",
    "color",
    "description",
    "split",
    "pictures",
    "attributes",
    "price_minor_units",
)
ROWS_A_BATCH = 2000


@dataclass(frozen=True)
class ExportedProduct:
    """One row of the table.

    Attributes:
        product_id: Its name within the catalog.
        texts: Values of :data:`TEXTS` by name, None where there is none.
        price_minor_units: Its price, if any.
        pictures: Paths of its pictures within the export.
        attributes: Whatever else is known of it.
    """

    product_id: str
    texts: dict[str, str | None]
    price_minor_units: int | None = None
    pictures: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def price(self) -> str | None:
        """The price in major units, for people and other programs: ``12.50``."""
        if self.price_minor_units is None:
            return None
        digits = minor_digits(self.texts.get("currency") or "")
        sign, whole = "-" if self.price_minor_units < 0 else "", str(abs(self.price_minor_units)).zfill(digits + 1)
        return sign + (f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole)


class TableWriter(Protocol):
    """Writes products to a file; a context manager that finishes the file."""

    def write(self, rows: Sequence[ExportedProduct]) -> None:
        """Append products."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_writer(path: Path, table_format: str) -> TableWriter:
    """Open a new file for products in one of :data:`FORMATS`."""
    if table_format == "parquet":
        return _ParquetWriter(path)
    return _CsvWriter(path) if table_format == "csv" else _LinesWriter(path)


def read_rows(path: Path, table_format: str) -> Iterator[dict[str, Any]]:
    """Read the rows of an exported table as they were written: texts and None, ``pictures`` and ``attributes`` as JSON.

    Raises:
        ValueError: The file is damaged.
        OSError: It cannot be read.
    """
    return {"parquet": _parquet_rows, "csv": _csv_rows, "jsonl": _line_rows}[table_format](path)


class _TextWriter:
    """What both kinds of text files share."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _CsvWriter(_TextWriter):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file.write(csv_lines([COLUMNS]).encode())

    def write(self, rows: Sequence[ExportedProduct]) -> None:
        self._file.write(csv_lines([_cells(row) for row in rows]).encode())


class _LinesWriter(_TextWriter):
    def write(self, rows: Sequence[ExportedProduct]) -> None:
        lines = [json.dumps(_plain(row), ensure_ascii=False) for row in rows]
        self._file.write("".join(f"{line}\n" for line in lines).encode())


class _ParquetWriter:
    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        kinds = {"price": pa.float64(), "price_minor_units": pa.int64(), "pictures": pa.list_(pa.string())}
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
        self._file = path.open("xb")
        self._writer = ParquetWriter(self._file, self._schema, compression="zstd")

    def write(self, rows: Sequence[ExportedProduct]) -> None:
        import pyarrow as pa

        plain = [_plain(row) for row in rows]
        for row in plain:
            row["price"] = None if row["price"] is None else float(row["price"])
            row["attributes"] = json.dumps(row["attributes"], ensure_ascii=False)
        self._writer.write_table(pa.Table.from_pylist(plain, schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._writer.close()
        finally:
            self._file.close()


def _plain(row: ExportedProduct) -> dict[str, Any]:
    values: dict[str, Any] = {
        **row.texts,
        "product_id": row.product_id,
        "price": row.price,
        "pictures": list(row.pictures),
    }
    values |= {"attributes": row.attributes, "price_minor_units": row.price_minor_units}
    return {name: values.get(name) for name in COLUMNS}


def _cells(row: ExportedProduct) -> list[str]:
    plain = _plain(row)
    for name in ("pictures", "attributes"):
        plain[name] = json.dumps(plain[name], ensure_ascii=False) if plain[name] else None
    # A price below zero would look like a formula; the marked one is read back exactly.
    return [optional_cell(None if value is None else str(value)) for value in plain.values()]


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    longest = csv.field_size_limit(sys.maxsize if sys.maxsize < 2**31 else 2**31 - 1)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            heading = next(reader, [])
            if tuple(heading) != COLUMNS:
                raise ValueError(f"expected the columns {', '.join(COLUMNS)}, found {', '.join(heading)[:300]}")
            for cells in reader:
                if len(cells) != len(COLUMNS):
                    raise ValueError(f"line {reader.line_num} has {len(cells)} cells, expected {len(COLUMNS)}")
                row: dict[str, Any] = dict(zip(COLUMNS, map(optional_value, cells), strict=True))
                row["pictures"], row["attributes"] = _json(row["pictures"], []), _json(row["attributes"], {})
                minor = row["price_minor_units"]
                row["price_minor_units"] = None if minor is None else int(minor)
                yield row
    except csv.Error as error:
        raise ValueError(str(error)) from error
    finally:
        csv.field_size_limit(longest)


def _line_rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            row = _json(line, None)
            if not isinstance(row, dict):
                raise ValueError(f"a line holds {line[:80]!r}, no JSON object")
            yield row


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS_A_BATCH):
                for row in batch.to_pylist():
                    row["attributes"] = _json(row.get("attributes"), {})
                    yield row
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error


def _json(text: str | None, empty: Any) -> Any:
    if text is None:
        return empty
    try:
        return json.loads(text)
    except (RecursionError, TypeError) as error:
        raise ValueError("a value is nested too deeply, or no text") from error
