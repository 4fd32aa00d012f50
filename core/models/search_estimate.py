"""What a search will cost, said before it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.home import Home
from core.models.estimate import estimate_training
from core.models.search import SearchPlan
from core.models.search_space import Axis, Point, grid_points

_LOOKED_AT = 3


@dataclass(frozen=True)
class SearchEstimate:
    """What a search will cost.

    Attributes:
        trials: How many trials there will be at most; 0 when only the time is limited.
        trial_seconds: What one takes on average; None while unknown.
        seconds: All trials and the last training; None while unknown.
        pictures_to_embed: Pictures that go through the backbone first.
        basis: What the estimate rests on, in sentences.
    """

    trials: int
    trial_seconds: float | None
    seconds: float | None
    pictures_to_embed: int
    basis: str


def estimate_search(home: Home, catalog: Catalog, plan: SearchPlan) -> SearchEstimate:
    """Estimate a search from the estimates of a few of its trials: the first, the middle and the last of the space.

    Args:
        home: The home.
        catalog: The catalog.
        plan: What to search.

    Raises:
        TrainingError: The recipe or target is unknown.
        SettingsError: The space will not do.
        BackboneError: The backbone is unknown or has no weights.
    """
    points, trials = spread_points(plan.axes), plan.expected_trials
    found = [
        estimate_training(
            home, catalog, plan.recipe, plan.backbone, target=plan.target, settings={**plan.fixed, **point}
        )
        for point in points
    ]
    waiting = found[0].pictures_to_embed
    known = [each.seconds for each in found if each.seconds is not None]
    if waiting or len(known) < len(found):
        basis = f"{waiting:,} pictures are embedded first; what a trial takes is known after that."
        return SearchEstimate(trials, None, _at_most(None, plan), waiting, basis)
    one = sum(known) / len(known)
    seconds = _at_most(one * (trials + 1) if trials else None, plan)
    saved = " Trials that fall behind are given up early, so it may take less." if plan.method == "guided" else ""
    return SearchEstimate(trials, one, seconds, 0, f"{found[0].basis}{saved}")


def spread_points(axes: Sequence[Axis]) -> list[Point]:
    """Give up to three points that stand for a space: the first, the middle and the last of each axis together."""
    listed = [Axis(axis.name, axis.values or _spread(axis)) for axis in axes]
    wanted = [
        {axis.name: axis.values[round(step * (len(axis.values) - 1) / 2)] for axis in listed}
        for step in range(_LOOKED_AT)
    ]
    return [point for place, point in enumerate(wanted) if point not in wanted[:place]] or list(grid_points(listed))


def _spread(axis: Axis) -> tuple[float, ...]:
    low, high = float(axis.low or 0.0), float(axis.high or 0.0)
    middle = (low * high) ** 0.5 if axis.log else (low + high) / 2
    return tuple(round(value) if axis.whole else value for value in (low, middle, high))


def _at_most(seconds: float | None, plan: SearchPlan) -> float | None:
    """A budget of time bounds the trials; the last training comes on top and is small beside it."""
    if not plan.budget.minutes:
        return seconds
    limit = 60 * plan.budget.minutes
    return limit if seconds is None else min(seconds, limit)
