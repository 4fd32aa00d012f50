"""Indexes and queries for the Recommend page, kept between reruns so that a slider only ranks anew."""

import hashlib

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.pictures import read_picture
from core.recommend.index import CatalogIndex, open_index
from core.recommend.ranking import QueryParts, score_parts
from core.ui.caches import home
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.embeddings import Embedding, latest_embedding
from core.vision.encode import encode_pictures
from core.vision.palettes import picture_palette


def embedding_of(catalog: Catalog, *, backbone: str = DEFAULT_BACKBONE) -> Embedding | None:
    """Give the newest embedding of a catalog, or None; opening one maps a file and costs nothing."""
    return latest_embedding(home(), catalog, backbone=backbone)


def index_of(catalog: Catalog, embedding: Embedding) -> CatalogIndex:
    """Give the index of a catalog on an embedding."""
    key = (catalog.catalog_id, catalog.version)
    return _index_of(str(home().root), key, embedding.backbone, embedding.version, catalog)


@st.cache_resource(show_spinner="Opening the catalog's index", max_entries=2)
def _index_of(
    root: str, key: tuple[int, int], backbone: str, embedding_version: str, _catalog: Catalog
) -> CatalogIndex:
    return open_index(home(), _catalog, backbone=backbone)


def product_parts(index: CatalogIndex, product_id: str) -> QueryParts:
    """Compare a product of the catalog with all others.

    Raises:
        CatalogError: The index has no such product.
    """
    return _product_parts(_index_key(index), product_id, index)


@st.cache_resource(show_spinner=False, max_entries=8)
def _product_parts(key: tuple[str, int, int, str, str], product_id: str, _index: CatalogIndex) -> QueryParts:
    return score_parts(_index.query_product(product_id), _index)


def picture_parts(index: CatalogIndex, embedding: Embedding, data: bytes) -> QueryParts:
    """Compare an uploaded picture with all products.

    Raises:
        PictureError: The bytes are no picture that can be read.
        BackboneError: The backbone cannot run in this process yet.
    """
    digest = hashlib.sha256(data).hexdigest()
    return _picture_parts(_index_key(index), digest, index, embedding, data)


@st.cache_resource(show_spinner="Looking at the picture", max_entries=8)
def _picture_parts(
    key: tuple[str, int, int, str, str], digest: str, _index: CatalogIndex, _embedding: Embedding, _data: bytes
) -> QueryParts:
    # Decoded as for embedding, so that a picture of the catalog is found as itself.
    picture = read_picture(_data, enough_px=find_backbone(_embedding.backbone, home=home()).side_px)
    features = encode_pictures(home(), [picture], backbone=_embedding.backbone)
    query = _index.query_picture(_embedding.project(features)[0], picture_palette(picture))
    return score_parts(query, _index)


def _index_key(index: CatalogIndex) -> tuple[str, int, int, str, str]:
    """Name an index for good: a name may come back with another catalog behind it, an id never does."""
    backbone = "" if index.embedding is None else index.embedding.backbone
    return (str(home().root), index.catalog_id, index.catalog_version, backbone, index.embedding_version)
