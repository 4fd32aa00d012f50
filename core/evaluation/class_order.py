"""Orders of classes in which a confusion shows its structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from core.evaluation.confusion import Confusion

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ClassOrder = Literal["tree", "similarity", "mistakes"]
"""``tree``: as the categories lie in their tree; ``similarity``: classes taken for one another lie together;
``mistakes``: the classes with the most mistakes first."""

CLASS_ORDERS: tuple[ClassOrder, ...] = ("tree", "similarity", "mistakes")
_DENSE = 400
"""Up to so many classes all eigenvectors cost nothing."""
_SMOOTHINGS = 20


def class_order(confusion: Confusion, by: ClassOrder) -> np.ndarray:
    """Order the classes of a confusion.

    Returns:
        Int64 (C,): class numbers in order.
    """
    if by == "similarity":
        return seriate(confusion)
    if by == "mistakes":
        return np.argsort(-class_mistakes(confusion), kind="stable")
    return np.arange(len(confusion.classes))


def class_mistakes(confusion: Confusion) -> np.ndarray:
    """Count the mistakes a class takes part in, missed or wrongly given, int64 (C,)."""
    right = confusion.true == confusion.predicted
    found = np.bincount(
        confusion.true[right], weights=confusion.counts[right], minlength=len(confusion.classes)
    ).astype(np.int64)
    return confusion.support + confusion.given - 2 * found


def seriate(confusion: Confusion) -> np.ndarray:
    """Order classes so that those taken for one another lie together.

    Classes are alike by the share of their pictures that were mixed up, either way. Every group of connected classes is
    ordered by the second eigenvector of its normalized Laplacian; larger groups come first. Source: Atkins, Boman and
    Hendrickson, "A spectral algorithm for seriation and the consecutive ones problem" (1998); normalized as in Shi and
    Malik (2000).

    Returns:
        Int64 (C,): class numbers in order; classes without mistakes come last, in their own order.
    """
    from scipy.sparse.csgraph import connected_components

    alike = _alikeness(confusion)
    count, group = connected_components(alike, directed=False)
    sizes = np.bincount(group, minlength=count)
    order: list[np.ndarray] = []
    for number in np.argsort(-sizes, kind="stable"):
        if sizes[number] == 1:
            break
        members = np.flatnonzero(group == number)
        place = _second_vector(alike[members][:, members])
        place = place if place[0] <= place[-1] else -place  # a vector and its opposite order alike: keep the tree's way
        order.append(members[np.argsort(place, kind="stable")])
    alone = np.flatnonzero(sizes[group] == 1)
    return np.concatenate([*order, alone]).astype(np.int64)


def _alikeness(confusion: Confusion) -> csr_array:
    """Symmetric sparse (C, C): pictures mixed up either way, as a share of the pictures of both classes."""
    from scipy.sparse import coo_array

    wrong = confusion.true != confusion.predicted
    true, predicted = confusion.true[wrong], confusion.predicted[wrong]
    sizes = np.maximum(confusion.support + confusion.given, 1).astype(np.float64)
    values = confusion.counts[wrong] / np.sqrt(sizes[true] * sizes[predicted])
    shape = (len(confusion.classes),) * 2
    one_way = coo_array((values, (true, predicted)), shape=shape).tocsr()
    return (one_way + one_way.T).tocsr()


def _second_vector(alike: csr_array) -> np.ndarray:
    """Second eigenvector of a connected group's normalized Laplacian, divided by the roots of the degrees.

    A large group is first made smaller by joining pairs of the most alike classes; what is found there is handed down
    and smoothed. Source: Barnard and Simon, "Fast multilevel implementation of recursive spectral bisection" (1994).
    """
    from scipy.sparse import coo_array

    degrees = np.asarray(alike.sum(axis=1)).ravel()
    if len(degrees) <= _DENSE:
        roots = np.sqrt(degrees)
        scaled = alike.toarray() / roots[:, None] / roots[None, :]
        return np.asarray(np.linalg.eigh(scaled)[1][:, -2] / roots)
    joined = _joined_pairs(alike)
    smaller = int(joined.max()) + 1
    if smaller > 0.95 * len(degrees):  # nearly all classes were mixed up with a few only: no order says more
        return np.arange(len(degrees), dtype=np.float64)
    pairs = coo_array((np.ones(len(joined)), (np.arange(len(joined)), joined)), shape=(len(joined), smaller)).tocsr()
    coarse = (pairs.T @ alike @ pairs).tocsr()
    coarse.setdiag(0)
    place = np.asarray(_second_vector(coarse)[joined])
    for _ in range(_SMOOTHINGS):
        place = (place + alike @ place / degrees) / 2
    return place


def _joined_pairs(alike: csr_array) -> np.ndarray:
    """Number the pairs that arise from joining each class to the most alike one that is still free, int64 (C,)."""
    edges = alike.tocoo()
    upper = edges.row < edges.col
    row, column, weight = edges.row[upper], edges.col[upper], edges.data[upper]
    partner = list(range(alike.shape[0]))
    free = [True] * len(partner)
    for place in np.lexsort((column, row, -weight)).tolist():
        one, other = int(row[place]), int(column[place])
        if free[one] and free[other]:
            free[one] = free[other] = False
            partner[other] = one
    return np.unique(partner, return_inverse=True)[1].astype(np.int64)
