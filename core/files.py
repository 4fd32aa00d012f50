"""Files and folders that appear whole or not at all."""

import errno
import io
import json
import os
import shutil
import stat
import struct
import tokenize
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

MOST_BYTES = 512 * 2**20
"""Size above which a file that is read in one go is not what ShelfLens wrote."""

# What NumPy and zipfile raise for damaged files beside OSError and ValueError: the header of an array is parsed as
# Python's own literals, the parts of an archive name ways of packing that may not exist.
_ODD_DAMAGE = (
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    MemoryError,
    OverflowError,
    RuntimeError,  # NotImplementedError and RecursionError among them
    SyntaxError,
    tokenize.TokenError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


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
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    try:
        data = text.encode()
    except UnicodeEncodeError:  # the name of a file that is no UTF-8: escaped, it can be kept and read back
        data = json.dumps(value, indent=1, allow_nan=False).encode()
    write_whole(path, data)


def read_ordinary(path: Path, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Read a file of a home, which may come from strangers: never a pipe or a device, never without an end.

    Args:
        path: The file.
        most_bytes: A larger file is refused before it is read.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no ordinary file, or too large.
        OSError: It cannot be read.
    """
    # Opening a pipe would wait for a writer; looking first and opening later could meet another file.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} is no ordinary file")
        if status.st_size > most_bytes:
            raise ValueError(f"{path} has {status.st_size:,} bytes; at most {most_bytes:,} are read")
        return file.read(status.st_size + 1)  # naming more would set aside memory for it


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is not JSON, larger than 512 MiB, or no ordinary file.
    """
    try:
        return json.loads(read_ordinary(path).decode("utf-8"))
    except RecursionError as error:
        raise ValueError(f"{path} is nested too deeply") from error


def open_appending(path: Path) -> BinaryIO:
    """Open a file of a home for appending, unbuffered, made when missing; a link or a pipe in its place is refused.

    Raises:
        OSError: It is no ordinary file, or the disk refused.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no ordinary file", str(path))
    return open(descriptor, "ab", buffering=0)  # noqa: PTH123 - it is open already


def save_array_whole(path: Path, array: np.ndarray) -> None:
    """Save an array as ``.npy`` without pickle, whole or not at all."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    write_whole(path, buffer.getvalue())


def load_array(path: Path, *, mmap_mode: Literal["r", "r+"] | None = "r") -> np.ndarray:
    """Open a ``.npy`` file of a home, which may be damaged or come from strangers; nothing in it is ever unpickled.

    Args:
        path: The file.
        mmap_mode: "r" maps it for reading, "r+" for changing, None reads it into memory.

    Raises:
        OSError: It is missing or cannot be read.
        ValueError: It holds no array, or another size than it says.
    """
    try:
        found = np.load(path, mmap_mode=mmap_mode, allow_pickle=False)
    except _ODD_DAMAGE as error:
        raise ValueError(f"it holds no array ({type(error).__name__}: {str(error)[:120]})") from error
    if not isinstance(found, np.ndarray):  # a zip by the name of an array
        found.close()
        raise ValueError("it holds an archive, not an array")
    return found


def load_arrays(file: Path | BinaryIO, *, most_bytes: int = MOST_BYTES) -> dict[str, np.ndarray]:
    """Read the arrays of an ``.npz`` file, which may be damaged or come from strangers; nothing is ever unpickled.

    Args:
        file: The file, or one that is open.
        most_bytes: A file whose parts say that they unpack to more is refused before they are unpacked.

    Raises:
        OSError: It is missing or cannot be read.
        ValueError: It holds something else than arrays, or too much.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > most_bytes:
            raise ValueError(f"it unpacks to {unpacked:,} bytes, at most {most_bytes:,} are read")
        if not isinstance(file, Path):
            file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except _ODD_DAMAGE as error:
        raise ValueError(f"it holds no arrays ({type(error).__name__}: {str(error)[:120]})") from error
    strange = [name for name, array in found.items() if not isinstance(array, np.ndarray)]
    if strange:
        raise ValueError(f"{strange[0][:80]!r} in it is no array")
    return found


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
