"""Similarity of products by their users, and of users by their products: Jaccard, cosine and Pearson.

For two columns x, y of a matrix of strengths (0 = nothing happened) over n rows::

    jaccard = |rows where both > 0| / |rows where either > 0|
    cosine  = sum xy / sqrt(sum x^2 * sum y^2)
    pearson = (n sum xy - sum x sum y) / sqrt((n sum x^2 - (sum x)^2) (n sum y^2 - (sum y)^2))

Columns that share no row have the similarity 0; Pearson's is at most 0 for them, so they are no neighbors either.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.errors import SettingsError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MEASURES = ("jaccard", "cosine", "pearson")
NEIGHBORS = 200
_PAIRS_A_BLOCK = 8_000_000


def column_similarities(
    matrix: "csr_array", measure: str, *, wanted: np.ndarray | None = None, neighbors: int = NEIGHBORS
) -> "csr_array":
    """Compare the columns of a sparse matrix with one another.

    Args:
        matrix: float32 (n, m), values at least 0: users by products, or its transpose to compare users.
        measure: One of :data:`MEASURES`.
        wanted: R columns to compare with all; None takes all of them.
        neighbors: Keep so many of the most similar columns for each.

    Returns:
        Sparse float32 (R, m), 0..1; nothing for a column with itself and nothing below 0.

    Raises:
        SettingsError: There is no such measure.
    """
    if measure not in MEASURES:
        raise SettingsError(f"there is no measure {measure!r:.60}; choose one of {', '.join(MEASURES)}")
    from scipy.sparse import csr_array, vstack

    values = matrix.astype(np.float64).tocsr()
    if measure == "jaccard":
        values = (values > 0).astype(np.float64).tocsr()
    chosen = np.arange(values.shape[1]) if wanted is None else np.asarray(wanted)
    columns = values.T.tocsr()[chosen]
    sums, squares = np.asarray(values.sum(axis=0)).ravel(), np.asarray(values.multiply(values).sum(axis=0)).ravel()
    blocks = []
    for block in _blocks(values, columns):
        products = (columns[block] @ values).tocoo()
        row, column, shared = chosen[products.row + block.start], products.col, products.data
        found = _measured(measure, shared, (sums[row], sums[column]), (squares[row], squares[column]), values.shape[0])
        kept = (found > 0) & (row != column)
        shape = (columns[block].shape[0], values.shape[1])
        similar = csr_array((found[kept], (products.row[kept], column[kept])), shape=shape)
        blocks.append(strongest(similar.astype(np.float32), neighbors))
    return vstack(blocks, format="csr") if blocks else csr_array((0, values.shape[1]), dtype=np.float32)


def _measured(
    measure: str,
    shared: np.ndarray,
    sums: tuple[np.ndarray, np.ndarray],
    squares: tuple[np.ndarray, np.ndarray],
    n: int,
) -> np.ndarray:
    """Turn sums of products of pairs of columns into similarities, float64, at most 1."""
    if measure == "jaccard":
        found = shared / (sums[0] + sums[1] - shared)
    elif measure == "cosine":
        found = shared / np.sqrt(squares[0] * squares[1])
    else:
        spread = (n * squares[0] - sums[0] ** 2) * (n * squares[1] - sums[1] ** 2)
        # A column without spread, such as a product that everybody has, says nothing about others.
        found = np.divide(
            n * shared - sums[0] * sums[1], np.sqrt(spread), out=np.zeros_like(shared), where=spread > 1e-9
        )
    return np.minimum(found, 1.0)


def _blocks(values: "csr_array", columns: "csr_array") -> Iterator[slice]:
    """Divide the columns so that the products of a block hold a bounded number of values."""
    per_row = np.diff(values.indptr)
    pairs = np.cumsum(columns.astype(bool).astype(np.int64) @ per_row)
    start = 0
    while start < len(pairs):
        before = pairs[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(pairs, before + _PAIRS_A_BLOCK, side="right")))
        yield slice(start, stop)
        start = stop


def strongest(matrix: "csr_array", count: int) -> "csr_array":
    """Keep the `count` greatest values of each row; of equal ones the first columns."""
    from scipy.sparse import csr_array

    filled = np.diff(matrix.indptr)
    if not len(filled) or filled.max() <= count:
        return matrix
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), filled)
    order = np.lexsort((-matrix.data, rows))
    rank = np.arange(len(order)) - matrix.indptr[rows[order]]
    kept = np.sort(order[rank < count])
    return csr_array((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)
