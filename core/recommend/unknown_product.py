"""A product nobody knows yet: what its picture shows, what it is like, where it belongs; and adding it to a catalog."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from core.catalog.catalogs import Catalog
from core.catalog.currencies import is_currency
from core.catalog.import_lookup import ImportTarget
from core.catalog.import_plan import plan_batch, write_batch
from core.catalog.import_staging import StagedPicture, StagedRecord
from core.catalog.log import change
from core.catalog.pictures import StoredPicture, flush_pictures, read_picture, store_picture_bytes
from core.catalog.product_edits import typed_category
from core.catalog.schema import product_pictures
from core.catalog.sources import SourceRecord
from core.catalog.tables.cells import UNCLEAN, one_line
from core.errors import BackboneError, CatalogError, RunError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex
from core.recommend.cluster_place import cluster_place
from core.recommend.complements_items import nearest_category
from core.recommend.ranking import rank, score_parts
from core.recommend.similar import describe_matches, picture_query
from core.recommend.weights import RankWeights
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone

SOURCE = "added by hand"
MOST_LABELS = 5
PRICED_NEIGHBORS = 5
_MOST_TITLE = 2000
_MOST_MINOR_UNITS = 10**15


@dataclass(frozen=True)
class NewProduct:
    """What is said of a product to add.

    Attributes:
        title: What people read; empty takes the category, or "New product".
        category: Path; None = unknown.
        price_minor_units: Price; None = unknown.
        currency: Of the price.

    Raises:
        CatalogError: A value cannot be kept.
    """

    title: str = ""
    category: str | None = None
    price_minor_units: int | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        category = typed_category(self.category)
        title = one_line(self.title).strip() or f"New {category.rsplit(' > ', 1)[-1] if category else 'product'}"
        for name, value, most in (("title", title, _MOST_TITLE), ("category", category or "", 1000)):
            if len(value) > most or UNCLEAN.search(value):
                raise CatalogError(
                    f"{name} has at most {most:,} characters that can be printed: received {value[:60]!r}"
                )
        price = self.price_minor_units
        if price is not None and not (0 <= price <= _MOST_MINOR_UNITS and is_currency(self.currency or "")):
            raise CatalogError(
                f"a price is at least 0 and needs a currency such as EUR: received {price} {self.currency}"
            )
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "category", category)


@dataclass(frozen=True)
class AddedProduct:
    """A product that was added.

    Attributes:
        product_id: Its id.
        event_id: Number of the change, for undoing.
    """

    product_id: str
    event_id: int


def identify_picture(
    home: Home,
    catalog: Catalog,
    index: CatalogIndex,
    data: bytes,
    *,
    run_id: str | None = None,
    k: int = 10,
    weights: RankWeights | None = None,
    cluster_of: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Say what a picture of an unknown product shows.

    Args:
        home: The home.
        catalog: The catalog.
        index: Its open index.
        data: The bytes of the picture's file.
        run_id: Which run names the labels; None takes the newest of the catalog that can.
        k: Nearest products wanted.
        weights: Of the parts; None takes the usual ones.
        cluster_of: Name of the cluster by product id, where clusters were found.

    Returns:
        A dict of JSON values: run, labels (name and probability 0..1), place (the category whose mean embedding is
        nearest, and the cosine), cluster (see `core.recommend.cluster_place`), matches, suggested (title, category,
        price, currency) and milliseconds.

    Raises:
        PictureError: The picture cannot be read.
        RunError: The named run cannot be used.
    """
    began = time.perf_counter()
    backbone = DEFAULT_BACKBONE if index.embedding is None else index.embedding.backbone
    picture = read_picture(data, enough_px=find_backbone(backbone, home=home).side_px)
    query = picture_query(home, index, picture)
    chosen = weights or RankWeights()
    matches = describe_matches(rank(score_parts(query, index), chosen, k=max(k, PRICED_NEIGHBORS)), index)
    run, labels = _labels(home, catalog, data, run_id=run_id)
    place = None
    if index.category.paths:
        category, similarity = nearest_category(index, query.embedding)
        place = {"category": category, "similarity": round(similarity, 6)}
    named = labels[0]["name"] if labels and labels[0]["name"] in index.category.paths else None
    likely = named or (place["category"] if place else None)
    return {
        "run": run,
        "labels": labels,
        "place": place,
        "cluster": cluster_place(index, query, cluster_of) if cluster_of else None,
        "suggested": {"category": likely, **_usual_price(matches)},
        "matches": matches[:k],
        "milliseconds": round((time.perf_counter() - began) * 1000, 3),
    }


def add_product(home: Home, catalog: Catalog, data: bytes, product: NewProduct, *, actor: str) -> AddedProduct:
    """Add a product with one picture to a catalog, in one change that can be undone.

    Args:
        home: The home.
        catalog: The catalog.
        data: The bytes of the picture's file.
        product: What is said of it.
        actor: Who adds it.

    Returns:
        The product; it can be found once it is embedded, see `core.recommend.added_picture`.

    Raises:
        PictureError: The picture cannot be read.
        CatalogError: A product of the catalog shows this very picture, or the disk is full.
    """
    stored = store_picture_bytes(home, data, name="the picture")
    flush_pictures()
    record = SourceRecord(
        product_id=f"added-{stored.picture_hash[:12]}",
        title=product.title,
        category=tuple(product.category.split(" > ")) if product.category else (),
        price_minor_units=product.price_minor_units,
        currency=product.currency if product.price_minor_units is not None else None,
        needs_picture=True,
    )
    staged = StagedRecord(record, (StagedPicture("picture", stored, len(data), None),), ())
    summary = f"Added the product {product.title[:100]}"
    with change(home, actor=actor, kind="add", summary=summary, catalog_id=catalog.catalog_id) as adding:
        _refuse_known(adding.connection, catalog, stored)
        target = ImportTarget(catalog.catalog_id, SOURCE, frozenset({record.product_id}), None)
        plan = plan_batch(adding.connection, target, [staged])
        if not plan.added:
            raise CatalogError(f"catalog {catalog.name!r} has the product {record.product_id!r} already")
        write_batch(adding, target, plan)
        return AddedProduct(str(plan.added[0]["product_id"]), adding.event_id)


def _refuse_known(connection: Connection, catalog: Catalog, stored: StoredPicture) -> None:
    table = product_pictures
    query = select(table.c.product_id).where(
        table.c.catalog_id == catalog.catalog_id, table.c.picture_hash == stored.picture_hash
    )
    found = connection.execute(query.limit(1)).scalar()
    if found is not None:
        raise CatalogError(f"product {str(found)[:200]!r} of catalog {catalog.name!r} shows this very picture already")


def _labels(
    home: Home, catalog: Catalog, data: bytes, *, run_id: str | None
) -> tuple[str | None, list[dict[str, Any]]]:
    """Classify a picture by a run, or by the newest that can."""
    from core.models.predict import predict_pictures
    from core.models.runs import find_run, list_runs

    candidates = [find_run(home, run_id)] if run_id else list_runs(home, catalog_id=catalog.catalog_id)
    for run in candidates:
        try:
            side_px = find_backbone(run.encoder or DEFAULT_BACKBONE, home=home).side_px
            picture = read_picture(data, enough_px=side_px)
            found = predict_pictures(home, run.run_id, [picture], top=MOST_LABELS)[0]
        except (RunError, BackboneError):
            if run_id:
                raise
            continue  # its files are gone or its network is not ready here: an older one may do
        return run.run_id, [{"name": name, "probability": round(chance, 6)} for name, chance in found]
    return None, []


def _usual_price(matches: list[dict[str, Any]]) -> dict[str, Any]:
    """Take the middle price of the nearest products that have the nearest one's currency."""
    priced = [each for each in matches if each["price"] is not None][:PRICED_NEIGHBORS]
    if not priced:
        return {"price": None, "currency": None}
    currency = priced[0]["currency"]
    return {
        "price": round(float(np.median([each["price"] for each in priced if each["currency"] == currency])), 2),
        "currency": currency,
    }
