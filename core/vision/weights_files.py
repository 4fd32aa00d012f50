"""Putting weights files where backbones find them: downloaded, or copied from a file, and always checked first."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.errors import BackboneError
from core.home import Home
from core.progress import Progress
from core.vision.backbone import Backbone
from core.vision.backbone_graphs import load_application
from core.vision.bovw import read_vocabulary
from core.vision.hdf5_weights import MOST_WEIGHTS_BYTES
from core.vision.lite_networks import LITE_NETWORKS, missing_checkpoint
from core.vision.weights import find_weights, weights_hash
from core.vision.weights_download import WeightsFetch

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredWeights:
    """A weights file in its place.

    Attributes:
        backbone: Whose.
        file: Where it is.
        bytes: Its size.
        fetched_bytes: How many of them were downloaded just now.
        sha256: Of its content.
        checked: How it was checked, in words.
    """

    backbone: str
    file: str
    bytes: int
    fetched_bytes: int
    sha256: str
    checked: str


def download_weights(
    home: Home,
    backbone: Backbone,
    *,
    source: str = "",
    sha256: str = "",
    allowed_hosts: Sequence[str] = (),
    progress: Progress,
) -> StoredWeights:
    """Download the weights of a backbone into the home, unless they are there.

    Args:
        home: Whose weights folder they go to.
        backbone: Which one.
        source: Another address than the publisher's, such as a mirror.
        sha256: What the file must have instead of the published hash: for weights of your own.
        allowed_hosts: Hosts that may be on private networks.
        progress: Told of size and progress before and while it comes; may cancel.

    Raises:
        BackboneError: There is nothing to download, it cannot be had, or what came is not what it must be.
        Cancelled: `progress` asked to stop; what came is kept and continued next time.
    """
    if sha256 and not _SHA256.fullmatch(sha256):
        raise BackboneError(f"{sha256[:80]!r} is no sha256: expected 64 hex digits, in lower case")
    published = backbone.published
    if published is None:
        raise _not_on_the_web(backbone)
    expected = ("sha256", sha256) if sha256 else (published.algorithm, published.digest)
    found = find_weights(home, backbone)
    if found is not None and expected[1] in ("", _digest(found, expected[0])):
        return _stored(home, backbone, fetched_bytes=0, checked="it was there already")
    if (home.weights / backbone.weights_file).is_file():
        raise BackboneError(
            f"{home.weights / backbone.weights_file} holds other weights than those to download: move it away first"
        )
    url = source or published.url
    host = httpx.URL(url).host if source else "storage.googleapis.com"
    progress.report(
        0, backbone.download_mb * 1000, f"Downloading {backbone.title}: about {backbone.download_mb} MB from {host}"
    )
    fetch = WeightsFetch(home, backbone, url, allowed_hosts=allowed_hosts, progress=progress)
    came = fetch.run()
    try:
        checked = _check_download(backbone, came.path, expected, url)
    except BackboneError:
        fetch.drop()
        raise
    _put(came.path, home.weights / backbone.weights_file)
    fetch.drop()
    return _stored(home, backbone, fetched_bytes=came.fetched_bytes, checked=checked)


def add_weights(home: Home, backbone: Backbone, file: Path, *, replace: bool = False) -> StoredWeights:
    """Copy a weights file into the home, once it is known to be one of this backbone's.

    Args:
        home: Whose weights folder it goes to.
        backbone: Which one.
        file: The file; it may come from strangers.
        replace: Whether weights that are there already may be replaced.

    Raises:
        BackboneError: The file is missing, damaged or of another network; nothing was changed.
    """
    if backbone.kind in ("lite", "trained"):
        raise _not_on_the_web(backbone)
    place = home.weights / backbone.weights_file
    if place.exists() and not replace:
        raise BackboneError(f"{place} is there already: remove it first, or replace it with --replace")
    copied = _copied(file, home.weights / f".{uuid.uuid4().hex}-{backbone.weights_file}")
    try:
        checked = _check_file(backbone, copied)
        _put(copied, place)
    finally:
        copied.unlink(missing_ok=True)
    return _stored(home, backbone, fetched_bytes=0, checked=checked)


def _copied(file: Path, target: Path) -> Path:
    """Copy a file first and look at the copy, so that it cannot change in between."""
    try:
        if not file.is_file():
            raise BackboneError(f"there is no file {file}: name the weights file you downloaded")
        if file.stat().st_size > MOST_WEIGHTS_BYTES:
            raise BackboneError(f"{file} has more than {MOST_WEIGHTS_BYTES:,} bytes: it is no weights file")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise BackboneError(f"cannot copy {file} to {target.parent}: {error.strerror or error}") from error
    return target


def _check_file(backbone: Backbone, path: Path) -> str:
    """Look at a file somebody added; say how it was checked."""
    if backbone.kind == "words":
        read_vocabulary(path)
        return "its arrays are those of a vocabulary"
    published = backbone.published
    if published is not None and published.digest and _digest(path, published.algorithm) == published.digest:
        return f"it has the published {published.algorithm}"
    load_application(backbone, path)
    return "every layer of the network found its weights; it is not the published file"


def _check_download(backbone: Backbone, path: Path, expected: tuple[str, str], url: str) -> str:
    algorithm, digest = expected
    if not digest:
        load_application(backbone, path)
        return "every layer of the network found its weights; its publisher gives no hash"
    found = _digest(path, algorithm)
    if found != digest:
        raise BackboneError(
            f"what came from {url} is not the weights file of backbone '{backbone.name}': {algorithm} {digest} "
            f"expected, {found} found; nothing was kept: try again, or from another address with --from URL"
        )
    if backbone.published is None or digest != backbone.published.digest:
        load_application(backbone, path)
        return f"it has the given {algorithm}, and every layer of the network found its weights"
    return f"it has the published {algorithm}"


def _digest(path: Path, algorithm: str) -> str:
    if not algorithm:
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _put(path: Path, place: Path) -> None:
    os.replace(path, place)  # noqa: PTH105 - os.replace is what the fault tests make fail


def _stored(home: Home, backbone: Backbone, *, fetched_bytes: int, checked: str) -> StoredWeights:
    path = find_weights(home, backbone)
    if path is None:
        raise BackboneError(f"the weights of backbone '{backbone.name}' vanished while they were put in place")
    return StoredWeights(
        backbone=backbone.name,
        file=str(path),
        bytes=path.stat().st_size,
        fetched_bytes=fetched_bytes,
        sha256=weights_hash(home, backbone),
        checked=checked,
    )


def _not_on_the_web(backbone: Backbone) -> BackboneError:
    if backbone.kind == "lite":
        return missing_checkpoint(LITE_NETWORKS[backbone.name])
    if backbone.kind == "words":
        return BackboneError(
            f"backbone '{backbone.name}' is fitted on your pictures: `python -m core fit-words CATALOG`"
        )
    return BackboneError(f"{backbone.name!r} is a network that a run trained: its weights are in the run's folder")
