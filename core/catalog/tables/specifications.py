"""Specifications as Flipkart writes them, made into attributes."""

from typing import Any

from core.catalog.tables.cells import clean_text, is_empty, one_line
from core.catalog.tables.ruby_hash import parse_ruby

UNNAMED = "Other"
"""Attribute of values that have no key."""

_LONGEST_NAME = 200


def specifications(text: str) -> dict[str, Any] | None:
    """Read ``{"product_specification"=>[{"key"=>"Color", "value"=>"Red"}, ...]}``.

    A key that comes twice with different values has them joined by commas; values without a key are gathered under
    "Other". A hash without "key" and "value" gives its own entries.

    Returns:
        Text by name; None when it is not written so.
    """
    if not text or is_empty(text):
        return {}
    try:
        value = parse_ruby(text)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    found: dict[str, list[str]] = {}
    for outer, entries in value.items():
        for name, each in _entries(outer, entries):
            values = found.setdefault(one_line(clean_text(name))[:_LONGEST_NAME] or UNNAMED, [])
            if each not in values:
                values.append(each)
    return {name: ", ".join(values) for name, values in found.items()}


def _entries(outer: str, entries: Any) -> list[tuple[str, str]]:
    """List names and values."""
    listed = entries if isinstance(entries, list) else [entries]
    found = []
    for entry in listed:
        if isinstance(entry, dict) and ("value" in entry or "key" in entry):
            found += _named(str(entry.get("key") or UNNAMED), entry.get("value"))
        elif isinstance(entry, dict):
            found += [each for name, value in entry.items() for each in _named(name, value)]
        else:
            found += _named(outer, entry)
    return found


def _named(name: str, value: Any) -> list[tuple[str, str]]:
    text = "" if value is None or isinstance(value, dict | list) else clean_text(str(value))
    return [(name, text)] if text else []
