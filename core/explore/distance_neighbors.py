"""Nearest products by Euclidean and by Mahalanobis distance, to compare with the embedding's cosine (S3)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.errors import CatalogError, SettingsError
from core.explore.catalog_embeddings import CatalogEmbedding, open_embedding
from core.explore.projections import check_finite
from core.home import Home

DISTANCES = ("euclidean", "mahalanobis", "cosine")
_COVARIANCE_PRODUCTS = 20_000
_BLOCK_ROWS = 32_768
_LEAST_VARIANCE = 1e-6  # of the largest: directions in which products hardly differ must not decide


@dataclass(frozen=True)
class DistanceNeighbors:
    """The products nearest to one.

    Attributes:
        query: Its product id.
        distance: Which distance.
        embedding: Name of the embedding.
        neighbors: product_id and distance, nearest first.
        shared_with_cosine: 0..1, share of them that are among the nearest by cosine too.
    """

    query: str
    distance: str
    embedding: str
    neighbors: list[dict[str, Any]]
    shared_with_cosine: float | None

    def to_json(self) -> dict[str, Any]:
        """Return them as the command line prints them."""
        return {
            "query": self.query,
            "distance": self.distance,
            "embedding": self.embedding,
            "neighbors": self.neighbors,
            "shared_with_cosine": self.shared_with_cosine,
        }


def distance_neighbors(
    home: Home, catalog: Catalog, product_id: str, *, distance: str = "cosine", k: int = 10, embedding_name: str
) -> DistanceNeighbors:
    """Find the products nearest to one.

    Mahalanobis' distance counts every direction by how much products differ along it; the covariance is that of the
    catalog, of 20,000 products evenly drawn where it has more, shrunk by Ledoit and Wolf (2004), so that it can be
    inverted for few products too.

    Args:
        home: Where everything is.
        catalog: The catalog.
        product_id: The query.
        distance: "euclidean", "mahalanobis" or "cosine".
        k: How many.
        embedding_name: See :func:`core.explore.catalog_embeddings.open_embedding`.

    Raises:
        CatalogError: There is no such embedding yet, or the product is not in it.
        SettingsError: There is no such distance.
    """
    if distance not in DISTANCES:
        raise SettingsError(f"distance must be one of {', '.join(DISTANCES)}: received {distance[:40]!r}")
    embedding = _opened(home, catalog, embedding_name, product_id)
    by_cosine = _found(embedding, product_id, "cosine", k=k)
    return by_cosine if distance == "cosine" else _found(embedding, product_id, distance, k=k, others=by_cosine)


def neighbors_by_each(
    home: Home, catalog: Catalog, product_id: str, *, k: int = 10, embedding_name: str
) -> dict[str, DistanceNeighbors]:
    """Find the products nearest to one by cosine, by Euclidean and by Mahalanobis' distance.

    Args and errors are those of :func:`distance_neighbors`.

    Returns:
        What each distance found by its name, cosine first.
    """
    embedding = _opened(home, catalog, embedding_name, product_id)
    found = {"cosine": _found(embedding, product_id, "cosine", k=k)}
    for distance in ("euclidean", "mahalanobis"):
        found[distance] = _found(embedding, product_id, distance, k=k, others=found["cosine"])
    return found


def _opened(home: Home, catalog: Catalog, embedding_name: str, product_id: str) -> CatalogEmbedding:
    embedding = open_embedding(home, catalog, embedding_name)
    if product_id not in embedding.product_ids:
        raise CatalogError(
            f"product {product_id[:200]!r} is not in the {embedding_name} embedding of catalog {catalog.name!r}: "
            "it has no picture, or came later; run `embed` again"
        )
    check_finite(np.asarray(embedding.matrix, np.float32), embedding.product_ids)
    return embedding


def _found(
    embedding: CatalogEmbedding, product_id: str, distance: str, *, k: int, others: DistanceNeighbors | None = None
) -> DistanceNeighbors:
    """Find neighbors by one distance and count those among the nearest by cosine; without others, they are these."""
    rows = np.asarray(embedding.matrix, np.float32)
    query = embedding.product_ids.index(product_id)
    apart = _apart(rows, query, distance)
    neighbors = [
        {"product_id": embedding.product_ids[int(row)], "distance": float(apart[row])}
        for row in _nearest(apart, query, k)
    ]
    by_cosine = {each["product_id"] for each in (neighbors if others is None else others.neighbors)}
    shared = sum(each["product_id"] in by_cosine for each in neighbors)
    return DistanceNeighbors(
        query=product_id,
        distance=distance,
        embedding=embedding.name,
        neighbors=neighbors,
        shared_with_cosine=shared / len(neighbors) if neighbors else None,
    )


def _apart(rows: np.ndarray, query: int, distance: str) -> np.ndarray:
    """Give the distance of every product from one, float64 (N,)."""
    if distance == "cosine":
        return np.maximum(1.0 - (rows @ rows[query]).astype(np.float64), 0.0)
    axes = whitening(_sample(rows)) if distance == "mahalanobis" else None
    apart = np.empty(len(rows), np.float64)
    for start in range(0, len(rows), _BLOCK_ROWS):
        away = (rows[start : start + _BLOCK_ROWS] - rows[query]).astype(np.float64)
        away = away if axes is None else away @ axes
        apart[start : start + _BLOCK_ROWS] = np.sqrt((away**2).sum(axis=1))
    return apart


def _sample(rows: np.ndarray) -> np.ndarray:
    """Draw the products whose covariance stands for all; the same ones every time."""
    if len(rows) <= _COVARIANCE_PRODUCTS:
        return rows
    chosen = np.random.default_rng(0).choice(len(rows), _COVARIANCE_PRODUCTS, replace=False)
    return rows[np.sort(chosen)]


def whitening(rows: np.ndarray) -> np.ndarray:
    """Give what brings the (shrunk) covariance of rows to the identity, float64 (d, d')."""
    from sklearn.covariance import ledoit_wolf

    if len(rows) < 2:
        return np.eye(rows.shape[1])
    values, vectors = np.linalg.eigh(ledoit_wolf(rows.astype(np.float64))[0])
    kept = values > _LEAST_VARIANCE * values[-1]
    return vectors[:, kept] / np.sqrt(values[kept])


def _nearest(apart: np.ndarray, query: int, k: int) -> np.ndarray:
    order = np.argsort(apart, kind="stable")
    return order[order != query][:k]
