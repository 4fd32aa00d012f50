"""Where products come from: one interface for every kind of source.

A source lists its products one by one, so that a catalog larger than memory can be imported. Files it cannot
use are listed beside the products, never raised: one bad file does not stop an import.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.monitoring.redaction import redact

SPLITS = ("train", "validation", "test")

SKIP_REASONS = {
    "empty": "the file holds no bytes",
    "not_a_picture": "the file is no picture of a known format",
    "unreadable": "the picture is damaged, cut short or may not be read",
    "too_small": "a side of the picture is shorter than 8 pixels",
    "too_large": "the picture has more pixels, or its file more bytes, than the limit",
    "link": "the link leads to a folder, out of the source or nowhere",
    "missing": "the source names a file that is not there",
    "repeated": "the source has something of the same name or id before it",
    # Rows of tables; what is said of a price or a picture leaves the product in.
    "unreadable_row": "the row is broken: no object, cut off, or with a quote that never ends",
    "ragged_row": "the row has more cells than the table has columns, or a single one",
    "too_long": "an id, a title or another cell is longer than is kept",
    "duplicate_id": "the row contradicts the first row of the same id, which counts",
    "bad_price": "the price cannot be read or is not above 0; the product comes without one",
    "outside": "the picture's name leads out of the folder of the pictures",
    # Members of archives.
    "encrypted": "the file is locked with a password: pack it without",
    "unsafe_name": "the name leads out of the archive, or holds signs no file should have",
    "special_file": "it is a device, a pipe or the like, no file",
    "nested_archive": "archives within archives are not opened: unpack it first",
    "unknown_packing": "the file is packed in a way that is not read: pack it as usual (deflate)",
    # Pictures by address; beside these http_404 and so on, see `skip_reason`.
    "bad_url": "the address is none that can be asked: expected http:// or https:// and a host",
    "private_address": "the host is on a private network and was not allowed by name",
    "dns": "the host's name is not known",
    "refused": "the host refuses the connection",
    "unreachable": "there is no way to the host",
    "tls": "the host's certificate cannot be trusted, or the encryption failed",
    "timeout": "the host took too long",
    "disconnected": "the host ended the connection without an answer",
    "too_many_redirects": "the host sends on again and again",
    "truncated": "the answer or the picture in it ends too early",
    "wrong_type": "the answer is no picture, though the host says all is well",
    "wrong_encoding": "the answer is packed in a way that cannot be unpacked",
    "host_given_up": "the host failed again and again and was not asked any more",
    # Result pages.
    "robots": "the site asks crawlers not to fetch it, or asks them to come later",
    "other_site": "the page leads to another site",
    "no_link": "the card holds neither a link to its product nor a picture, so that nothing names the product",
    "unreadable_page": "the page cannot be taken apart within the limits of time and memory",
}


def skip_reason(reason: str) -> str:
    """Say in words why something was left out: `reason` is a key of `SKIP_REASONS` or `http_` and a status."""
    if reason.startswith("http_"):
        return f"the host answers with status {reason.removeprefix('http_')}"
    return SKIP_REASONS.get(reason, reason)


@dataclass(frozen=True)
class SourcePicture:
    """A picture of a product: a file on disk, an address to fetch it from, or its bytes.

    Exactly one of `path`, `url` and `data` is set when a picture is stored; a picture with neither could not be
    had, and its source lists it as skipped.

    Attributes:
        name: what the source calls it, as printable text; in a folder the path relative to it, with "/".
        path: the file to open; its name may hold bytes that are no text.
        url: an http or https address, fetched before the product is stored.
        data: the file's bytes, where a source holds them inside itself.
    """

    name: str
    path: Path | None = None
    url: str | None = None
    data: bytes | None = None


@dataclass(frozen=True)
class SkippedFile:
    """A file or row of a source that was left out, and why (`reason` as `skip_reason` takes it).

    What is left out is told in results, logs and tables: keys and passwords in addresses are hidden.
    """

    name: str
    reason: str
    detail: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "detail"):
            text = getattr(self, name)
            if "://" in text and ("?" in text or "@" in text):
                object.__setattr__(self, name, redact(text))


@dataclass(frozen=True)
class SourceRecord:
    """One product as its source describes it; what the source does not say is None or empty.

    Attributes:
        product_id: unique within the source and the same at every reading.
        title: name shown to people.
        category: levels from the broadest down, `("Clothing", "Shirts")`; empty for none.
        price_minor_units: price in the smallest unit of `currency` (cents), at least 0.
        currency: three letters, `"EUR"`.
        brand: maker.
        color: color name as the source spells it.
        description: free text.
        split: "train", "validation" or "test".
        attributes: further fields, JSON values.
        pictures: in the order to show them.
        needs_picture: True when the product is nothing but its picture, as in a folder: without a usable
            picture there is no product. A row of a table stays a product without one.
    """

    product_id: str
    title: str
    category: tuple[str, ...] = ()
    price_minor_units: int | None = None
    currency: str | None = None
    brand: str | None = None
    color: str | None = None
    description: str | None = None
    split: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    pictures: tuple[SourcePicture, ...] = ()
    needs_picture: bool = False


class Source(Protocol):
    """Products to import, read again from the start at every call of `records`."""

    @property
    def description(self) -> str:
        """Where the products come from, for people and to know the source again: a path or an address."""
        ...

    def count(self) -> int | None:
        """Return how many records `records` will yield, or None when that is not known beforehand."""
        ...

    def keys(self) -> set[str]:
        """Return the `product_id` of every record the source holds now."""
        ...

    def records(self) -> Iterator[SourceRecord]:
        """Yield every product once, always in the same order."""
        ...

    def skipped(self) -> list[SkippedFile]:
        """Return what was left out so far; complete once `records` has been read to its end."""
        ...


class RowReader(Protocol):
    """Rows of named cells: a table's file, the answer of a database, the results of a crawl."""

    @property
    def description(self) -> str:
        """Where the rows come from; becomes the description of the source."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns in order; unnamed ones are called "column 3", doubled ones "name#2"."""
        ...

    def count(self) -> int | None:
        """Return how many rows there are, or None when that is not known without reading them all."""
        ...

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row's number (the first row of data is 1) and its cells by column, always in the same order."""
        ...

    def skipped(self) -> list[SkippedFile]:
        """Return the rows that could not be read so far, named "row 17"."""
        ...
