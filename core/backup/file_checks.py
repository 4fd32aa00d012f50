"""Checks of single files by what kind of file they are; none of them runs or unpickles anything."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from core.files import load_array, load_arrays, read_json

_BLOCK_BYTES = 1 << 20
_MOST_ARRAYS_BYTES = 2**33


def file_problem(name: str, path: Path) -> str | None:
    """Say what is wrong with a file, by what kind of file it is; None when nothing is."""
    top = name.split("/", 1)[0]
    if top == "pictures":
        return _hash_problem(path)
    check = _CHECKS.get(path.suffix.lower())
    if check is None:
        return None
    try:
        check(path)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, RecursionError) as error:
        return f"cannot be read: {str(error)[:200]}"
    return None


def _hash_problem(path: Path) -> str | None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return None if digest.hexdigest() == path.stem else "its content is not what its name says"


def _read_array(path: Path) -> None:
    # Opening maps the file: a size that does not fit its header fails here. The numbers are the readers' to check.
    load_array(path)


def _read_arrays(path: Path) -> None:
    load_arrays(path, most_bytes=_MOST_ARRAYS_BYTES)  # unpacking checks the sums


def _read_records(path: Path) -> None:
    read_json(path)


def _read_lines(path: Path) -> None:
    with path.open("rb") as file:
        lines = file.read().split(b"\n")
    for line in lines[:-1]:  # the last may be half written while its job runs
        torn = line.startswith(b"{") and not line.endswith(b"}")  # left by a power cut; whoever reads them skips it
        if line and not torn:
            json.loads(line)


def _read_table(path: Path) -> None:
    import pyarrow.parquet as parquet

    table = parquet.ParquetFile(path)
    for group in range(table.num_row_groups):
        table.read_row_group(group)


def _read_webp(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP" or path.stat().st_size != int.from_bytes(head[4:8], "little") + 8:
        raise ValueError("no whole WebP picture")


_CHECKS: dict[str, Callable[[Path], None]] = {
    ".npy": _read_array,
    ".npz": _read_arrays,
    ".json": _read_records,
    ".jsonl": _read_lines,
    ".parquet": _read_table,
    ".webp": _read_webp,
}
