"""What can be filed without a person: thresholds that keep a promised precision, found on validation pictures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import SettingsError
from core.evaluation.calibration import top_probabilities
from core.evaluation.thresholds import (
    Threshold,
    achieved_interval,
    choose_threshold,
    fewest_pictures,
    lower_bounds,
    one_picture_a_product,
    share_curve,
)
from core.models.predicted_labels import check_predicts_classes
from core.models.runs import RunFiles

OWN, POOLED, NONE = "own", "pooled", "none"
"""How a category got its threshold: from its own pictures, shared with others of few pictures, or not at all."""

PRECISION, CONFIDENCE = 0.98, 0.95
_ROOM = 2
"""A category gets its own threshold with so many times the pictures that could prove the precision without a mistake;
who gets one depends on how often a category is predicted, never on labels."""


@dataclass(frozen=True)
class CategoryPlan:
    """What is filed of one category.

    Attributes:
        name: The category.
        threshold: Pictures predicted as it are filed from this probability on; None files none.
        kind: :data:`OWN`, :data:`POOLED` or :data:`NONE`.
        pictures: Validation pictures predicted as it that counted.
        accepted: Those of them that the threshold accepts.
        right: Those accepted that are right.
    """

    name: str
    threshold: float | None
    kind: str
    pictures: int
    accepted: int
    right: int


@dataclass(frozen=True)
class FilingPlan:
    """What can be filed without a person, and what that rests on.

    Attributes:
        run_id: The run.
        precision: What was asked for: of what is filed, at least so much is right, 0..1.
        confidence: Probability that the promise holds, over the luck of the validation pictures.
        temperature: What probabilities are scaled by first; 1 leaves them.
        categories: One a class, in the run's order.
        pictures: Validation pictures that counted: one of each product.
        best: The precision that could be promised at most, for whatever share of them.
        fewest: Pictures that a promise of this precision takes when none is wrong.
    """

    run_id: str
    precision: float
    confidence: float
    temperature: float
    categories: tuple[CategoryPlan, ...]
    pictures: int
    best: float
    fewest: int

    @property
    def thresholds(self) -> np.ndarray:
        """Float64 (C,): from which probability on each category is filed; infinite where none is."""
        return np.array([np.inf if each.threshold is None else each.threshold for each in self.categories])

    @property
    def accepted(self) -> int:
        """Validation pictures accepted."""
        return sum(each.accepted for each in self.categories)

    @property
    def right(self) -> int:
        """Those accepted that are right."""
        return sum(each.right for each in self.categories)

    @property
    def doubt(self) -> float:
        """Probability with which the promise may fail."""
        return 1 - self.confidence

    def to_json(self) -> dict[str, Any]:
        """Give the plan as plain JSON values."""
        return {
            "run": self.run_id,
            "precision": self.precision,
            "confidence": self.confidence,
            "temperature": self.temperature,
            "validation": {"pictures": self.pictures, "accepted": self.accepted, "right": self.right},
            "best_precision": self.best,
            "fewest_pictures": self.fewest,
            "categories": [vars(each) for each in self.categories],
        }


@dataclass(frozen=True)
class FilingCheck:
    """How a plan does on pictures that had no say in it.

    Attributes:
        pictures: Pictures.
        accepted: Those that would be filed.
        right: Those filed that are right.
        interval: Between what the precision of so many accepted was promised to lie.
    """

    pictures: int
    accepted: int
    right: int
    interval: tuple[float, float]

    @property
    def share(self) -> float:
        """Share filed, 0..1."""
        return self.accepted / max(self.pictures, 1)

    @property
    def precision(self) -> float | None:
        """Share of what is filed that is right; None where nothing is."""
        return self.right / self.accepted if self.accepted else None

    @property
    def kept(self) -> bool:
        """Whether the precision lies where it was promised to; filing nothing breaks no promise."""
        low, high = self.interval
        return self.precision is None or low <= self.precision <= high

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        shown = {"precision": self.precision, "interval": list(self.interval), "within_interval": self.kept}
        return {"pictures": self.pictures, "accepted": self.accepted, "share": self.share, **shown}


def check_promise(precision: float, confidence: float) -> None:
    """Check what is asked for.

    Raises:
        SettingsError: The precision is not 0.5 to 0.999, or the confidence not 0.5 to 0.999.
    """
    for name, value in (("precision", precision), ("confidence", confidence)):
        if not 0.5 <= value <= 0.999:
            raise SettingsError(f"{name} is a share from 0.5 to 0.999, such as 0.98, not {value:g}")


def make_plan(
    run: RunFiles, *, precision: float = PRECISION, confidence: float = CONFIDENCE, temperature: float = 1.0
) -> FilingPlan:
    """Plan on the validation pictures of a run; its test pictures have no say.

    Categories that are predicted often enough get a threshold of their own; all others share one. The doubt is split
    evenly among these groups, so that all promises hold together, and with them that of everything filed. One
    picture of each product counts, see :func:`core.evaluation.thresholds.choose_threshold` for the promise.

    Args:
        run: An open run that predicts one class a picture.
        precision: Wanted precision of what is filed.
        confidence: Probability that the promise holds.
        temperature: To scale probabilities by; it is one number found on the same pictures, which the promise neglects.

    Raises:
        RunError: The run predicts labels, or its files are gone.
        SettingsError: The precision or the confidence is out of its range.
    """
    check_predicts_classes(run)
    check_promise(precision, confidence)
    rows = np.flatnonzero((run.products["split"] == "validation").to_numpy())
    rows = rows[one_picture_a_product(run.products["product_id"].to_numpy()[rows])]
    answers = filing_answers(run, rows, temperature=temperature)
    return plan_of_answers(
        answers, classes=run.run.classes, run_id=run.run.run_id, precision=precision, confidence=confidence,
        temperature=temperature,
    )  # fmt: skip


def filing_answers(run: RunFiles, rows: np.ndarray, *, temperature: float) -> pd.DataFrame:
    """Give what a run says of some of its pictures: predicted (class number), probability (scaled), right."""
    products = run.products.iloc[rows]
    return pd.DataFrame(
        {
            "predicted": pd.Index(run.run.classes).get_indexer(pd.Index(products["predicted"])),
            "probability": top_probabilities(run.probabilities, rows, temperature),
            "right": (products["predicted"] == products["label"]).to_numpy(),
        }
    )


def plan_of_answers(
    answers: pd.DataFrame,
    *,
    classes: tuple[str, ...],
    run_id: str = "",
    precision: float = PRECISION,
    confidence: float = CONFIDENCE,
    temperature: float = 1.0,
) -> FilingPlan:
    """Plan on answers, one picture a product; see :func:`make_plan` and :func:`filing_answers`."""
    predicted, given = answers["predicted"].to_numpy(), answers["probability"].to_numpy()
    right, doubt = answers["right"].to_numpy(bool), 1 - confidence
    counts = np.bincount(predicted, minlength=len(classes))
    own = _own_categories(counts, precision, doubt)
    groups = len(own) + (len(own) < len(classes))
    thresholds: list[tuple[Threshold, str]] = [(Threshold(None, 0, 0, 0, 0.0), NONE)] * len(classes)
    for place in own:
        mine = predicted == place
        found = choose_threshold(given[mine], right[mine], precision=precision, doubt=doubt / groups)
        thresholds[place] = (found, OWN if found.value is not None else NONE)
    rest = ~np.isin(predicted, own)
    pooled = choose_threshold(given[rest], right[rest], precision=precision, doubt=doubt / groups)
    for place in set(range(len(classes))) - set(own):
        thresholds[place] = (pooled, POOLED if pooled.value is not None else NONE)
    cuts = np.array([np.inf if found.value is None else found.value for found, _ in thresholds])
    taken = given >= cuts[predicted]
    accepted = np.bincount(predicted[taken], minlength=len(classes))
    hits = np.bincount(predicted[taken & right], minlength=len(classes))
    categories = [
        CategoryPlan(name, found.value, kind, int(counts[place]), int(accepted[place]), int(hits[place]))
        for place, (name, (found, kind)) in enumerate(zip(classes, thresholds, strict=True))
    ]
    return FilingPlan(
        run_id, precision, confidence, temperature, tuple(categories), len(answers), _best(given, right, doubt),
        fewest_pictures(precision, doubt),
    )  # fmt: skip


def check_plan(plan: FilingPlan, answers: pd.DataFrame) -> FilingCheck:
    """Hold a plan against pictures that had no say in it, see :func:`filing_answers`."""
    taken = accepted_by(plan.thresholds, answers)
    accepted, right = int(taken.sum()), int((taken & answers["right"].to_numpy(bool)).sum())
    interval = achieved_interval(plan.right, plan.accepted, precision=plan.precision, fresh=accepted, doubt=plan.doubt)
    return FilingCheck(len(answers), accepted, right, interval)


def accepted_by(thresholds: np.ndarray, answers: pd.DataFrame) -> np.ndarray:
    """Tell which pictures reach the threshold of their predicted category, bool (N,)."""
    return np.asarray(answers["probability"].to_numpy() >= thresholds[answers["predicted"].to_numpy()])


def on_the_fence(plan: FilingPlan, answers: pd.DataFrame, *, limit: int = 48) -> np.ndarray:
    """Find the pictures that are nearest to their threshold on either side, int64 row numbers, nearest first."""
    cuts = plan.thresholds[answers["predicted"].to_numpy()]
    away = np.abs(answers["probability"].to_numpy() - cuts)
    near = np.argsort(np.where(np.isfinite(away), away, np.inf), kind="stable")[:limit]
    return near[np.isfinite(away[near])]


def filing_curve(answers: pd.DataFrame, place: int | None = None) -> pd.DataFrame:
    """Compute accuracy against the share accepted, of all pictures or of those predicted as one class (its number)."""
    chosen = answers if place is None else answers[answers["predicted"] == place]
    return share_curve(chosen["probability"].to_numpy(), chosen["right"].to_numpy(bool))


def _own_categories(counts: np.ndarray, precision: float, doubt: float) -> list[int]:
    """Pick the categories with enough pictures; the more of them, the more each needs, since the doubt is shared."""
    ranked = np.argsort(-counts, kind="stable")
    for many in range(len(ranked), 0, -1):
        if counts[ranked[many - 1]] >= _ROOM * fewest_pictures(precision, doubt / (many + 1)):
            return sorted(int(place) for place in ranked[:many])
    return []


def _best(given: np.ndarray, right: np.ndarray, doubt: float) -> float:
    """Give the highest lower bound of any threshold: an idea of what to ask for, no promise."""
    curve = share_curve(given, right)
    sizes = curve["accepted"].to_numpy()
    bounds = lower_bounds(np.round(curve["accuracy"].to_numpy() * sizes), sizes, doubt=doubt)
    return float(bounds.max(initial=0.0))
