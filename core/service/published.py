"""What the API answers: the published presets of a home and the matches they give."""

import threading
from collections import OrderedDict
from typing import Any

from core.catalog.catalogs import Catalog, list_catalogs
from core.errors import CatalogError, ShelfLensError
from core.home import Home
from core.recommend.index import CatalogIndex, open_index
from core.recommend.presets import Published, published_preset
from core.recommend.rank_products import rank_in
from core.recommend.similar import describe_matches
from core.vision.embeddings import latest_embedding

MOST_K = 100
_INDEXES = 4
_AT_ONCE = 4  # an index of a million products takes 30 MB a query while it is ranked


class NotServed(ShelfLensError):
    """Nothing is served under this name; what else the home holds is not told."""


class PublishedAnswers:
    """Answers from the published presets of one home; safe to ask from several threads.

    Args:
        home: The home; read, never written.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._indexes: OrderedDict[tuple[int, int, str, str], CatalogIndex] = OrderedDict()
        self._opening = threading.Lock()
        self._ranking = threading.BoundedSemaphore(_AT_ONCE)

    def catalogs(self) -> list[dict[str, Any]]:
        """List the catalogs that have a published preset; one that cannot be read is left out."""
        served = []
        for catalog in list_catalogs(self._home):
            try:
                published = published_preset(self._home, catalog)
            except ShelfLensError:
                continue
            if published is not None:
                served.append(_described(catalog, published))
        return served

    def matches(self, catalog_name: str, product_id: str, *, k: int) -> dict[str, Any]:
        """Rank for one product as the published preset says.

        Raises:
            NotServed: There is no such catalog, it has no published preset, or no such product.
            ShelfLensError: The preset cannot be served as it is.
        """
        catalog, published = self._published(catalog_name)
        settings = published.version.settings
        index = self._index(catalog, settings.embedding)
        if product_id not in index.rows:
            raise NotServed(f"catalog {catalog.name!r} has no embedded product {product_id[:200]!r}")
        with self._ranking:
            found = rank_in(self._home, catalog, index, product_id, settings, k=k)
        return {
            **_described(catalog, published),
            "product_id": product_id,
            "matches": describe_matches(found, index, told=settings.weights.told),
        }

    def _published(self, name: str) -> tuple[Catalog, Published]:
        catalog = next((each for each in list_catalogs(self._home) if each.name == name), None)
        published = None if catalog is None else published_preset(self._home, catalog)
        if catalog is None or published is None:
            raise NotServed(f"there is no catalog {name[:100]!r} with a published preset; see /v1/catalogs")
        return catalog, published

    def _index(self, catalog: Catalog, backbone: str) -> CatalogIndex:
        embedding = latest_embedding(self._home, catalog, backbone=backbone)
        if embedding is None:
            raise CatalogError(f"catalog {catalog.name!r} has no embedding yet: make it with `embed {catalog.name}`")
        key = (catalog.catalog_id, catalog.version, backbone, embedding.version)
        with self._opening:  # one opens it, the others wait: each would read the whole catalog
            if key not in self._indexes:
                self._indexes[key] = open_index(self._home, catalog, backbone=backbone)
                while len(self._indexes) > _INDEXES:
                    self._indexes.popitem(last=False)
            self._indexes.move_to_end(key)
            return self._indexes[key]


def _described(catalog: Catalog, published: Published) -> dict[str, Any]:
    return {
        "catalog": catalog.name,
        "products": catalog.products,
        "preset": published.preset.name,
        "version": published.version.version,
        "published": published.at,
    }
