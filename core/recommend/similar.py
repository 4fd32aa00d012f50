"""Look-alikes of a product or of a picture, as the command line and pages show them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.money import to_major_units, to_minor_units
from core.catalog.picture_lookup import picture_file
from core.catalog.pictures import read_picture
from core.catalog.products import get_product
from core.errors import PictureError, SettingsError, ShelfLensError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex
from core.recommend.color_filter import color_of_name
from core.recommend.index import open_index
from core.recommend.query import Query, joined_query
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import Matches, score_parts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.region import REGION_PX, Region, cropped
from core.recommend.weights import BASIC_PARTS, PARTS, RankWeights
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.color_histogram import picture_histogram
from core.vision.encode import encode_pictures
from core.vision.palettes import picture_palette

_DIGITS = 6


@dataclass(frozen=True)
class Asking:
    """What look-alikes are sought for: one product or one picture, and what changes about it.

    Attributes:
        product_id: The product to start from.
        picture: The picture file to start from, instead of a product.
        also: Further products that matches should look like.
        against: Products that matches should not look like.
        color: Name of a color, or ``#RRGGBB``, that matches should have instead.
        region: The part of the picture that is meant; None = all of it.
    """

    product_id: str | None = None
    picture: Path | None = None
    also: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    color: str | None = None
    region: Region | None = None

    def __post_init__(self) -> None:
        if (self.product_id is None) == (self.picture is None):
            received = ("neither", "both")[self.picture is not None]
            raise SettingsError(f"name one product or one picture to start from: received {received}")


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
    """Find the products most like one product or one picture, for weights alone; see `find_matches`."""
    settings = RankingSettings(weights=weights or RankWeights(), pool=pool, embedding=backbone)
    return find_matches(home, catalog, Asking(product_id, picture), settings, k=k)


def find_matches(
    home: Home,
    catalog: Catalog,
    asking: Asking,
    settings: RankingSettings,
    *,
    k: int = 10,
    amounts: Mapping[str, float | None] | None = None,
    currency: str | None = None,
) -> dict[str, Any]:
    """Find the products most like what is asked with.

    Args:
        home: Where everything is.
        catalog: The catalog.
        asking: What to start from.
        settings: What makes a good match.
        k: Matches wanted.
        amounts: Prices in major units that the settings are to take on: budget, price_min, price_max.
        currency: Of the amounts; None takes the query's, or the only one of the catalog.

    Returns:
        A dict of JSON values: query (product id, or the picture's path), matches as `describe_matches` gives them, and
        the milliseconds that ranking took.

    Raises:
        SettingsError: A setting is out of range, or there is no such color.
        CatalogError: There is no embedding yet, or no such product in it.
        PictureError: The picture cannot be read.
    """
    index = open_index(home, catalog, backbone=settings.embedding)
    query = _query(home, index, asking)
    settings = _with_amounts(settings, amounts or {}, currency=_currency(index, query, currency))
    start = time.perf_counter()
    matches = rank_parts(score_parts(query, index), settings, k=k)
    milliseconds = (time.perf_counter() - start) * 1000
    return {
        "query": asking.product_id if asking.picture is None else str(asking.picture),
        "matches": describe_matches(matches, index, told=settings.weights.told),
        "milliseconds": round(milliseconds, 3),
    }


def _query(home: Home, index: CatalogIndex, asking: Asking) -> Query:
    """Make the query: the first example, or a part of its picture, then the others, then the color."""
    first = None if asking.product_id is None else index.query_product(asking.product_id)
    if first is None or asking.region is not None:
        looks = _looks(home, index, asking)
        first = looks if first is None else first.looking_like(looks)
    more, less = ([index.query_product(each) for each in ids] for ids in (asking.also, asking.against))
    query = joined_query([first, *more], less)
    return query.in_color(index.color_space.plain(color_of_name(asking.color))) if asking.color else query


def _looks(home: Home, index: CatalogIndex, asking: Asking) -> Query:
    """Look at the picture, or at the part of it that is meant."""
    # Decoded as for embedding: at full size the same file would have slightly other features and colors.
    enough_px = find_backbone(index.encoder, home=home).side_px if asking.region is None else REGION_PX
    path = asking.picture or first_picture(home, index, str(asking.product_id))
    picture = read_picture(path, enough_px=enough_px)
    return picture_query(home, index, picture if asking.region is None else cropped(picture, asking.region))


def first_picture(home: Home, index: CatalogIndex, product_id: str) -> Path:
    """Find the file of a product's first picture.

    Raises:
        PictureError: It is gone.
    """
    product = get_product(home, index.catalog, product_id) if index.catalog else None
    path = picture_file(home, product.picture_hashes[0]) if product and product.picture_hashes else None
    if path is None:
        raise PictureError(f"the picture of product {product_id[:100]!r} is gone: ask with the whole product")
    return path


def _currency(index: CatalogIndex, query: Query, asked: str | None) -> str | None:
    only = index.price.currencies[0] if len(index.price.currencies) == 1 else None
    return asked or query.currency or only


def _with_amounts(
    settings: RankingSettings, amounts: Mapping[str, float | None], *, currency: str | None
) -> RankingSettings:
    """Take on prices in major units.

    Raises:
        SettingsError: An amount is named but no currency is known, or it is no price.
    """
    given = {name: amount for name, amount in amounts.items() if amount is not None}
    if not given:
        return settings
    if currency is None:
        raise SettingsError("an amount needs a currency, because this catalog has several or none: name one")
    try:
        minor = {name: to_minor_units(amount, currency) for name, amount in given.items()}
    except (ValueError, ShelfLensError) as error:
        raise SettingsError(f"an amount must be a price in {currency}: {error}") from error
    budget = minor.pop("budget", None)
    filters = settings.filters
    if minor:
        low, high = minor.get("price_min", filters.price_min), minor.get("price_max", filters.price_max)
        filters = replace(filters, currency=currency, price_min=low, price_max=high)
    if budget is None:
        return replace(settings, filters=filters)
    return replace(settings, filters=filters, price_mode="budget", budget=budget, budget_currency=currency)


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
