"""The query: what matches are sought for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import SettingsError

AGAINST_SHARE = 0.5
"""How much an example that matches should not look like counts against one that they should."""


@dataclass(frozen=True)
class Query:
    """What matches are sought for: a product of the catalog, several of them, or a picture from outside.

    Attributes:
        embedding: float32 (d,), length 1.
        palette_bins: (5,) color bins, for the classic ranking and for showing.
        palette_shares: (5,) shares; all 0 = no palette.
        color: float32 (c,), length 1, see `core.recommend.color_table`; None = colors unknown.
        price_level: 1..4, None = no price.
        price: minor units, None = no price.
        currency: the price's currency.
        category: path, None = none.
        brand: name, None = unknown.
        title: words, None = none; of several examples, all their titles.
        product_id: the product, None for a picture.
        row: the product's row in the index, None for a picture.
        excluded: rows that are no match, because they are what was asked with; the product's own is among them.
    """

    embedding: np.ndarray
    palette_bins: np.ndarray
    palette_shares: np.ndarray
    color: np.ndarray | None = None
    price_level: float | None = None
    price: float | None = None
    currency: str | None = None
    category: str | None = None
    brand: str | None = None
    title: str | None = None
    product_id: str | None = None
    row: int | None = None
    excluded: tuple[int, ...] = ()

    def looking_like(self, other: "Query") -> "Query":
        """Ask for the same product with another's looks and colors, as after cutting a part out of its picture."""
        return replace(
            self,
            embedding=other.embedding,
            color=other.color,
            palette_bins=other.palette_bins,
            palette_shares=other.palette_shares,
        )

    def in_color(self, color: np.ndarray) -> "Query":
        """Ask for the same, but in another color; see `core.recommend.color_table.ColorSpace.plain`."""
        return replace(
            self,
            color=color,
            palette_bins=np.zeros(len(self.palette_bins), np.uint16),
            palette_shares=np.zeros(len(self.palette_shares), np.float32),
        )


def joined_query(examples: Sequence[Query], against: Sequence[Query] = ()) -> Query:
    """Make one query of several examples, and of examples that matches should not look like.

    Looks and colors are the mean of the examples less half the mean of those against (Rocchio, 1971); the price is
    the examples' geometric mean in the first one's currency; category and brand are the examples' own where all agree,
    else unknown;
    the words are those of all examples.

    Raises:
        SettingsError: There is no example, or what is left of the looks is nothing.
    """
    if not examples:
        raise SettingsError("name at least one example that matches should look like: received none")
    first = examples[0]
    if len(examples) == 1 and not against:
        return first
    embedding = _less([each.embedding for each in examples], [each.embedding for each in against])
    if embedding is None:
        raise SettingsError("the examples against take away all that the others look like: leave one of them out")
    rows = tuple(dict.fromkeys(row for each in (*examples, *against) for row in each.excluded))
    colors = [each.color for each in examples if each.color is not None]
    prices = [each for each in examples if each.price is not None and each.currency == first.currency]
    return replace(
        first,
        embedding=embedding,
        color=_less(colors, [each.color for each in against if each.color is not None]),
        price_level=float(np.mean([each.price_level for each in prices])) if prices else None,  # type: ignore[arg-type]
        price=float(np.exp(np.mean(np.log(np.maximum([each.price for each in prices], 1))))) if prices else None,  # type: ignore[arg-type]
        category=_agreed([each.category for each in examples]),
        brand=_agreed([each.brand for each in examples]),
        title=" ".join(each.title for each in examples if each.title) or None,
        excluded=rows,
    )


def _less(vectors: Sequence[np.ndarray], against: Sequence[np.ndarray]) -> np.ndarray | None:
    """Give the unit vector of a mean less half of another mean; None when nothing is left."""
    if not vectors:
        return None
    total = np.mean(vectors, axis=0, dtype=np.float64)
    if against:
        total = total - AGAINST_SHARE * np.mean(against, axis=0, dtype=np.float64)
    length = np.linalg.norm(total)
    return None if length < 1e-6 else np.asarray(total / length, np.float32)


def _agreed(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None
