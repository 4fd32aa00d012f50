"""What pages keep between reruns: bounded, and keyed by what changes with the data.

A catalog's version rises with every change, so ``(home, catalog_id, version)`` names one state of it for good.
"""

import base64
import os
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table, product_table
from core.home import Home, open_home

_EMPTY_PICTURE = ""


def home() -> Home:
    """Give the home of this server, opened once and migrated when it is older."""
    return _open_home(os.environ.get("SHELFLENS_HOME"))


@st.cache_resource(show_spinner=False, max_entries=8)
def _open_home(root: str | None) -> Home:
    return open_home(root)


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


def thumbnail(picture_hash: str | None) -> str:
    """Give a thumbnail as a data address, or an empty text when there is no picture."""
    if not isinstance(picture_hash, str) or not picture_hash:
        return _EMPTY_PICTURE
    try:
        return _thumbnail(str(home().thumbnail_path(picture_hash)))
    except FileNotFoundError:  # taken away by hand; the page goes on without it
        return _EMPTY_PICTURE


@lru_cache(maxsize=4096)  # about 6 kB each: at most some 25 MB
def _thumbnail(path: str) -> str:
    return f"data:image/webp;base64,{base64.b64encode(Path(path).read_bytes()).decode('ascii')}"


def clear_caches() -> None:
    """Forget everything; tests use this between homes."""
    st.cache_resource.clear()
    st.cache_data.clear()
    _thumbnail.cache_clear()
