"""Scores of products for one user from what other users did: item-item, user-user, order, popularity."""

from typing import TYPE_CHECKING

import numpy as np

from core.errors import SettingsError
from core.recommend.collaborative_order import OrderSettings, order_rows, recency_weights
from core.recommend.collaborative_similarity import MEASURES, column_similarities
from core.recommend.history_table import HistoryTable

if TYPE_CHECKING:
    pass

METHODS = (
    "order",
    *(f"item-{measure}" for measure in MEASURES),
    *(f"user-{measure}" for measure in MEASURES),
    "popularity",
)
"""How users and products are compared; "order" is the strongest in docs/benchmarks/histories_beauty.md."""

NEIGHBOR_USERS = 100
MOST_HISTORY = 100
"""So many of a user's last products are looked at."""


def check_method(method: str) -> str:
    """Give a method's name back.

    Raises:
        SettingsError: There is no such method.
    """
    if method not in METHODS:
        raise SettingsError(f"there is no method {method[:60]!r}; choose one of {', '.join(METHODS)}")
    return method


def collaborative_scores(
    table: HistoryTable,
    places: np.ndarray,
    strengths: np.ndarray,
    *,
    method: str = "order",
    settings: OrderSettings | None = None,
) -> np.ndarray:
    """Score all products for a user who did something with some of them.

    The products themselves are scored as all others are; whoever does not want them again leaves them out.

    Args:
        table: What everybody did.
        places: The user's products, places in the table's `product_ids`, oldest first.
        strengths: float32, how much the user likes each.
        method: One of :data:`METHODS`.
        settings: Of the method "order"; its recency holds for all. None takes the defaults.

    Returns:
        float32 (P,), at least 0; the highest is best, and only the order means something.
    """
    check_method(method)
    if method == "popularity":
        return popularity_scores(table)
    places, strengths = np.asarray(places)[-MOST_HISTORY:], np.asarray(strengths, np.float32)[-MOST_HISTORY:]
    if not len(places):
        return np.zeros(len(table.product_ids), np.float32)
    chosen = settings or OrderSettings()
    weights = recency_weights(len(places), chosen.recency)
    kind, _, measure = method.partition("-")
    if kind == "user":
        return _from_users(table, places, weights=weights * strengths, measure=measure)
    if kind == "item":
        rows = column_similarities(table.matrix, measure, wanted=places)
    else:
        rows = order_rows(table, places, chosen)
    return np.asarray(rows.T @ (weights * strengths), np.float32).ravel()


def popularity_scores(table: HistoryTable) -> np.ndarray:
    """Score products by how many users have them, float32 (P,): log(1 + users)."""
    return np.log1p(table.popularity).astype(np.float32)


def _from_users(table: HistoryTable, places: np.ndarray, *, weights: np.ndarray, measure: str) -> np.ndarray:
    """Add up what the users most like this one have, each as much as it is alike."""
    near = _similar_users(table, places, weights, measure)
    order = np.argsort(-near, kind="stable")[:NEIGHBOR_USERS]
    order = order[near[order] > 0]
    if not len(order):
        return np.zeros(len(table.product_ids), np.float32)
    return np.asarray(table.matrix[order].T @ near[order], np.float32).ravel()


def _similar_users(table: HistoryTable, places: np.ndarray, weights: np.ndarray, measure: str) -> np.ndarray:
    """Compare one history with every user's, float32 (U,).

    Users are compared over the products they share at all, so only users who have one of them are near.
    """
    from scipy.sparse import csr_array, vstack

    users = np.unique(table.by_product[places].indices)
    near = np.zeros(len(table.users), np.float32)
    if not len(users):
        return near
    own = csr_array((weights, (np.zeros(len(places), int), places)), shape=(1, len(table.product_ids)))
    both: csr_array = vstack([own, table.matrix[users]], format="csr")
    row = column_similarities(both.T.tocsr(), measure, wanted=np.zeros(1, int), neighbors=len(users) + 1).tocoo()
    near[users[row.col - 1]] = row.data
    return near
