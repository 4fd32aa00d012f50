"""What pages keep between reruns: bounded, and keyed by what changes with the data.

A catalog's version rises with every change, so ``(home, catalog_id, version)`` names one state of it for good.
"""

import base64
import io
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.access.actor import Role, require
from core.catalog.catalogs import Catalog
from core.catalog.picture_lookup import picture_file
from core.catalog.pictures import read_picture
from core.catalog.products import count_by, picture_table, product_table
from core.errors import PictureError
from core.home import Home, open_home
from core.monitoring.journal import start_journal

LARGE_SIDE_PX = 720
_EMPTY_PICTURE = ""


def home() -> Home:
    """Give the home of this server to a visitor who may look, opened once and migrated when it is older.

    Raises:
        AccessError: Nobody who was let in asks; whatever draws a page without the guard ends here.
    """
    require(Role.VIEWER, "look at anything")
    return opened_home()


def opened_home() -> Home:
    """Give the home without asking who wants it: for the audit log, which also tells who was refused."""
    return _open_home(os.environ.get("SHELFLENS_HOME"))


@st.cache_resource(show_spinner=False, max_entries=8)
def _open_home(root: str | None) -> Home:
    opened = open_home(root)
    start_journal(opened.root)
    return opened


def _catalog_key(catalog: Catalog) -> tuple[int, int]:
    return (catalog.catalog_id, catalog.version)


def products_of(catalog: Catalog) -> pd.DataFrame:
    """Give the table of a catalog's products in position order; do not change it."""
    return _products_of(str(home().root), _catalog_key(catalog), catalog)


@st.cache_resource(show_spinner="Reading products", max_entries=4)
def _products_of(root: str, key: tuple[int, int], _catalog: Catalog) -> pd.DataFrame:
    return product_table(home(), _catalog)


def pictures_of(catalog: Catalog) -> pd.DataFrame:
    """Give the table of a catalog's pictures in product order; do not change it."""
    return _pictures_of(str(home().root), _catalog_key(catalog), catalog)


@st.cache_resource(show_spinner="Reading pictures", max_entries=4)
def _pictures_of(root: str, key: tuple[int, int], _catalog: Catalog) -> pd.DataFrame:
    return picture_table(home(), _catalog)


def counts_of(catalog: Catalog, column: str) -> dict[str | None, int]:
    """Count a catalog's products by category, brand, color, split or currency, most frequent first."""
    return _counts_of(str(home().root), _catalog_key(catalog), column, catalog)


@st.cache_data(show_spinner=False, max_entries=32)
def _counts_of(root: str, key: tuple[int, int], column: str, _catalog: Catalog) -> dict[str | None, int]:
    return count_by(home(), _catalog, column)


def thumbnail(picture_hash: str | None) -> str:
    """Give a thumbnail as a data address, or an empty text when there is no picture."""
    return thumbnails([picture_hash])[0]


def thumbnails(picture_hashes: Sequence[str | None]) -> list[str]:
    """Give thumbnails as data addresses, an empty text for each that is not there."""
    here = home()
    return [_found_thumbnail(here, picture_hash) for picture_hash in picture_hashes]


def _found_thumbnail(here: Home, picture_hash: str | None) -> str:
    if not isinstance(picture_hash, str) or not picture_hash:
        return _EMPTY_PICTURE
    try:
        return _thumbnail(str(here.thumbnail_path(picture_hash)))
    except FileNotFoundError:  # taken away by hand; the page goes on without it
        return _EMPTY_PICTURE


@lru_cache(maxsize=4096)  # about 6 kB each: at most some 25 MB
def _thumbnail(path: str) -> str:
    return data_address(Path(path).read_bytes())


def large_picture(picture_hash: str) -> str:
    """Give a picture at up to :data:`LARGE_SIDE_PX` as a data address; its thumbnail when the original is gone.

    Data addresses travel inside the visitor's own connection; files served by name would be open to everybody.
    """
    path = picture_file(home(), picture_hash)
    try:
        return _large_picture(str(path)) if path is not None else thumbnail(picture_hash)
    except (OSError, PictureError):
        return thumbnail(picture_hash)


@lru_cache(maxsize=64)  # about 100 kB each
def _large_picture(path: str) -> str:
    return picture_address(read_picture(Path(path)))


def picture_address(picture: np.ndarray) -> str:
    """Give a picture, RGB uint8 (H, W, 3), at up to :data:`LARGE_SIDE_PX` as a data address."""
    image = Image.fromarray(picture)
    image.thumbnail((LARGE_SIDE_PX, LARGE_SIDE_PX))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=85)
    return data_address(buffer.getvalue())


def data_address(data: bytes) -> str:
    """Write the bytes of a WebP picture as a data address."""
    return f"data:image/webp;base64,{base64.b64encode(data).decode('ascii')}"


def clear_caches() -> None:
    """Forget everything; tests use this between homes."""
    st.cache_resource.clear()
    st.cache_data.clear()
    _thumbnail.cache_clear()
    _large_picture.cache_clear()
