"""BSON documents without pictures inside, read as the rows of a table."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from core.catalog.bson_documents import BsonFile, decode_document, document_id
from core.catalog.bson_values import plain_fields
from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile

DOCUMENTS_LOOKED_AT = 1_000
_MOST_COLUMNS = 500


class BsonRows:
    """Rows of a `mongodump` file: one a document, its fields the columns, `_id` the first.

    Args:
        file: The documents.
    """

    def __init__(self, file: BsonFile) -> None:
        self._file = file

    @property
    def description(self) -> str:
        """The absolute path of the file, printable."""
        return printable(str(self._file.path))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the fields of the first 1,000 documents, in the order they come."""
        names = {"_id": None}
        for number, row in self.rows():
            if number > DOCUMENTS_LOOKED_AT or len(names) >= _MOST_COLUMNS:
                break
            names |= dict.fromkeys(row)
        return tuple(names)[:_MOST_COLUMNS]

    def count(self) -> int:
        """Count the documents; reads their lengths and ids only."""
        return sum(1 for _ in self._file.ids())

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each document's number and its fields as JSON values."""
        for number, (offset, data) in enumerate(self._file.documents(), start=1):
            product_id = document_id(data)
            if product_id is None:
                self._file.skip(offset, "the document has no usable _id")
                continue
            try:
                fields = plain_fields(decode_document(data), without=frozenset({"_id"}))
            except ValueError as error:
                self._file.skip(offset, str(error))
                continue
            yield number, {"_id": product_id, **fields}

    def skipped(self) -> list[SkippedFile]:
        """Return the documents that could not be read, by their place in the file."""
        return [file for _offset, file in sorted(self._file.skipped.items())]
