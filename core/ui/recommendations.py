"""Indexes and queries for the Recommend page, kept between reruns so that a slider only ranks anew."""

from dataclasses import dataclass

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.pictures import read_picture
from core.recommend.color_filter import color_of_name
from core.recommend.index import CatalogIndex, open_index
from core.recommend.query import Query, joined_query
from core.recommend.ranking import QueryParts, score_parts
from core.recommend.region import REGION_PX, WHOLE, Region, cropped
from core.recommend.similar import first_picture, picture_query
from core.ui.caches import home
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.embeddings import Embedding, latest_embedding


@dataclass(frozen=True)
class Asked:
    """What the visitor asks with, as the address and the upload say it.

    Attributes:
        product_id: The product asked for; None with an upload.
        more: Further products that matches should look like.
        less: Products that matches should not look like.
        color: Name of a color, or ``#RRGGBB``, that matches should have instead; empty keeps the query's.
        region: The part of the picture that is meant.
        digest: Of the upload's bytes; empty without one.
    """

    product_id: str | None = None
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    color: str = ""
    region: Region = WHOLE
    digest: str = ""


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


def asked_parts(index: CatalogIndex, asked: Asked, data: bytes | None = None) -> QueryParts:
    """Compare what the visitor asks with with all products.

    Args:
        index: The products.
        asked: What is asked.
        data: The upload's bytes, whose digest `asked` names.

    Raises:
        CatalogError: The index has no such product.
        PictureError: The picture cannot be read.
        SettingsError: There is no such color.
        BackboneError: The backbone cannot run in this process yet.
    """
    return _asked_parts(_index_key(index), asked, index, data)


@st.cache_resource(show_spinner=False, max_entries=8)
def _asked_parts(
    key: tuple[str, int, int, str, str], asked: Asked, _index: CatalogIndex, _data: bytes | None
) -> QueryParts:
    more, less = ([_index.query_product(each) for each in ids] for ids in (asked.more, asked.less))
    query = joined_query([_first_query(_index, asked, _data), *more], less)
    if asked.color:
        query = query.in_color(_index.color_space.plain(color_of_name(asked.color)))
    return score_parts(query, _index)


def _first_query(index: CatalogIndex, asked: Asked, data: bytes | None) -> Query:
    """Make the query of the product or the upload; of a part of its picture when a part is meant."""
    product = None if asked.product_id is None else index.query_product(asked.product_id)
    if product is not None and asked.region == WHOLE:
        return product
    # Decoded as for embedding, so that a picture of the catalog is found as itself; a part needs all its pixels.
    enough_px = find_backbone(index.encoder, home=home()).side_px if asked.region == WHOLE else REGION_PX
    source = first_picture(home(), index, str(asked.product_id)) if data is None else data
    found = picture_query(home(), index, cropped(read_picture(source, enough_px=enough_px), asked.region))
    return found if product is None else product.looking_like(found)


def _index_key(index: CatalogIndex) -> tuple[str, int, int, str, str]:
    """Name an index for good: a name may come back with another catalog behind it, an id never does."""
    return (str(home().root), index.catalog_id, index.catalog_version, index.encoder, index.embedding_version)
