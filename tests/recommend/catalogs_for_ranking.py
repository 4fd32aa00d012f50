"""Small catalogs with chosen parts, for the ranking tests."""

import numpy as np
import pandas as pd

from core.recommend.index import CatalogIndex, build_index


def make_index(
    embeddings, *, categories=None, prices=None, currencies=None, bins=None, shares=None, ids=None
) -> CatalogIndex:
    """Build an index; whatever is not named is missing for every product."""
    count = len(embeddings)
    vectors = np.asarray(embeddings, np.float32)
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    prices = prices or [None] * count
    table = pd.DataFrame(
        {
            "product_id": ids or [f"p{row}" for row in range(count)],
            "category": pd.Series(categories or [None] * count, dtype=object),
            "price_minor_units": pd.array(prices, dtype="Int64"),
            "currency": pd.Series(currencies or [None if price is None else "EUR" for price in prices], dtype=object),
        }
    )
    bins = np.zeros((count, 5), np.uint16) if bins is None else np.asarray(bins, np.uint16)
    shares = np.zeros((count, 5), np.float32) if shares is None else np.asarray(shares, np.float32)
    return build_index(table, vectors, palettes=(bins, shares))


def random_index(seed: int, count: int = 40, dimensions: int = 8) -> CatalogIndex:
    """Build an index in which every part exists for most products and is missing for some."""
    random = np.random.default_rng(seed)
    priced = random.random(count) < 0.8
    amounts = random.integers(1, 99, count).tolist()
    shares = random.dirichlet(np.ones(5), count)
    shares[random.random(count) < 0.2] = 0
    return make_index(
        random.standard_normal((count, dimensions)),
        categories=[random.choice(["A > X", "A > Y", "B", None]) for _ in range(count)],
        prices=[price if known else None for price, known in zip(amounts, priced, strict=True)],
        currencies=[random.choice(["EUR", "INR"]) if known else None for known in priced],
        bins=random.integers(0, 768, (count, 5)),
        shares=shares,
    )
