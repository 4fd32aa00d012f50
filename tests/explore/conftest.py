"""A catalog of drawn numbers: products with titles, categories and colors, embedded without any picture."""

import numpy as np
import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import products
from core.explore import catalog_embeddings
from tests.recommend.fake_embedding import FakeEmbedding

KINDS = (
    ("Clothing > Shirts", "Cotton shirt", "blue"),
    ("Clothing > Dresses", "Summer dress", "red"),
    ("Home > Lamps", "Desk lamp", "white"),
)


@pytest.fixture
def kinds_shop(home, monkeypatch):
    """Sixty products of three kinds, twenty each, that lie apart in the embedding; returns catalog and embedding."""
    return make_kinds_shop(home, monkeypatch, 60)


def make_kinds_shop(home, monkeypatch, count):
    catalog = create_catalog(home, "kinds", actor="tests")
    random = np.random.default_rng(0)
    centers = np.linalg.qr(random.standard_normal((16, 3)))[0].T
    rows = centers[np.arange(count) % 3] + 0.05 * random.standard_normal((count, 16))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    ids = [f"p{number}" for number in range(count)]
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        filling.insert(products, [_row(catalog, place, product_id) for place, product_id in enumerate(ids)])
    known = FakeEmbedding(ids, rows)
    monkeypatch.setattr(catalog_embeddings, "latest_embedding", lambda home, catalog, backbone: known)
    return find_catalog(home, "kinds"), known


def _row(catalog, place, product_id):
    category, title, color = KINDS[place % 3]
    return {
        "catalog_id": catalog.catalog_id,
        "product_id": product_id,
        "position": place,
        "source_key": product_id,
        "title": f"{title} number {place}",
        "category": category,
        "color": color,
        "brand": None,
        "description": None,
        "price_minor_units": None,
        "currency": None,
        "split": None,
        "attributes": {"size": "large" if place % 2 else "small"},
        "source_values": {},
    }
