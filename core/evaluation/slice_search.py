"""Where a run is worse than elsewhere: every slice tested against the rest, corrected for many tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.evaluation.report import Evaluation
from core.evaluation.slice_search_bands import SliceMembers, slice_members
from core.evaluation.thresholds import one_picture_a_product
from core.home import Home

LEVEL = 0.05
"""Share of false alarms that is accepted among the slices listed as worse."""

LEAST_PICTURES = 15
"""A slice, and its rest, with fewer pictures than this is not tested: hardly any difference could be told from luck."""


@dataclass(frozen=True)
class Slice:
    """Some of the judged pictures, and how the run does on them.

    Attributes:
        kind: ``price``, ``color``, ``brand``, ``picture``, ``source`` or ``slice`` (one that people keep).
        name: Which one of its kind; may hold foreign text.
        rows: Int64 array: its rows of the predictions.
        pictures: How many they are.
        right: Those the run got right.
        accuracy: Share right, 0..1.
        rest_accuracy: Share right among all other pictures.
        p_value: Probability of being so much worse by luck, corrected for the number of slices tested.
    """

    kind: str
    name: str
    rows: np.ndarray
    pictures: int
    right: int
    accuracy: float
    rest_accuracy: float
    p_value: float

    @property
    def key(self) -> str:
        """Kind and name, for addresses."""
        return f"{self.kind}:{self.name}"

    @property
    def worse(self) -> bool:
        """Whether it is worse than the rest by more than luck."""
        return self.p_value < LEVEL

    @property
    def words(self) -> str:
        """What it is and how it does, in one sentence."""
        away = 100 * (self.accuracy - self.rest_accuracy)
        return (
            f"{self.kind} {self.name}: {100 * self.accuracy:.1f} % of {self.pictures:,} pictures right, "
            f"{abs(away):.1f} points {'below' if away < 0 else 'above'} the rest"
        )

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        names = ("kind", "name", "pictures", "right", "accuracy", "rest_accuracy", "p_value", "worse", "words")
        return {each: getattr(self, each) for each in names}


@dataclass(frozen=True)
class SliceReport:
    """All slices of a run's pictures.

    Attributes:
        slices: The worse ones first, by their p-value; then the others by how far they are below the rest.
        notes: What could not be sliced by, and why, in sentences.
        pictures: Pictures judged.
        accuracy: Share right of all.
    """

    slices: tuple[Slice, ...]
    notes: tuple[str, ...]
    pictures: int
    accuracy: float

    @property
    def worse(self) -> tuple[Slice, ...]:
        """Those that are worse by more than luck."""
        return tuple(each for each in self.slices if each.worse)


def find_slices(home: Home, evaluation: Evaluation, catalog: Catalog) -> SliceReport:
    """Slice the judged pictures by price, color, brand, picture, source and named slices, and test each.

    Raises:
        CatalogError: The catalog is damaged.
    """
    members, notes = slice_members(home, catalog, evaluation.predictions)
    right = evaluation.predictions["right"].to_numpy(bool)
    independent = one_picture_a_product(evaluation.predictions["product_id"].to_numpy())
    return SliceReport(judge_slices(members, right, independent), notes, len(right), evaluation.accuracy)


def judge_slices(members: Sequence[SliceMembers], right: np.ndarray, independent: np.ndarray) -> tuple[Slice, ...]:
    """Test whether each slice is worse than the rest of the pictures.

    The test is Fisher's exact one, one-sided, over one picture of each product, since pictures of one product tend to
    be right or wrong together. The p-values of all slices are corrected by Benjamini & Hochberg, "Controlling the false
    discovery rate" (1995): of the slices listed as worse, about one in twenty at most is so by luck.

    Args:
        members: Which pictures each slice has.
        right: Bool array of shape (N,).
        independent: Int array: rows of one picture a product.

    Returns:
        Those with enough pictures, in the order of :class:`SliceReport`.
    """
    counted = np.zeros(len(right), dtype=bool)
    counted[independent] = True
    hits, total = int((right & counted).sum()), int(counted.sum())
    kept, p_values = [], []
    for each in members:
        mine = counted[each.rows]
        size = int(mine.sum())
        if min(size, total - size) < LEAST_PICTURES:
            continue
        kept.append(each)
        p_values.append(_as_few(int((right[each.rows] & mine).sum()), size, hits, total))
    found = [_slice(each, right, p) for each, p in zip(kept, correct_for_many(np.array(p_values)), strict=True)]
    return tuple(sorted(found, key=lambda each: (not each.worse, each.p_value if each.worse else 0.0, _gain(each))))


def correct_for_many(p_values: np.ndarray) -> np.ndarray:
    """Correct p-values so that those below a level hold so large a share of false alarms on average.

    Source: the step-up procedure of Benjamini & Hochberg (1995).

    Args:
        p_values: Float array of shape (K,).
    """
    count = len(p_values)
    order = np.argsort(-p_values, kind="stable")
    raised = np.minimum.accumulate(p_values[order] * count / np.arange(count, 0, -1)) if count else p_values
    corrected = np.empty(count)
    corrected[order] = np.minimum(raised, 1.0)
    return corrected


def _as_few(right: int, size: int, hits: int, total: int) -> float:
    """Compute how likely a slice of a size has so few right ones or fewer, drawn from all by luck (hypergeometric)."""
    from scipy.special import gammaln  # here: only who looks at slices waits for it

    def ways(of: int, taken: np.ndarray | int) -> np.ndarray:
        return np.asarray(gammaln(of + 1) - gammaln(np.asarray(taken) + 1) - gammaln(of - np.asarray(taken) + 1))

    counts = np.arange(max(0, size - (total - hits)), right + 1)
    logs = ways(hits, counts) + ways(total - hits, size - counts) - ways(total, size)
    return float(min(1.0, np.exp(logs).sum()))


def _gain(found: Slice) -> float:
    return found.accuracy - found.rest_accuracy


def _slice(members: SliceMembers, right: np.ndarray, p_value: float) -> Slice:
    hits, size = int(right[members.rows].sum()), len(members.rows)
    rest = (int(right.sum()) - hits) / max(len(right) - size, 1)
    return Slice(members.kind, members.name, members.rows, size, hits, hits / size, rest, float(p_value))
