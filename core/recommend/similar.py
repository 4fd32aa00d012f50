"""Look-alikes of a product or of a picture, as the command line and pages show them."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.money import to_major_units
from core.catalog.pictures import read_picture
from core.errors import SettingsError
from core.home import Home
from core.recommend.index import CatalogIndex, Query, open_index
from core.recommend.ranking import Matches, rank, score_parts
from core.recommend.weights import BASIC_PARTS, PARTS, RankWeights
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.color_histogram import picture_histogram
from core.vision.encode import encode_pictures
from core.vision.palettes import picture_palette

_DIGITS = 6


def similar(
    home: Home,
    catalog: Catalog,
    *,
    product_id: str | None = None,
    picture: Path | None = None,
    k: int = 10,
    weights: RankWeights | None = None,
    pool: int | None = None,
    backbone: str = DEFAULT_BACKBONE,
) -> dict[str, Any]:
    """Find the products most like one product or one picture.

    Args:
        home: Where everything is.
        catalog: The catalog.
        product_id: The product to start from.
        picture: The picture file to start from, instead of a product.
        k: Matches wanted.
        weights: How much each part counts; None = visual 1, color 0.5, price 0.5, category 0.
        pool: Rank only this many visually nearest products; None = the whole catalog.
        backbone: The backbone of the embedding.

    Returns:
        A dict of JSON values: query (product id, or the picture's path), matches as `describe_matches` gives them, and
        the milliseconds that ranking took.

    Raises:
        SettingsError: Not exactly one of product and picture is named, or a number is out of range.
        CatalogError: There is no embedding yet, or no such product in it.
        PictureError: The picture cannot be read.
    """
    if (product_id is None) == (picture is None):
        raise SettingsError(
            "name one product or one picture to start from: received " + ("neither", "both")[bool(picture)]
        )
    index = open_index(home, catalog, backbone=backbone)
    if picture is not None:
        # Decoded as for embedding: at full size the same file would have slightly other features and colors.
        query = picture_query(home, index, read_picture(picture, enough_px=find_backbone(backbone, home=home).side_px))
    else:
        query = index.query_product(str(product_id))
    start = time.perf_counter()
    matches = rank(score_parts(query, index), weights or RankWeights(), k=k, pool=pool)
    milliseconds = (time.perf_counter() - start) * 1000
    return {
        "query": product_id if picture is None else str(picture),
        "matches": describe_matches(matches, index, told=(weights or RankWeights()).told),
        "milliseconds": round(milliseconds, 3),
    }


def picture_query(
    home: Home,
    index: CatalogIndex,
    rgb: np.ndarray,
    *,
    price: tuple[int, str] | None = None,
    category: str | None = None,
) -> Query:
    """Make a picture from outside the query: embed it as the catalog was embedded and find its palette.

    Args:
        home: Where everything is.
        index: An index made by `open_index`.
        rgb: uint8 (H, W, 3).
        price: Minor units and currency; None = unknown.
        category: Path; None = unknown.

    Raises:
        SettingsError: The index was not opened on an embedding.
        BackboneError: The backbone cannot run here yet.
    """
    if index.embedding is None:
        raise SettingsError("a picture needs an index opened on a catalog's embedding: received one built from arrays")
    features = encode_pictures(home, [rgb], backbone=index.embedding.backbone)
    vector = index.embedding.project(features)[0]
    histogram = picture_histogram(rgb)
    return index.query_picture(vector, picture_palette(rgb), histogram=histogram, price=price, category=category)


def describe_matches(
    matches: Matches, index: CatalogIndex, *, told: Sequence[str] = BASIC_PARTS
) -> list[dict[str, Any]]:
    """Describe matches as JSON values, best first.

    Args:
        matches: From a ranking.
        index: What was ranked.
        told: The parts to tell, such as `RankWeights.told`.

    Returns:
        One dict a match: product_id, score 0..1, parts by name (0..1, None = missing), price in major units with its
        currency, and category; None where the product has none.
    """
    return [
        {
            "product_id": product_id,
            "score": round(float(score), _DIGITS),
            "parts": {name: _part(value) for name, value in zip(PARTS, parts, strict=True) if name in told},
            "price": _major_units(index.prices_minor_units[row], index.currencies[row]),
            "currency": index.currencies[row],
            "category": index.category_of(row),
        }
        for product_id, row, score, parts in zip(
            matches.product_ids, matches.rows.tolist(), matches.scores, matches.parts, strict=True
        )
    ]


def _part(value: np.floating) -> float | None:
    return None if np.isnan(value) else round(float(value), _DIGITS)


def _major_units(price_minor_units: int | None, currency: str | None) -> float | None:
    if price_minor_units is None or currency is None:
        return None
    return to_major_units(price_minor_units, currency)
