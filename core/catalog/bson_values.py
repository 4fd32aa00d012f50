"""Values of BSON documents as JSON values, as attributes keep them."""

import base64
import math
from collections.abc import Mapping
from typing import Any

from core.catalog.picture_formats import printable

LONGEST_TEXT = 10_000
MOST_FIELDS = 200
MOST_ENTRIES = 100
_MOST_BINARY = 64


def plain_fields(document: Mapping[str, Any], *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Give the fields of a document as JSON values; documents within it become "outer.inner".

    Args:
        document: As decoded.
        without: Names to leave out.

    Returns:
        At most 200 fields; empty ones and long binary ones are left out.
    """
    fields: dict[str, Any] = {}
    for name, value in document.items():
        if name in without:
            continue
        inner = {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, Mapping) else {name: value}
        for key, each in inner.items():
            plain = plain_value(each)
            if plain is not None and plain != "" and len(fields) < MOST_FIELDS:
                fields[printable(str(key))[:100]] = plain
    return fields


def plain_value(value: Any, *, depth: int = 3) -> Any:
    """Give a value as JSON can hold it; None for what it cannot."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode() if len(value) <= _MOST_BINARY else None
    if isinstance(value, Mapping):
        entries = list(value.items())[:MOST_ENTRIES] if depth else []
        return {printable(str(key))[:100]: plain_value(each, depth=depth - 1) for key, each in entries} or None
    if isinstance(value, list):
        return [plain_value(each, depth=depth - 1) for each in value[:MOST_ENTRIES]] if depth else None
    return _text(value)


def _text(value: Any) -> str:
    """Spell texts, ids, dates, decimals and whatever else databases hold."""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.encode("utf-8", "replace").decode()[:LONGEST_TEXT]
