"""BSON documents as a source: one product a document, its pictures inside it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from core.catalog.bson_documents import BsonFile, BsonIndex, decode_document, document_id, id_digest
from core.catalog.bson_values import plain_fields
from core.catalog.category_names import hierarchical_order, names_file, read_category_names
from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, Source, SourcePicture, SourceRecord
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

MOST_PICTURES = 1_000

_OWN_FIELDS = frozenset({"_id", "imgs", "title", "name", "brand", "color", "description"})
_LONGEST_TITLE = 1_000


class BsonSource:
    """Documents `{_id, category_id, imgs: [{picture: bytes}]}`, as the Cdiscount challenge has them.

    The `product_id` is the `_id` as text. The category is the path that the file of names gives its number, or the
    number itself where there is no name. Other fields of a document are attributes.

    Args:
        file: The documents.
        names: Path of each category number, see `read_category_names`.
    """

    def __init__(self, file: BsonFile, names: dict[str, tuple[str, ...]]) -> None:
        self._file, self._names = file, names

    @property
    def description(self) -> str:
        """The absolute path of the file, printable."""
        return printable(str(self._file.path))

    @property
    def category_order(self) -> list[tuple[str, ...]]:
        """Every category of the file of names, numbered so that neighbours are alike."""
        return hierarchical_order(self._names.values())

    def count(self) -> int:
        """Count the documents; reads their lengths and ids only."""
        return self._index.documents

    def keys(self) -> set[str]:
        """Return the `product_id` of every document, reading nothing but ids."""
        return set(self._file.ids())

    def records(self) -> Iterator[SourceRecord]:
        """Yield a product a document, in the order of the file, one document in memory at a time."""
        repeated, taken = self._index.repeated, set()
        for offset, data in self._file.documents():
            product_id = document_id(data)
            if product_id is None:
                self._file.skip(offset, "the document has no usable _id")
                continue
            digest = id_digest(product_id)
            if digest in repeated:
                if digest in taken:
                    self._file.skip(offset, f"_id {product_id} comes a second time", reason="repeated")
                    continue
                taken.add(digest)
            try:
                yield self._record(product_id, decode_document(data))
            except ValueError as error:
                self._file.skip(offset, str(error))

    def skipped(self) -> list[SkippedFile]:
        """Return the documents that could not be read, by their place in the file."""
        return [file for _offset, file in sorted(self._file.skipped.items())]

    @cached_property
    def _index(self) -> BsonIndex:
        return self._file.index()

    def _record(self, product_id: str, document: dict[str, Any]) -> SourceRecord:
        number = document.get("category_id")
        category = () if number is None else self._category(str(number))
        return SourceRecord(
            product_id=product_id,
            title=_text(document, "title") or _text(document, "name") or (category[-1] if category else product_id),
            category=category,
            brand=_text(document, "brand"),
            color=_text(document, "color"),
            description=_text(document, "description"),
            attributes=plain_fields(document, without=_OWN_FIELDS),
            pictures=_pictures(product_id, document.get("imgs")),
        )

    def _category(self, number: str) -> tuple[str, ...]:
        named = self._names.get(number)
        return named if named is not None else tuple(filter(None, [printable(number).strip()[:100]]))


def open_bson_source(home: Home, text: str, settings: SourceSettings, progress: Progress) -> Source:
    """Open a file of BSON documents: products with their pictures inside, or rows as `mongodump` writes them.

    Raises:
        CatalogError: The file cannot be read or its first bytes are no document; the file of names lacks columns.
    """
    file = BsonFile(Path(text), progress=progress)
    if not _holds_pictures(file):
        return _open_rows(home, file, settings, progress)
    if settings.columns:
        raise CatalogError(
            f"{printable(str(file.path))} holds products with their pictures, whose fields are known: "
            "leave out --map, or edit the products after importing them"
        )
    names = names_file(file.path, settings.category_names)
    return BsonSource(file, read_category_names(names) if names else {})


def _holds_pictures(file: BsonFile) -> bool:
    """Tell by the first document that can be read whether pictures lie inside the documents.

    Raises:
        CatalogError: There is none.
    """
    for offset, data in file.documents():
        try:
            document = decode_document(data)
        except ValueError as error:
            file.skip(offset, str(error))
            continue
        return "category_id" in document or isinstance(document.get("imgs"), list)
    problems = "; ".join(each.detail for each in list(file.skipped.values())[:1])
    raise CatalogError(
        f"{printable(str(file.path))} holds no BSON document ({problems}): expected a file such as mongodump writes"
    )


def _open_rows(home: Home, file: BsonFile, settings: SourceSettings, progress: Progress) -> Source:
    """Read documents without pictures inside as rows of a table."""
    from core.catalog.bson_rows import BsonRows
    from core.catalog.tables.table_source import TableSource

    columns = {"product_id": "_id", **settings.columns}
    return TableSource(home, BsonRows(file), replace(settings, columns=columns), progress=progress)


def _text(document: dict[str, Any], name: str) -> str | None:
    value = document.get(name)
    return (printable(value).strip()[:_LONGEST_TITLE] or None) if isinstance(value, str) else None


def _pictures(product_id: str, entries: Any) -> tuple[SourcePicture, ...]:
    """Name the pictures of a product by their place; an entry that holds none is an empty file."""
    found = entries[:MOST_PICTURES] if isinstance(entries, list) else []
    values = (entry.get("picture") if isinstance(entry, dict) else None for entry in found)
    return tuple(
        SourcePicture(f"{product_id}/{place}", data=bytes(value) if isinstance(value, bytes) else b"")
        for place, value in enumerate(values, start=1)
    )
