"""Files and folders that appear whole or not at all."""

import io
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new one, never a mixture.

    Args:
        path: The file; its folder is made when missing.
        data: The whole new content.

    Raises:
        OSError: The disk refused; the old file is untouched and no temporary file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - os.replace is what the fault tests make fail
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json_whole(path: Path, value: object) -> None:
    """Write a value as JSON, whole or not at all; NaN and infinity are refused."""
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode())


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is not JSON.
    """
    return json.loads(path.read_text(encoding="utf-8"))


def save_array_whole(path: Path, array: np.ndarray) -> None:
    """Save an array as ``.npy`` without pickle, whole or not at all."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    write_whole(path, buffer.getvalue())


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Make a folder that appears under its name only when everything in it is written.

    Args:
        path: Where the finished folder goes; must not exist yet.

    Yields:
        A temporary folder beside it, to write into.

    Raises:
        FileExistsError: The finished folder exists already.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    temporary.mkdir()
    try:
        yield temporary
        _sync_files(temporary)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _sync_files(folder: Path) -> None:
    """Flush every file of a folder to the disk, so that the rename cannot outrun the content."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
