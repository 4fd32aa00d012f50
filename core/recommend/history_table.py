"""The history table: what each user did with which product, laid out for comparing users and products."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

STRENGTHS = {"view": 1.0, "wish": 2.0, "buy": 3.0}
"""How much each kind of event says of a user's liking."""

MOST_PRODUCTS_A_USER = 1000
"""Of a user with more, such as a crawler, only the last so many count: pairs grow with the square."""


@dataclass(frozen=True)
class HistoryTable:
    """E events of U users with P products, each product once a user, at its last time.

    Attributes:
        users: U names, in order of their first event.
        product_ids: P ids, in order of their first event; products that the catalog lost since may be among them.
        starts: int64 (U + 1,): the events of user u are ``starts[u]`` to ``starts[u + 1]``, oldest first.
        products: int32 (E,), places in `product_ids`.
        strengths: float32 (E,), the greatest of :data:`STRENGTHS` that the user showed.
    """

    users: tuple[str, ...]
    product_ids: tuple[str, ...]
    starts: np.ndarray
    products: np.ndarray
    strengths: np.ndarray

    @cached_property
    def user_places(self) -> dict[str, int]:
        """Where each user stands."""
        return {user: place for place, user in enumerate(self.users)}

    @cached_property
    def product_places(self) -> dict[str, int]:
        """Where each product stands."""
        return {product_id: place for place, product_id in enumerate(self.product_ids)}

    @property
    def user_codes(self) -> np.ndarray:
        """int32 (E,), whose event each is."""
        return np.repeat(np.arange(len(self.users), dtype=np.int32), np.diff(self.starts))

    def of_user(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Give a user's products and strengths, oldest first."""
        mine = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.products[mine], self.strengths[mine]

    @cached_property
    def matrix(self) -> "csr_array":
        """Give the strengths as a sparse matrix, float32 (U, P)."""
        from scipy.sparse import csr_array

        shape = (len(self.users), len(self.product_ids))
        return csr_array((self.strengths, self.products.astype(np.int32), self.starts), shape=shape)

    @cached_property
    def by_product(self) -> "csr_array":
        """Give `matrix` the other way round, float32 (P, U)."""
        return self.matrix.T.tocsr()

    def with_any(self, places: np.ndarray) -> "HistoryTable":
        """Keep the users who have any of the products at these places; names and places stay."""
        if len(places) >= len(self.product_ids):
            return self
        users = np.unique(self.by_product[places].indices)
        kept = np.zeros(len(self.users), bool)
        kept[users] = True
        counts = np.where(kept, np.diff(self.starts), 0)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        mine = np.repeat(kept, np.diff(self.starts))
        return HistoryTable(self.users, self.product_ids, starts, self.products[mine], self.strengths[mine])

    @cached_property
    def popularity(self) -> np.ndarray:
        """Count the users of each product, int64 (P,)."""
        return np.bincount(self.products, minlength=len(self.product_ids))


def table_of(events: Iterable[tuple[str, str, str]]) -> HistoryTable:
    """Lay out events.

    Args:
        events: (user, product id, kind of event); those of one user oldest first. A kind that is not known counts as
            a view.
    """
    users: dict[str, int] = {}
    products: dict[str, int] = {}
    user_codes, product_codes, strengths = [], [], []
    for user, product_id, event in events:
        user_codes.append(users.setdefault(user, len(users)))
        product_codes.append(products.setdefault(product_id, len(products)))
        strengths.append(STRENGTHS.get(event, 1.0))
    return laid_out(
        tuple(users),
        tuple(products),
        user_codes=np.array(user_codes, np.int32),
        product_codes=np.array(product_codes, np.int32),
        strengths=np.array(strengths, np.float32),
    )


def laid_out(
    users: tuple[str, ...],
    product_ids: tuple[str, ...],
    *,
    user_codes: np.ndarray,
    product_codes: np.ndarray,
    strengths: np.ndarray,
) -> HistoryTable:
    """Lay out E coded events, those of one user oldest first: sort by user, keep each product's last event.

    Args:
        users: U names.
        product_ids: P ids.
        user_codes: int32 (E,).
        product_codes: int32 (E,).
        strengths: float32 (E,).
    """
    order = np.argsort(user_codes, kind="stable")
    user_codes, product_codes, strengths = user_codes[order], product_codes[order], strengths[order]
    pairs = user_codes.astype(np.int64) * max(1, len(product_ids)) + product_codes
    by_pair = np.argsort(pairs, kind="stable")  # within a pair oldest first
    sorted_pairs = pairs[by_pair]
    first = np.flatnonzero(np.diff(sorted_pairs, prepend=-1))
    last = np.append(first[1:], len(by_pair)) - 1 if len(first) else first
    greatest = np.maximum.reduceat(strengths[by_pair], first) if len(first) else strengths[:0]
    kept = by_pair[last]
    in_time = np.argsort(kept)
    kept, greatest = kept[in_time], greatest[in_time]
    recent = _most_recent(user_codes[kept], users=len(users))
    kept, greatest = kept[recent], greatest[recent]
    starts = np.concatenate([[0], np.cumsum(np.bincount(user_codes[kept], minlength=len(users)))]).astype(np.int64)
    return HistoryTable(users, product_ids, starts, product_codes[kept].astype(np.int32), greatest.astype(np.float32))


def _most_recent(user_codes: np.ndarray, *, users: int) -> np.ndarray:
    """Tell which events are among the last :data:`MOST_PRODUCTS_A_USER` of their user; events are sorted by user."""
    ends = np.cumsum(np.bincount(user_codes, minlength=users))
    return ends[user_codes] - np.arange(len(user_codes)) <= MOST_PRODUCTS_A_USER


def without_last(table: HistoryTable, count: int) -> tuple[HistoryTable, np.ndarray]:
    """Hold the last products of every user back, for measuring.

    Args:
        table: Every user with more than `count` products.
        count: How many to hold back.

    Returns:
        The table without them, and the first product held back of each user, int32 (U,).
    """
    ends = table.starts[1:] - count
    place = np.arange(len(table.products))
    kept = place < np.repeat(ends, np.diff(table.starts))
    starts = np.concatenate([[0], np.cumsum(ends - table.starts[:-1])]).astype(np.int64)
    shorter = HistoryTable(table.users, table.product_ids, starts, table.products[kept], table.strengths[kept])
    return shorter, table.products[ends]


def lines_of(rows: Sequence[Sequence[str]]) -> HistoryTable:
    """Lay out lines: a user, then products in order of time."""
    return table_of((row[0], product_id, "view") for row in rows for product_id in row[1:])
