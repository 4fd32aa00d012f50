"""Embeddings of a catalog held against one another: whose neighbors agree in what, and with whose."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.errors import CatalogError
from core.explore.catalog_embeddings import CatalogEmbedding, list_embeddings, open_embedding
from core.explore.cluster_count import silhouette
from core.explore.neighbors import as_unit_rows, cosine_distances, largest_columns
from core.explore.product_facts import check_measure, check_measures, product_facts, shared_values, stratum_codes
from core.explore.projections import check_finite
from core.explore.sampling import stratified_rows
from core.files import read_json, write_json_whole
from core.home import Home
from core.progress import Progress, SilentProgress

__all__ = [
    "EmbeddingComparison",
    "check_measure",
    "check_measures",
    "compare_embeddings",
    "default_measures",
    "stored_comparison",
]

QUERY_PRODUCTS = 5_000
_SILHOUETTE_PRODUCTS = 2_000
_BLOCK_BYTES = 32 * 2**20
_INTERVAL_Z = 1.96


@dataclass(frozen=True)
class EmbeddingComparison:
    """What comparing embeddings gave.

    Attributes:
        embeddings: One object an embedding: embedding, dimensions, products (how many it has), left_out (how many of
            them another embedding lacks), precision and silhouette by measure. A precision has value, low and high
            (95 % interval of the mean) and queries.
        overlap: One object a pair: first, second, shared: 0..1, the mean share of nearest products in common.
        by: The measures.
        k: How many neighbors count: as many as were asked for, or all others where there are fewer.
        products: Products that every embedding has; neighbors are sought among them.
        queries: For how many of them, each category keeping its share.
        asked_k: How many neighbors were asked for.
    """

    embeddings: list[dict[str, Any]]
    overlap: list[dict[str, Any]]
    by: list[str]
    k: int
    products: int
    queries: int
    asked_k: int

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        return {
            "embeddings": self.embeddings,
            "overlap": self.overlap,
            "by": self.by,
            "k": self.k,
            "products": self.products,
            "queries": self.queries,
            "asked_k": self.asked_k,
        }


def default_measures(facts: pd.DataFrame) -> list[str]:
    """Choose what to compare by: category and color, as far as products have them."""
    return [name for name in ("category", "color") if facts[name].notna().sum() > 1]


def compare_embeddings(
    home: Home,
    catalog: Catalog,
    names: list[str],
    *,
    by: list[str] | None = None,
    k: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> EmbeddingComparison:
    """Compare embeddings by their nearest products.

    Args:
        home: Where everything is.
        catalog: The catalog.
        names: The embeddings; empty takes all that are made.
        by: Measures, see :func:`core.explore.product_facts.check_measure`; empty takes category and color.
        k: How many neighbors count.
        seed: Of samples.
        progress: Told after each embedding; may cancel.

    Raises:
        CatalogError: An embedding is missing, or they have no two products in common.
        SettingsError: No product has such an attribute, or no category is so deep.
    """
    check_measures(home, catalog, by or [])
    progress = progress or SilentProgress()
    names = names or _made(home, catalog)
    opened = [open_embedding(home, catalog, name) for name in dict.fromkeys(names)]
    common = _common(opened)
    if len(common) < 2:
        raise CatalogError(f"the embeddings of catalog {catalog.name!r} have no two products in common to compare")
    facts = product_facts(home, catalog, common)
    measures = list(dict.fromkeys(by or default_measures(facts)))
    path = _path(home, catalog, opened, measures, k=k, seed=seed)
    kept = _stored(path)
    if kept is not None:
        return kept
    values = {name: stratum_codes(shared_values(home, catalog, facts, name)).to_numpy() for name in measures}
    queries = stratified_rows(stratum_codes(facts["category"]).to_numpy(), QUERY_PRODUCTS, seed=seed)
    rows, nearest, used = [], [], min(k, len(common) - 1)
    for place, embedding in enumerate(opened):
        progress.report(place, len(opened), f"comparing neighbors in {embedding.name}")
        matrix = _rows_of(embedding, common)
        found = _nearest(matrix, queries, k=used)
        nearest.append(found)
        rows.append(
            {
                "embedding": embedding.name,
                "dimensions": int(embedding.matrix.shape[1]),
                "products": len(embedding.product_ids),
                "left_out": len(embedding.product_ids) - len(common),
                "precision": {name: precision(codes, queries, found) for name, codes in values.items()},
                "silhouette": {name: _silhouette(matrix, codes, seed=seed) for name, codes in values.items()},
            }
        )
    overlap = _overlaps([each.name for each in opened], nearest)
    compared = EmbeddingComparison(rows, overlap, measures, used, len(common), len(queries), k)
    write_json_whole(path, compared.to_json())
    return compared


def stored_comparison(
    home: Home, catalog: Catalog, names: list[str], *, by: list[str], k: int = 10, seed: int = 0
) -> EmbeddingComparison | None:
    """Open a comparison that was made of the embeddings as they are now; None when there is none.

    Raises:
        CatalogError: An embedding is missing.
    """
    opened = [open_embedding(home, catalog, name) for name in dict.fromkeys(names)]
    return _stored(_path(home, catalog, opened, list(dict.fromkeys(by)), k=k, seed=seed))


def precision(codes: np.ndarray, queries: np.ndarray, nearest: np.ndarray) -> dict[str, Any] | None:
    """Give the mean share of nearest products with the query's value.

    Queries without a value do not count, nor those whose value no other product has; neighbors without a value are
    left out of the share.

    Args:
        codes: int (N,), the value of each product, -1 for none.
        queries: int (Q,), rows.
        nearest: int (Q, k), rows.

    Returns:
        value, low, high and queries; None when no query counts.
    """
    counts = np.bincount(codes[codes >= 0], minlength=1)
    own, theirs = codes[queries], codes[nearest]
    known = (theirs >= 0).sum(axis=1)
    counted = (own >= 0) & (known > 0)
    counted[counted] = counts[own[counted]] > 1
    if not counted.any():
        return None
    shares = (theirs[counted] == own[counted, None]).sum(axis=1) / known[counted]
    value = float(shares.mean())
    slack = _INTERVAL_Z * float(shares.std(ddof=1)) / np.sqrt(len(shares)) if len(shares) > 1 else 0.0
    return {
        "value": value,
        "low": max(value - slack, 0.0),
        "high": min(value + slack, 1.0),
        "queries": int(counted.sum()),
    }


def _made(home: Home, catalog: Catalog) -> list[str]:
    return [each.name for each in list_embeddings(home, catalog) if each.made]


def _common(opened: list[CatalogEmbedding]) -> list[str]:
    """List the products every embedding has, in the order of the first."""
    others = [set(each.product_ids) for each in opened[1:]]
    return [product_id for product_id in opened[0].product_ids if all(product_id in other for other in others)]


def _rows_of(embedding: CatalogEmbedding, product_ids: list[str]) -> np.ndarray:
    if embedding.product_ids == product_ids:
        rows = np.asarray(embedding.matrix, np.float32)
    else:
        places = {product_id: place for place, product_id in enumerate(embedding.product_ids)}
        rows = np.asarray(embedding.matrix[[places[each] for each in product_ids]], np.float32)
    check_finite(rows, product_ids)
    return as_unit_rows(rows)


def _nearest(rows: np.ndarray, queries: np.ndarray, *, k: int) -> np.ndarray:
    """Find the nearest products of some, without themselves. int64 (Q, k)."""
    found = np.empty((len(queries), k), np.int64)
    size = max(1, _BLOCK_BYTES // (4 * len(rows)))
    for start in range(0, len(queries), size):
        block = queries[start : start + size]
        alike = rows[block] @ rows.T
        alike[np.arange(len(block)), block] = -np.inf
        found[start : start + size] = largest_columns(alike, k)
    return found


def _silhouette(rows: np.ndarray, codes: np.ndarray, *, seed: int) -> float | None:
    """Give the mean silhouette of values of at least two products, by cosine distance, on at most 2,000 products."""
    counts = np.bincount(codes[codes >= 0], minlength=1)
    usable = np.flatnonzero(codes >= 0)
    usable = usable[counts[codes[usable]] > 1]
    if len(np.unique(codes[usable])) < 2:
        return None
    chosen = usable[stratified_rows(codes[usable], _SILHOUETTE_PRODUCTS, seed=seed)]
    return silhouette(cosine_distances(rows[chosen], rows[chosen]), codes[chosen])


def _overlaps(names: list[str], nearest: list[np.ndarray]) -> list[dict[str, Any]]:
    found = []
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            same = (nearest[first][:, :, None] == nearest[second][:, None, :]).any(axis=2)
            found.append({"first": names[first], "second": names[second], "shared": float(same.mean())})
    return found


def _path(home: Home, catalog: Catalog, opened: list[CatalogEmbedding], by: list[str], *, k: int, seed: int) -> Any:
    key = json.dumps([[each.name, each.version] for each in opened] + [catalog.version, by, k, seed, "asked_k"])
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    return home.cache / "embedding-comparisons" / str(catalog.catalog_id) / f"{name}.json"


def _stored(path: Any) -> EmbeddingComparison | None:
    try:
        return EmbeddingComparison(**read_json(path))
    except (OSError, ValueError, TypeError):
        return None
