"""Pictures that visitors bring: checked again here, because the browser's own limit protects nobody."""

import numpy as np
import streamlit as st

from core.catalog.pictures import read_picture
from core.errors import PictureError
from core.ui.errors import show_problem

MAX_UPLOAD_MB = 30
_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]


def uploaded_picture(label: str, *, key: str = "upload") -> bytes | None:
    """Ask for one picture and show it; give its bytes. Its name is never used for anything.

    Args:
        label: What it is for, in words of ours.
        key: Names the widget within its page.
    """
    file = st.file_uploader(label, type=_TYPES, key=key, max_upload_size=MAX_UPLOAD_MB)
    if file is None:
        return None
    if file.size > MAX_UPLOAD_MB * 1024 * 1024:
        show_problem(f"The picture has {file.size / 1024**2:.0f} MB; at most {MAX_UPLOAD_MB} MB are read.")
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
