"""Teaching by example: weights fitted to which of two results somebody prefers.

A pick compares two results of one query. With x the parts of a result, the model is Bradley and Terry's with
non-negative weights (Bradley, Terry, "Rank analysis of incomplete block designs", 1952)::

    P(first is better) = 1 / (1 + exp(-theta . (x_first - x_second))),   theta >= 0

"Equally good" counts as half a pick for each. Only the proportions of theta are weights: its length says how surely
somebody picks, so noise shortens it and leaves the proportions. A part that either result lacks tells nothing and is
left out of that pick. The fit minimizes the negative log-likelihood plus ``theta . theta / (2 * SPREAD^2)`` by
Newton steps that keep to theta >= 0 (an active set; Nocedal, Wright, "Numerical optimization", chapter 16).

How sure the fit is comes from draws of the posterior: Metropolis steps over theta >= 0, seeded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import SettingsError
from core.recommend.weights import PARTS, RankWeights

SPREAD = 12.0
"""Standard deviation of the prior of theta: with parts 0.2 apart, picks from random to nearly always right."""

CHAINS, KEPT = 64, 4
"""Chains of the posterior's draws, and how many draws of each are kept."""

_THINNING = 25
_WARM_UP = 150
_NEWTON_STEPS = 60
_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Pick:
    """One comparison of two results of a query.

    Attributes:
        query: Product id of the query.
        first: Product id of one result.
        second: Product id of the other.
        preferred: 1.0 the first, 0.0 the second, 0.5 both alike.
        difference: float (P,): parts of the first minus parts of the second, 0 where either is unknown.
    """

    query: str
    first: str
    second: str
    preferred: float
    difference: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.preferred not in (0.0, 0.5, 1.0):
            raise SettingsError(f"a pick is 1 (first), 0 (second) or 0.5 (both alike), not {self.preferred!r}")


@dataclass(frozen=True)
class Taught:
    """What picks say about weights.

    Attributes:
        weights: The weights, the largest 1.
        picks: How many picks.
        fitted: Share of decided picks that the weights agree with; None without any.
        held_out: The same for each pick by weights fitted to all others (leave one out): what a new pick would see.
        held_out_picks: Over how many decided picks.
        draws: float64 (D, P), weights that fit the picks about as well, largest 1 each.
        unsaid: Parts no pick tells anything about.
    """

    weights: RankWeights
    picks: int
    fitted: float | None
    held_out: float | None
    held_out_picks: int
    draws: np.ndarray
    unsaid: tuple[str, ...]


def teach(picks: Sequence[Pick], *, parts: Sequence[str], seed: int = 0) -> Taught:
    """Fit weights to picks.

    Args:
        picks: At least one.
        parts: Which parts of :data:`PARTS` may get a weight; all others get 0.
        seed: Of the posterior's draws.

    Raises:
        SettingsError: There is no pick, or no known part.
    """
    used = [PARTS.index(part) for part in parts if part in PARTS]
    if not picks or not used:
        raise SettingsError("teaching needs at least one pick and one part")
    differences, preferred = _arrays(picks, used)
    theta = fit_weights(differences, preferred)
    decided = preferred != 0.5
    draws = posterior_draws(differences, preferred, start=theta, seed=seed)
    held_out = _leave_one_out(differences, preferred) if len(picks) > 1 else np.full(len(picks), np.nan)
    return Taught(
        weights=_weights(theta, used),
        picks=len(picks),
        fitted=_agreement(differences @ theta, preferred),
        held_out=_agreement(held_out, preferred),
        held_out_picks=int(decided.sum()) if len(picks) > 1 else 0,
        draws=_on_all_parts(draws, used),
        unsaid=tuple(PARTS[part] for place, part in enumerate(used) if not differences[:, place].any()),
    )


def fit_weights(differences: np.ndarray, preferred: np.ndarray) -> np.ndarray:
    """Fit theta by Newton steps that keep to theta >= 0.

    Args:
        differences: float64 (n, P), n picks.
        preferred: float64 (n,), 1, 0 or 0.5.

    Returns:
        float64 (P,), at least 0; all equal when the picks speak for no part at all.
    """
    theta = np.full(differences.shape[1], 1.0)
    value = _loss(theta, differences, preferred)
    for _ in range(_NEWTON_STEPS):
        chance = _chance(differences @ theta)
        gradient = differences.T @ (chance - preferred) + theta / SPREAD**2
        curvature = (differences.T * (chance * (1 - chance))) @ differences + np.eye(len(theta)) / SPREAD**2
        direction = _direction(theta, gradient, curvature)
        if np.abs(gradient @ direction) < _TOLERANCE:
            break
        theta, value, moved = _line_search(theta, direction, value, differences, preferred)
        if not moved:
            break
    return theta if theta.any() else np.ones_like(theta)


def _direction(theta: np.ndarray, gradient: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    """Give the Newton direction that keeps weights at 0 which it would push below."""
    free = (theta > 0) | (gradient < 0)
    while free.any():
        direction = np.zeros_like(theta)
        direction[free] = -np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        below = free & (theta <= 0) & (direction < 0)
        if not below.any():
            return direction
        free &= ~below
    return np.zeros_like(theta)


def posterior_draws(differences: np.ndarray, preferred: np.ndarray, *, start: np.ndarray, seed: int = 0) -> np.ndarray:
    """Draw weights that fit the picks about as well as the best do: Metropolis steps of many chains side by side.

    Proposals have the shape of the likelihood's curvature at the best fit.

    Returns:
        float64 (CHAINS * KEPT, P), at least 0, not scaled.
    """
    random = np.random.default_rng(seed)
    chance = _chance(differences @ start)
    curvature = (differences.T * (chance * (1 - chance))) @ differences + np.eye(len(start)) / SPREAD**2
    root = np.linalg.cholesky(np.linalg.inv(curvature)) * (1.7 / np.sqrt(len(start)))
    theta = np.abs(start + random.standard_normal((CHAINS, len(start))) @ root.T)
    value = _losses(theta, differences, preferred)
    draws = []
    for step in range(1, _WARM_UP + KEPT * _THINNING + 1):
        proposed = np.abs(theta + random.standard_normal(theta.shape) @ root.T)  # a mirror at 0 keeps this symmetric
        there = _losses(proposed, differences, preferred)
        taken = np.log(random.random(CHAINS)) < value - there
        theta, value = np.where(taken[:, None], proposed, theta), np.where(taken, there, value)
        if step > _WARM_UP and (step - _WARM_UP) % _THINNING == 0:
            draws.append(theta)
    return np.concatenate(draws)


def information(differences: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Tell how much the answer to a comparison would say about the weights, in bits, 0..1.

    The entropy of the answer minus its mean entropy under each draw: high where draws are sure but disagree. Source:
    Houlsby, Huszár, Ghahramani, Lengyel, "Bayesian active learning for classification and preference learning", 2011.

    Args:
        differences: float (m, P), of m comparisons.
        draws: float (D, P), not scaled.

    Returns:
        float64 (m,).
    """
    chance = _chance(differences @ draws.T)
    return _entropy(chance.mean(axis=1)) - _entropy(chance).mean(axis=1)


def read_picks(values: object) -> list[dict[str, Any]]:
    """Check picks that come as JSON: a list of objects with query, better, worse, and equal for "both alike".

    Raises:
        SettingsError: It is something else; the message names the first wrong entry.
    """
    if not isinstance(values, list) or len(values) > 10_000:
        raise SettingsError("picks are a JSON list of objects with query, better and worse, at most 10,000")
    for place, each in enumerate(values, 1):
        named = isinstance(each, dict) and all(isinstance(each.get(key), str) for key in ("query", "better", "worse"))
        if not named or not isinstance(each.get("equal", False), bool):
            raise SettingsError(f"pick {place} needs the texts query, better and worse: received {str(each)[:120]}")
    return values


def _arrays(picks: Sequence[Pick], used: list[int]) -> tuple[np.ndarray, np.ndarray]:
    differences = np.array([pick.difference for pick in picks], np.float64)[:, used]
    return differences, np.array([pick.preferred for pick in picks], np.float64)


def _loss(theta: np.ndarray, differences: np.ndarray, preferred: np.ndarray) -> float:
    margin = differences @ theta
    return float((np.logaddexp(0, margin) - preferred * margin).sum() + (theta @ theta) / (2 * SPREAD**2))


def _losses(thetas: np.ndarray, differences: np.ndarray, preferred: np.ndarray) -> np.ndarray:
    """Give the loss of each row of thetas (C, P)."""
    margins = thetas @ differences.T
    return (np.logaddexp(0, margins) - preferred * margins).sum(axis=1) + (thetas**2).sum(axis=1) / (2 * SPREAD**2)


def _line_search(
    theta: np.ndarray, direction: np.ndarray, value: float, differences: np.ndarray, preferred: np.ndarray
) -> tuple[np.ndarray, float, bool]:
    """Go along a direction, at first until a weight reaches 0, then half as far until the loss falls."""
    falling = direction < 0
    farthest = float((theta[falling] / -direction[falling]).min(initial=1.0))
    for halvings in range(40):
        moved = theta + direction * (farthest * 0.5**halvings)
        moved[moved < 1e-12] = 0.0
        there = _loss(moved, differences, preferred)
        if there < value:
            return moved, there, True
    return theta, value, False


def _leave_one_out(differences: np.ndarray, preferred: np.ndarray) -> np.ndarray:
    """Give each pick's margin under weights fitted to all other picks."""
    others = ~np.eye(len(preferred), dtype=bool)
    return np.array(
        [row @ fit_weights(differences[keep], preferred[keep]) for row, keep in zip(differences, others, strict=True)]
    )


def _agreement(margins: np.ndarray, preferred: np.ndarray) -> float | None:
    """Share of decided picks on the right side; a margin of exactly 0 is half right."""
    decided = (preferred != 0.5) & ~np.isnan(margins)
    if not decided.any():
        return None
    right = np.sign(margins[decided]) * np.sign(preferred[decided] - 0.5)
    return float(((right + 1) / 2).mean())


def _weights(theta: np.ndarray, used: list[int]) -> RankWeights:
    values = _on_all_parts(theta[None], used)[0]
    return RankWeights.of([round(float(value), 3) for value in values])


def _on_all_parts(draws: np.ndarray, used: list[int]) -> np.ndarray:
    scaled = np.zeros((len(draws), len(PARTS)))
    scaled[:, used] = draws / np.maximum(draws.max(axis=1, keepdims=True), 1e-12)
    return scaled


def _chance(margin: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(margin, -60, 60)))


def _entropy(chance: np.ndarray) -> np.ndarray:
    safe = np.clip(chance, 1e-12, 1 - 1e-12)
    return -(safe * np.log2(safe) + (1 - safe) * np.log2(1 - safe))
