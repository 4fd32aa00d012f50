"""An export of ours as a source: importing it again gives the products it was made from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.catalog.export_manifest import is_export, read_manifest
from core.catalog.export_tables import COLUMNS, TEXTS, read_rows
from core.catalog.picture_formats import printable
from core.catalog.sources import SPLITS, SkippedFile, SourcePicture, SourceRecord
from core.catalog.tables.cells import UNCLEAN
from core.errors import CatalogError

_PICTURE = re.compile(r"pictures/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z]{3,4}")
_MOST_MINOR_UNITS = 10**15
_SEPARATOR = " > "


def find_export(text: str) -> Path | None:
    """Find the export that a user names by its folder or by the table in it; None when it is something else."""
    try:
        path = Path(text).expanduser().absolute()
        if path.is_dir() and is_export(path):
            return path
        if path.is_file() and is_export(path.parent) and path.name == read_manifest(path.parent).table:
            return path.parent
    except (OSError, RuntimeError, ValueError, CatalogError):
        return None
    return None


class ExportSource:
    """The products of an export, with their pictures.

    Args:
        folder: Holds the manifest, the table and the pictures.

    Raises:
        CatalogError: The export is damaged or of a later layout.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = read_manifest(folder)
        self._skipped: list[SkippedFile] = []

    @property
    def description(self) -> str:
        """The absolute path of the folder, printable."""
        return printable(str(self._folder))

    def count(self) -> int | None:
        """Return how many products the manifest says there are."""
        return self._manifest.products

    def keys(self) -> set[str]:
        """Return the `product_id` of every product."""
        return {record.product_id for record in self._read([])}

    def records(self) -> Iterator[SourceRecord]:
        """Yield every product in the order of the table."""
        self._skipped = []
        yield from self._read(self._skipped)

    def skipped(self) -> list[SkippedFile]:
        """Return the rows and pictures that could not be used."""
        return list(self._skipped)

    def _read(self, skipped: list[SkippedFile]) -> Iterator[SourceRecord]:
        path = self._folder / self._manifest.table
        try:
            for number, row in enumerate(read_rows(path, self._manifest.table_format), start=1):
                record = self._record(row, number, skipped)
                if record is not None:
                    yield record
        except (OSError, ValueError) as error:  # what was read before stays imported
            raise CatalogError(
                f"{printable(str(path))} is damaged: {printable(str(error))}; export the catalog again"
            ) from error

    def _record(self, row: dict[str, Any], number: int, skipped: list[SkippedFile]) -> SourceRecord | None:
        row = dict.fromkeys(COLUMNS) | row
        problem = _problem(row)
        if problem:
            skipped.append(SkippedFile(f"row {number}", "unreadable", problem))
            return None
        row = row | {name: _clean(row[name]) for name in (*TEXTS, "attributes")}
        category = row["category"]
        return SourceRecord(
            product_id=row["product_id"],
            title=row["title"],
            category=tuple(category.split(_SEPARATOR)) if category else (),
            price_minor_units=row["price_minor_units"],
            currency=row["currency"],
            brand=row["brand"],
            color=row["color"],
            description=row["description"],
            split=row["split"],
            attributes=row["attributes"] or {},
            pictures=tuple(self._pictures(row, number, skipped)),
        )

    def _pictures(self, row: dict[str, Any], number: int, skipped: list[SkippedFile]) -> Iterator[SourcePicture]:
        """Give the pictures of a row; a name that an export never writes leads nowhere."""
        for name in row["pictures"] or ():
            if not isinstance(name, str) or not _PICTURE.fullmatch(name):
                detail = f"the export names a picture {printable(str(name))[:200]!r}"
                skipped.append(SkippedFile(f"row {number}", "unsafe_name", detail))
                continue
            path = self._folder / name
            if not path.resolve().is_relative_to(self._folder.resolve()):
                skipped.append(SkippedFile(name, "link", "the link leads out of the export"))
                continue
            yield SourcePicture(name, path=path)


def _clean(value: Any) -> Any:
    """Take out of a JSON value what steers terminals or no database takes; an export of ours holds none of it."""
    if isinstance(value, str):
        return value if value.isprintable() else UNCLEAN.sub("", value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return {_clean(name): _clean(each) for name, each in value.items()} if isinstance(value, dict) else value


def _problem(row: dict[str, Any]) -> str:
    """Say what is wrong with a row that strangers may have written; an empty text when nothing is."""
    product_id, price = row.get("product_id"), row.get("price_minor_units")
    if not isinstance(product_id, str) or not product_id or not isinstance(row.get("title"), str):
        return "product_id or title is missing"
    if UNCLEAN.search(product_id):
        return "product_id holds control characters"
    for name in TEXTS:
        if not isinstance(row.get(name), str | None):
            return f"{name} is no text"
    if price is not None and (isinstance(price, bool) or not isinstance(price, int)):
        return "price_minor_units is no whole number"
    if price is not None and not 0 <= price <= _MOST_MINOR_UNITS:
        return f"price_minor_units is {price}: expected 0 to {_MOST_MINOR_UNITS:,}"
    if row["split"] not in (*SPLITS, None):
        return f"split is {row['split'][:40]!r}: expected {', '.join(SPLITS)} or nothing"
    if not isinstance(row.get("attributes"), dict | None) or not isinstance(row.get("pictures"), list | None):
        return "attributes or pictures are no JSON of their kind"
    return ""
