"""Looking at a weights file from elsewhere before Keras reads it: plain numbers in the file itself, nothing else.

HDF5 knows no code, but a file may point to other files on this machine (external links, external storage, virtual
datasets) or announce more numbers than any memory holds. Such a file is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import BackboneError

MOST_WEIGHTS_BYTES = 2 << 30
_MOST_OBJECTS = 50_000
_MOST_DEPTH = 16
_MOST_EXPANSION = 4
"""Weights hardly compress; a file that unpacks to more than this many times its size is no weights file."""


def check_weights_file(path: Path) -> None:
    """Check that a file holds nothing but arrays of numbers.

    Args:
        path: An HDF5 file, as Keras writes weights.

    Raises:
        BackboneError: It is missing, damaged, cut short, or holds something else.
    """
    import h5py

    try:
        size_bytes = path.stat().st_size
        if not path.is_file() or size_bytes > MOST_WEIGHTS_BYTES:
            raise ValueError(f"it is no ordinary file of at most {MOST_WEIGHTS_BYTES:,} bytes")
        with h5py.File(path, "r") as file:
            total = sum(_checked_bytes(name, dataset) for name, dataset in _datasets(file))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _no_weights(path, error) from error
    if not 0 < total <= _MOST_EXPANSION * size_bytes:
        raise _no_weights(path, ValueError(f"it announces {total:,} bytes of numbers in a file of {size_bytes:,}"))


def _datasets(file: Any) -> Iterator[tuple[str, Any]]:
    """Yield every array of a file, following no link that leads out of it."""
    import h5py

    waiting: list[tuple[Any, int]] = [(file, 0)]
    seen = 0
    while waiting:
        group, depth = waiting.pop()
        for name in group:
            seen += 1
            if seen > _MOST_OBJECTS or depth > _MOST_DEPTH:
                raise ValueError("it holds far more parts than a network has layers")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"'{name[:80]}' is a link to somewhere else")
            found = group[name]
            if isinstance(found, h5py.Group):
                waiting.append((found, depth + 1))
            elif isinstance(found, h5py.Dataset):
                yield name, found
            else:
                raise ValueError(f"'{name[:80]}' is neither a group nor an array")


def _checked_bytes(name: str, dataset: Any) -> int:
    """Give the size of an array.

    Raises:
        ValueError: It is not made of numbers, or they are kept elsewhere.
    """
    if dataset.dtype.kind not in "fiub":
        raise ValueError(f"'{name[:80]}' holds {dataset.dtype}, not numbers")
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"the numbers of '{name[:80]}' are in another file")
    return int(dataset.nbytes)


def _no_weights(path: Path, error: Exception) -> BackboneError:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return BackboneError(f"{path} is no weights file, or is damaged ({reason}): put the published file there")
