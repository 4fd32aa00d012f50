"""A `.keras` file from elsewhere, opened without Keras: a zip of three known files, nothing more is taken from it."""

import json
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

from core.catalog.archive_limits import MIB, UnpackBudget, UnpackLimits
from core.catalog.archive_zip import BROKEN, ZipReader
from core.errors import CatalogError, RunError
from core.models.keras_config import checked_config

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
LIMITS = UnpackLimits(
    members=64, member_bytes=2048 * MIB, total_bytes=2200 * MIB, ratio=50, ratio_from_bytes=16 * MIB, refused=64
)
"""Weights hardly compress; Keras stores them as they are."""

_MOST_CONFIG_BYTES = 64 * MIB
_MOST_METADATA_BYTES = MIB
_CHUNK_BYTES = MIB
_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"


def rewrite_archive(path: Path, target: Path) -> dict[str, Any]:
    """Check a `.keras` file and write one of our own with its weights and its checked description.

    Args:
        path: The file, from anywhere.
        target: Where the new one goes; it must not exist.

    Returns:
        ``keras_version``: what the file says it was saved with, or an empty text.

    Raises:
        RunError: It is no `.keras` file, holds something else, or more than it may.
    """
    _check_kind(path)
    try:
        return _rewrite(path, target)
    finally:
        target.with_name(WEIGHTS).unlink(missing_ok=True)


def _rewrite(path: Path, target: Path) -> dict[str, Any]:
    budget = _ModelBudget(path.name, path.stat().st_size, target.parent, LIMITS)
    try:
        parts, version = _read(ZipReader(path, budget), target)
    except CatalogError as error:
        raise RunError(f"{path.name}: {error}") from error
    except (*BROKEN, zlib.error, OSError) as error:
        raise RunError(f"{path.name} is damaged or cut short ({str(error)[:120]}): copy or save it again") from error
    missing = [name for name in (CONFIG, WEIGHTS) if name not in parts]
    if missing:
        raise RunError(
            f"{path.name} holds no {' and no '.join(missing)}: save the whole model with model.save('x.keras')"
        )
    described = checked_config(parts[CONFIG])
    try:
        with zipfile.ZipFile(target, "x") as made:
            made.writestr(METADATA, json.dumps({"keras_version": version, "date_saved": ""}))
            made.writestr(CONFIG, json.dumps(described))
            made.write(parts[WEIGHTS], WEIGHTS)
    except OSError as error:
        raise RunError(f"the model cannot be kept: {error.strerror or error}; make room on the disk") from error
    return {"keras_version": version}


class _ModelBudget(UnpackBudget):
    """The limits of archives, told in words of models."""

    def bomb(self, why: str) -> CatalogError:
        return CatalogError(f"it was not opened: {why}, more than any model needs")


def _check_kind(path: Path) -> None:
    """Tell by the first bytes what a file is, whatever its name.

    Raises:
        RunError: It is no zip.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}; check its name") from error
    if head.startswith(_ZIP):
        return
    if head == _HDF5:
        raise RunError(
            f"{path.name} is an HDF5 file, whatever its name says: Keras runs code from such files without asking. "
            "Load it where you trust it and save it as model.save('model.keras')"
        )
    if head[:1] == b"\x80":
        raise RunError(f"{path.name} is a pickle, which is a program: it is never loaded. Save the model as .keras")
    raise RunError(f"{path.name} is no .keras file: save the model with model.save('model.keras') in Keras 3")


def _read(reader: ZipReader, target: Path) -> tuple[dict[str, Any], str]:
    """Read the description into memory and the weights beside the target; refuse every other file."""
    parts: dict[str, Any] = {}
    version = ""
    with closing(reader.members()) as members:
        for member in members:
            if member.reason:
                raise RunError(f"the model is not loaded: its part {member.name[:80]!r} is a {member.reason}")
            if member.name in parts:
                raise RunError(f"the model is not loaded: it holds {member.name[:80]!r} twice")
            if member.name == WEIGHTS:
                parts[WEIGHTS] = target.with_name(WEIGHTS)
                _copy(reader.open(member), parts[WEIGHTS])
            elif member.name == CONFIG:
                parts[CONFIG] = _json(reader.open(member).read(_MOST_CONFIG_BYTES + 1), CONFIG, _MOST_CONFIG_BYTES)
            elif member.name == METADATA:
                noted = _json(reader.open(member).read(_MOST_METADATA_BYTES + 1), METADATA, _MOST_METADATA_BYTES)
                version = str(noted.get("keras_version", ""))[:40] if isinstance(noted, dict) else ""
            else:
                raise RunError(
                    f"the model is not loaded: it holds {member.name[:80]!r}, and only {CONFIG}, {METADATA} and "
                    f"{WEIGHTS} are taken from a model (layers that look words up keep files of their own)"
                )
    return parts, version


def _json(data: bytes, name: str, most: int) -> Any:
    if len(data) > most:
        raise RunError(f"the model is not loaded: its {name} has more than {most:,} bytes")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RunError(f"the model is not loaded: its {name} is no JSON ({str(error)[:80]})") from error


def _copy(packed: Any, target: Path) -> None:
    """Copy what is unpacked, never more than a member may have, whatever the archive says of it."""
    size = 0
    with packed, target.open("xb") as file:
        while data := packed.read(_CHUNK_BYTES):
            size += len(data)
            if size > LIMITS.member_bytes:
                raise RunError("the model is not loaded: its weights unpack to more than the archive says")
            file.write(data)
