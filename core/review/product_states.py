"""What is known of products at this moment, as far as a decision depends on it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Product, read_products
from core.home import Home
from core.review.findings import DUPLICATES, LABELS, PICTURES, PRICES, SENT

WRITTEN_FIELD: Mapping[str, str] = {
    LABELS: "category",
    SENT: "category",
    PRICES: "price_minor_units",
    DUPLICATES: "left_out",
    PICTURES: "left_out",
}
"""The field of a product that an accepted finding of a kind changes."""

_SEEN_FIELDS: Mapping[str, tuple[str, ...]] = {
    LABELS: ("category", "pictures"),
    SENT: ("category", "pictures"),
    PRICES: ("price_minor_units", "currency"),
    DUPLICATES: ("left_out", "pictures"),
    PICTURES: ("left_out", "pictures"),
}

_IDS_A_QUERY = 500


@dataclass(frozen=True)
class ProductState:
    """A product as it is now.

    Attributes:
        product: The product.
        pictures: Names its pictures in their order, 16 hex digits.
    """

    product: Product
    pictures: str

    def seen(self, kind: str) -> dict[str, Any]:
        """Give what a decision of a kind was made upon; once it is another, the decision no longer holds."""
        return {name: self.pictures if name == "pictures" else self.field(name) for name in _SEEN_FIELDS[kind]}

    def field(self, name: str) -> Any:
        """Give one field of the product."""
        return getattr(self.product, name)


def read_states(home: Home, catalog: Catalog, product_ids: Sequence[str]) -> dict[str, ProductState]:
    """Read products, those left out among them; one that is gone is missing."""
    found: dict[str, ProductState] = {}
    for start in range(0, len(product_ids), _IDS_A_QUERY):
        chosen = ProductFilter(product_ids=tuple(product_ids[start : start + _IDS_A_QUERY]), left_out=None)
        for product in read_products(home, catalog, filter=chosen):
            found[product.product_id] = ProductState(product, name_pictures(product.picture_hashes))
    return found


def name_pictures(picture_hashes: Sequence[str]) -> str:
    """Name pictures in their order, 16 hex digits."""
    return hashlib.sha256("\n".join(picture_hashes).encode()).hexdigest()[:16]
