"""The order method: products that users take up one after the other, weighted by how near and how recent.

A linear item-item model. A pair of products a, b of one user at places p < q of the history adds to what a says for b::

    T[a, b] += (q - p) ** -gap        T[b, a] += backward * (q - p) ** -gap        for q - p <= reach

and is normalized by the users n of either, ``S[a, b] = T[a, b] / (n_a ** from_power * n_b ** to_power)``. The score of
b for a user is the sum of S[a, b] over the products a of the history, the r-th from the end weighted by
``r ** -recency``.

Sources: sequential rules and item neighbors with decays as in Ludewig and Jannach, "Evaluation of session-based
recommendation algorithms" (2018); the normalization as in Aiolli, "Efficient top-N recommendation for very large scale
binary rated datasets" (2013). The defaults are tuned on the next-to-last products of Beauty, see docs/histories.md.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.recommend.collaborative_similarity import strongest
from core.recommend.history_table import HistoryTable

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST_PAIRS = 40_000_000
"""Where a history has more pairs within reach, the reach is shortened."""


@dataclass(frozen=True)
class OrderSettings:
    """The settings of the order method; see the module."""

    reach: int = 20
    gap: float = 0.5
    backward: float = 0.2
    from_power: float = 0.5
    to_power: float = 0.1
    recency: float = 1.0
    neighbors: int = 300


def order_similarities(table: HistoryTable, settings: OrderSettings | None = None) -> "csr_array":
    """Compare all products by how users take them up one after the other.

    Args:
        table: The histories.
        settings: None takes the defaults.

    Returns:
        Sparse float32 (P, P): row a says how much having a speaks for each product.
    """
    return order_rows(table, np.arange(len(table.product_ids)), settings)


def order_rows(table: HistoryTable, places: np.ndarray, settings: OrderSettings | None = None) -> "csr_array":
    """Give some rows of `order_similarities`; only users who have one of the products are looked at.

    Args:
        table: The histories.
        places: R places in the table's `product_ids`.
        settings: None takes the defaults.

    Returns:
        Sparse float32 (R, P).
    """
    from scipy.sparse import diags_array

    chosen = settings or OrderSettings()
    forward = _transitions(table.with_any(places), chosen)
    both = forward[places] + chosen.backward * forward[:, places].T
    users = np.maximum(table.popularity, 1).astype(np.float32)
    scaled = diags_array(users[places] ** -chosen.from_power) @ both.tocsr() @ diags_array(users**-chosen.to_power)
    return strongest(scaled.tocsr().astype(np.float32), chosen.neighbors)


def recency_weights(count: int, recency: float) -> np.ndarray:
    """Weigh the products of a history, oldest first, float32 (count,); the last one counts 1."""
    return (np.arange(count, 0, -1, dtype=np.float32)) ** np.float32(-recency)


def _transitions(table: HistoryTable, settings: OrderSettings) -> "csr_array":
    """Sum the pairs of all users, oldest to newest, weighted by their distance."""
    from scipy.sparse import csr_array

    products = len(table.product_ids)
    users = table.user_codes
    total = csr_array((products, products), dtype=np.float32)
    pairs = 0
    for gap in range(1, settings.reach + 1):
        same = users[gap:] == users[:-gap] if gap < len(users) else np.zeros(0, bool)
        pairs += int(np.count_nonzero(same))
        if not same.any() or (gap > 1 and pairs > MOST_PAIRS):
            break
        weights = np.full(int(np.count_nonzero(same)), gap**-settings.gap, np.float32)
        places = (table.products[:-gap][same], table.products[gap:][same])
        total = total + csr_array((weights, places), shape=(products, products))
    return total
