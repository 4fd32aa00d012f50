"""Reading what an earlier embedding left, and saying so when it is damaged."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from core.errors import BackboneError
from core.files import load_array


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes a reader raise into one error that names the file.

    Raises:
        FileNotFoundError: The file is not there; that is no damage.
        BackboneError: It cannot be read.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise BackboneError(
            f"{path} is damaged ({reason}): move the folder {path.parent} away and embed the catalog again"
        ) from error


def map_array(path: Path, *, dtype: np.dtype, row_shape: tuple[int | None, ...]) -> np.ndarray:
    """Map an array from the disk after checking that it is the one expected.

    Args:
        path: A ``.npy`` file without pickle.
        dtype: Its type.
        row_shape: Shape of a row; None for a length that may be anything.

    Returns:
        Array of shape (N, *row_shape), read in place.

    Raises:
        FileNotFoundError: It is not there.
        BackboneError: It is damaged or another array.
    """
    with damage_named(path):
        mapped = load_array(path)
        fits = mapped.ndim == 1 + len(row_shape) and all(
            wanted in (None, found) for wanted, found in zip(row_shape, mapped.shape[1:], strict=True)
        )
        if mapped.dtype != dtype or not fits:
            raise ValueError(f"expected rows {row_shape} of {dtype}, found {mapped.shape} of {mapped.dtype}")
        return mapped
