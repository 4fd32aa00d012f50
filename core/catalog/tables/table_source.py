"""A table as a source: its columns understood, each row a product."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from core.catalog.currencies import UNKNOWN_CURRENCY
from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import RowReader, SkippedFile, SourceRecord
from core.catalog.tables.column_mapping import map_columns
from core.catalog.tables.column_styles import check_currency, column_styles
from core.catalog.tables.repeated_rows import RepeatedRows, gather_repeated
from core.catalog.tables.row_records import RowRecords
from core.catalog.tables.table_pictures import TablePictures
from core.catalog.tables.table_readers import open_table
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress, SilentProgress

SAMPLE_ROWS = 500
_ROWS_A_REPORT = 20_000


class TableSource:
    """Products from the rows of a table: a file's, a database's, or whatever else reads as rows.

    The rows are read once to know the ids and once to make products; where ids repeat, once more in between.

    Args:
        home: Where everything is kept.
        reader: Gives the rows.
        settings: What the user said of the columns, the currency and the pictures.
        progress: Hears how far counting is, and may cancel it; None tells nobody.
        beside: Folder where pictures are looked for when the user named none.

    Raises:
        CatalogError: A column the user named is not there, or the folder of the pictures is not.
    """

    def __init__(
        self,
        home: Home,
        reader: RowReader,
        settings: SourceSettings,
        *,
        progress: Progress | None = None,
        beside: Path | None = None,
    ) -> None:
        self._reader = reader
        self._progress = progress or SilentProgress()
        self.first_rows = [row for _, row in islice(reader.rows(), SAMPLE_ROWS)]
        name = reader.description.replace("\\", "/").rsplit("/", 1)[-1]
        if not self.first_rows and not reader.skipped():
            raise CatalogError(f"{name} holds no row below the names of its columns: nothing can be imported")
        columns = self._columns = _all_columns(reader, self.first_rows)
        currency = check_currency(settings.currency)
        self.mapping = map_columns(columns, self.first_rows, given=settings.columns, source=name)
        self._styles = column_styles(self.mapping, self.first_rows, currency=currency)
        self._records = RowRecords(columns, self.mapping, self._styles)
        self._pictures = TablePictures(
            self._records.picture_columns, folder=settings.images, beside=beside, rows=self.first_rows
        )
        self._ids: set[str] | None = None
        self._repeated_ids: set[str] = set()
        self._repeated = RepeatedRows()
        self._skipped: list[SkippedFile] = []
        self._unknown_currency = self._without_id = self._repeats_seen = 0

    @property
    def description(self) -> str:
        """What the reader calls the table: for a file its absolute path."""
        return self._reader.description

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return self._columns

    def known_count(self) -> int | None:
        """Return the number of rows where it is known without reading the table."""
        return self._reader.count()

    def count(self) -> int:
        """Return the number of products."""
        return len(self._known_ids())

    def keys(self) -> set[str]:
        """Return the `product_id` of every row that can be used."""
        return set(self._known_ids())

    def records(self) -> Iterator[SourceRecord]:
        """Yield a product a row, in the order of the table."""
        self._known_ids()
        self._begin()
        made: set[str] = set()
        for _number, row in self._usable(self._skipped):
            product_id, is_repeated = self._id(row)
            if is_repeated:
                if product_id in made:
                    continue
                made.add(product_id)
            yield self._record(row, product_id)

    def head(self, most: int) -> list[SourceRecord]:
        """Make products of the first rows alone, without reading the table to its end."""
        records: dict[str, SourceRecord] = {}
        self._begin()
        for row in self.first_rows:
            if len(records) == most:
                break
            if self._records.trouble(row) is None:
                product_id, _ = self._id(row)
                if product_id in records:
                    self._repeats_seen += 1
                else:
                    records[product_id] = self._record(row, product_id)
        return list(records.values())

    def skipped(self) -> list[SkippedFile]:
        """Return the rows that were left out, and the pictures and prices that could not be had."""
        return [*self._reader.skipped(), *self._repeated.conflicts, *self._skipped]

    def notes(self) -> list[str]:
        """Say what was decided and is worth knowing: merged rows, padded rows, prices of no known currency."""
        notes = list(getattr(self._reader, "notes", list)())
        if self._pictures.lacks_folder:
            names = ", ".join(self._records.picture_columns)
            notes.append(
                f"column {names} holds file names, and no such file is beside the table: products come without "
                "pictures; name their folder with --images"
            )
        if self._repeated.merged:
            notes.append(f"{self._repeated.merged:,} rows repeat a product and were merged with its first row")
        elif self._repeats_seen:
            notes.append(
                f"{self._repeats_seen:,} of the first rows have the id of a row above: they are merged with it, or "
                "left out where they contradict it"
            )
        if self._without_id:
            notes.append(f"{self._without_id:,} rows have no id: their products are known by their content")
        if self._unknown_currency:
            notes.append(
                f"{self._unknown_currency:,} prices name no currency and are kept as {UNKNOWN_CURRENCY}: "
                "name it with --currency"
            )
        if "product_id" not in self.mapping:
            notes.append(
                "no column holds ids, so products are known by their content; name one with --map product_id=COLUMN"
            )
        return notes

    def _record(self, row: Mapping[str, Any], product_id: str) -> SourceRecord:
        further = self._repeated.pictures.get(product_id, ())
        pictures = self._pictures.of_row(row, product_id, further=further, skipped=self._skipped)
        record = self._records.record(row, product_id, pictures=pictures, skipped=self._skipped)
        self._unknown_currency += record.currency == UNKNOWN_CURRENCY
        self._without_id += "product_id" in self.mapping and self._records.given_id(row) is None
        return record

    def _begin(self) -> None:
        """Forget what was counted before the rows are read anew."""
        self._skipped, self._unknown_currency, self._without_id, self._repeats_seen = [], 0, 0, 0

    def _id(self, row: Mapping[str, Any]) -> tuple[str, bool]:
        """Name a row's product, and tell whether other rows bear the same name."""
        given = self._records.given_id(row)
        if given is not None:
            return given, given in self._repeated_ids
        identity = self._records.identity(row)
        is_ambiguous = identity in self._repeated.ambiguous
        return self._records.content(row) if is_ambiguous else identity, identity in self._repeated_ids

    def _known_ids(self) -> set[str]:
        """Read the table once to learn its ids."""
        if self._ids is not None:
            return self._ids
        ids: set[str] = set()
        repeated: set[str] = set()
        for number, row in self._usable([]):
            product_id = self._records.given_id(row) or self._records.identity(row)
            if product_id in ids:
                repeated.add(product_id)
            else:
                ids.add(product_id)
            if number % _ROWS_A_REPORT == 0:
                self._progress.report(0, None, f"counting rows: {number:,}")
        if repeated:
            self._progress.report(0, None, f"comparing rows of {len(repeated):,} repeated ids")
            self._repeated = gather_repeated(self._usable([]), self._records, repeated=repeated)
            ids -= self._repeated.ambiguous
            ids |= self._repeated.ids
            self._repeated_ids = repeated
        self._ids = ids
        return ids

    def _usable(self, skipped: list[SkippedFile]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the rows that can be products."""
        for number, row in self._reader.rows():
            trouble = self._records.trouble(row)
            if trouble is None:
                yield number, row
            else:
                skipped.append(SkippedFile(f"row {number}", "too_long", trouble))


def open_table_source(home: Home, text: str, settings: SourceSettings, progress: Progress) -> TableSource:
    """Open a table's file as a source.

    Raises:
        CatalogError: It cannot be read, or a column or folder the user named is not there.
    """
    reader = open_table(text, settings)
    try:
        beside = Path(text).expanduser().resolve().parent
    except (OSError, RuntimeError) as error:
        raise CatalogError(f"{printable(text)} is not there: expected a table's file; check the path") from error
    return TableSource(home, reader, settings, progress=progress, beside=beside)


def _all_columns(reader: RowReader, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Name the columns, with those that only some of the first rows have."""
    return tuple(dict.fromkeys([*reader.columns, *(name for row in rows for name in row)]))
