"""Exports nobody should send: they say they are ours, and then lead out, lie, or never end."""

import json
from pathlib import Path
from typing import Any

from core.catalog.export_tables import COLUMNS
from tests.hostile.hostile_file import HostileFile

_MANIFEST = {"shelflens_export": 1, "catalog": "x", "format": "jsonl", "products": 1}
_ROW: dict[str, Any] = {**dict.fromkeys(COLUMNS), "product_id": "1", "title": "a", "pictures": [], "attributes": {}}
_HASH = "ab" * 32


def files(folder: Path) -> list[HostileFile]:
    """Write the corpus into a folder and list it."""
    return [
        *_rows(folder),
        _entry(folder, "a manifest without an end", "not_a_picture", manifest="[" * 200_000),
        _entry(folder, "more products than there are", "", manifest=json.dumps(_MANIFEST | {"products": 10**18})),
        _entry(folder, "a layout from the future", "upgrade ShelfLens", manifest=_changed(shelflens_export=99)),
        _entry(folder, "a format that leads out", "is damaged", manifest=_changed(format="../../etc/passwd")),
        _entry(folder, "a table of noise", "is damaged", table=b"\xff\x00\xfe" * 5000),
        _entry(folder, "a table nested without an end", "is damaged", table=b'{"attributes":' + b"[" * 500_000),
        _entry(folder, "Parquet that is none", "is damaged", manifest=_changed(format="parquet"), table=b"PAR1PAR1"),
        _entry(
            folder, "CSV with other columns", "is damaged", manifest=_changed(format="csv"), table=b"a,b\x1b[2J\n1,2\n"
        ),
    ]


def _rows(folder: Path) -> list[HostileFile]:
    linked = _entry(folder, "a picture that is a link out", "link", pictures=[f"pictures/ab/{_HASH}.jpg"])
    place = Path(linked.source) / "pictures" / "ab"
    place.mkdir(parents=True)
    (place / f"{_HASH}.jpg").symlink_to("/etc/passwd")
    return [
        linked,
        _entry(folder, "a picture above the export", "unsafe_name", pictures=["../../../etc/passwd"]),
        _entry(folder, "an absolute picture", "unsafe_name", pictures=["/etc/passwd"]),
        _entry(folder, "a picture that is not there", "missing", pictures=[f"pictures/cd/{'cd' * 32}.png"]),
        _entry(folder, "a price above everything", "unreadable", price_minor_units=2**80),
        _entry(folder, "attributes that are a list", "unreadable", attributes=["a"]),
        _entry(folder, "a split that is none", "unreadable", split="\x1b[31mall"),
        _entry(folder, "terminal commands and formulas", "", title="=1+1\x1b]0;owned\x07\u202e"),
        _entry(folder, "attributes of terminal commands", "", attributes={"\x1b[2J": [{"\ud800": "\x9b31m"}, 1]}),
        _entry(folder, "an id of terminal commands", "unreadable", product_id="1\x1b[2J\n"),
        _entry(folder, "a title of 10 MB", "", title="x" * 10_000_000),
    ]


def _changed(**changes: Any) -> str:
    return json.dumps(_MANIFEST | changes)


def _entry(
    folder: Path,
    name: str,
    expected: str,
    *,
    manifest: str | None = None,
    table: bytes | None = None,
    **row: Any,
) -> HostileFile:
    """Write one export: its manifest, and a table of one changed row or of any bytes."""
    place = folder / f"export-{name.replace(' ', '-')}"
    place.mkdir()
    (place / "manifest.json").write_text(_changed() if manifest is None else manifest)
    content = json.dumps(_ROW | row).encode() + b"\n" if table is None else table
    for table_format in ("jsonl", "csv", "parquet"):
        (place / f"products.{table_format}").write_bytes(content)
    return HostileFile(f"export: {name}", str(place), expected)
