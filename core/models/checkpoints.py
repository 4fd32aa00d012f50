"""Checkpoints: where a training stands, as one file that appears whole and is never continued by another training."""

import hashlib
import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.files import load_arrays, write_whole
from core.models.learning import Arrays

_NOTES = "notes"
_MOST_BYTES = 2**33
"""A training keeps its weights, their best state and what its optimizer knows of each."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """What was kept between epochs.

    Attributes:
        notes: Numbers, words and lists: epoch, history and the like.
        arrays: Everything else by name.
    """

    notes: dict[str, Any]
    arrays: Arrays

    def group(self, name: str) -> Arrays:
        """Give the arrays written as ``NAME.part``, by part, in the order they were written."""
        parts = (key.partition(".") for key in self.arrays)
        return {part: self.arrays[f"{group}.{part}"] for group, _, part in parts if group == name}


def fingerprint(*parts: object) -> str:
    """Name what a checkpoint belongs to, so that it is never continued with other data or settings."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def write_checkpoint(path: Path, kept: Checkpoint, *, belongs_to: str) -> None:
    """Keep a checkpoint; the one before it stays until the new one is whole.

    Args:
        path: Of the file.
        kept: Where the training stands.
        belongs_to: Fingerprint of its data and settings.
    """
    notes = json.dumps({"belongs_to": belongs_to, **kept.notes}).encode()
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{_NOTES: np.frombuffer(notes, dtype=np.uint8)}, **kept.arrays)
    write_whole(path, buffer.getvalue())


def read_checkpoint(path: Path, *, belongs_to: str) -> Checkpoint | None:
    """Read a checkpoint; None when there is none, it belongs to another training, or it is damaged.

    A damaged one is told in the log: the training then starts again, which loses time but nothing else.
    """
    if not path.exists():
        return None
    try:
        arrays = load_arrays(path, most_bytes=_MOST_BYTES)
        notes = dict(json.loads(arrays.pop(_NOTES).tobytes()))
        return Checkpoint(notes, arrays) if notes.pop("belongs_to") == belongs_to else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        _LOG.warning("the checkpoint %s is damaged (%s): training starts again", path.name, str(error)[:200])
        return None
