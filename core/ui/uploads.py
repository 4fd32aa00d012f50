"""Files that visitors bring: checked again here, because the browser's own limit protects nobody."""

import hashlib
import os
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.catalog.pictures import read_picture
from core.errors import HomeError, PictureError
from core.files import write_whole
from core.ui.caches import home
from core.ui.errors import show_problem
from core.ui.wording import number_text

MAX_UPLOAD_MB = 30
MAX_SOURCE_MB = 400
"""As ``server.maxUploadSize``; larger files are imported by their path on the machine."""

_PICTURE_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]
_KEPT_SECONDS = 30 * 24 * 3600
_MEGABYTE = 1024 * 1024


def uploaded_picture(label: str, *, key: str = "upload") -> bytes | None:
    """Ask for one picture and show it; give its bytes. Its name is never used for anything.

    Args:
        label: What it is for, in words of ours.
        key: Names the widget within its page.
    """
    file = st.file_uploader(label, type=_PICTURE_TYPES, key=key, max_upload_size=MAX_UPLOAD_MB)
    if file is None:
        return None
    if file.size > MAX_UPLOAD_MB * _MEGABYTE:
        show_problem(f"The picture has {file.size / _MEGABYTE:.0f} MB; at most {MAX_UPLOAD_MB} MB are read.")
        return None
    return file.getvalue()


def decoded_upload(label: str, *, enough_px: int, key: str = "upload") -> np.ndarray | None:
    """Ask for one picture and decode it; a problem is shown in words.

    Args:
        label: What it is for, in words of ours.
        enough_px: Side of the network's input: a much larger picture is decoded smaller, as for embedding.
        key: Names the widget within its page.

    Returns:
        RGB uint8 (H, W, 3), or None while there is none.
    """
    data = uploaded_picture(label, key=key)
    if data is None:
        return None
    try:
        return read_picture(data, enough_px=enough_px)
    except PictureError as error:
        show_problem(error, title="This picture cannot be read")
        return None


def uploaded_source(label: str, suffixes: tuple[str, ...], *, key: str, help: str | None = None) -> Path | None:
    """Ask for a table or an archive and keep it in the home under a name of our own.

    Args:
        label: What it is for, in words of ours.
        suffixes: Endings that are taken, each with its dot.
        key: Names the widget within its page.
        help: One sentence.

    Returns:
        The kept file, or None while there is none or it cannot be taken.
    """
    kinds = sorted({suffix.rsplit(".", 1)[-1] for suffix in suffixes})
    file = st.file_uploader(label, type=kinds, key=key, max_upload_size=MAX_SOURCE_MB, help=help)
    if file is None:
        return None
    suffix = next((each for each in sorted(suffixes, key=len, reverse=True) if file.name.lower().endswith(each)), None)
    if suffix is None:
        show_problem(f"This file's ending is none of {', '.join(suffixes)}; choose another file.")
        return None
    if file.size == 0:
        show_problem("The file is empty; choose another one.")
        return None
    if file.size > MAX_SOURCE_MB * _MEGABYTE:
        show_problem(
            f"The file has {number_text(file.size / _MEGABYTE, digits=1)} MB; files of up to {MAX_SOURCE_MB} MB "
            "are taken here. Import a larger one by its path on this machine."
        )
        return None
    try:
        return _kept(file, suffix)
    except OSError as error:
        raise HomeError(f"the upload cannot be kept: {error.strerror or error}; make room on the disk") from error


def _kept(file: Any, suffix: str) -> Path:
    """Keep an upload. The same name gives the same path, so that the next delivery is known as the same source."""
    path = home().root / "uploads" / f"{upload_name(file.name)}{suffix}"
    kept = st.session_state.setdefault("_kept_uploads", {})
    if kept.get(str(path)) == file.file_id and path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    _drop_old(path.parent)
    write_whole(path, bytes(file.getbuffer()))
    kept[str(path)] = file.file_id
    return path


def upload_name(name: str) -> str:
    """Make a name of our own from a visitor's: a few plain characters, then a hash that tells names apart."""
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:10]
    plain = re.sub(r"[^a-z0-9]+", "-", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].split(".", 1)[0].lower()).strip("-")
    return f"{plain[:40] or 'upload'}-{digest}"


def _drop_old(folder: Path) -> None:
    """Drop uploads that nobody has renewed for a month; what was imported is in the home for good."""
    oldest = time.time() - _KEPT_SECONDS
    for entry in os.scandir(folder):
        if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < oldest:
            Path(entry.path).unlink(missing_ok=True)
