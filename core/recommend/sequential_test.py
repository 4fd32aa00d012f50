"""A test of a win rate that may be looked at after every vote, as often as one likes.

A fixed-size test stopped at the first good moment finds differences that are not there: looked at after each of 200
votes, a test at 5 % is wrong about one time in four. Here the wins of one side among the votes that chose a side are
compared with a rate m by the mixture martingale for coin tosses::

    E(m) = B(1/2 + wins, 1/2 + losses) / B(1/2, 1/2) / (m^wins * (1 - m)^losses)

When the true rate is m, E(m) is a martingale that starts at 1, so the chance that it ever reaches 1 / alpha is at most
alpha (Ville's inequality). All rates m with E(m) < 1 / alpha form an interval that covers the true rate at every
moment at once with probability 1 - alpha. Sources: Robbins, "Statistical methods related to the law of the iterated
logarithm", 1970 (the mixture); Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic
confidence sequences", 2021 (the intervals).

Where sides are shuffled for every vote and nobody can tell the two apart, each vote is a fair toss given all votes
before, even when one person casts many: the false alarms of "no difference" stay below alpha without independence.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.05
_STEPS = 60  # halvings of an interval of length 1: far below what anybody reads


@dataclass(frozen=True)
class Verdict:
    """What the votes say so far.

    Attributes:
        wins: Votes for the first side.
        losses: Votes for the second side.
        rate: Share of wins among both; None without any.
        low: Lower end of the interval of the true rate.
        high: Upper end.
        evidence: E(1/2): how many times likelier the votes are under some difference than under none; at
            ``1 / alpha`` the test may stop.
        decided: ``a``, ``b``, or None while it is open.
    """

    wins: int
    losses: int
    rate: float | None
    low: float
    high: float
    evidence: float
    decided: str | None


def judge(wins: int, losses: int, *, alpha: float = ALPHA) -> Verdict:
    """Judge votes at any moment.

    Args:
        wins: Votes for the first side, at least 0.
        losses: Votes for the second side, at least 0.
        alpha: The chance of ever seeing a difference where there is none.

    Returns:
        Rate, interval and decision. A decision that was made stays right to stop at, also when later votes blur it.
    """
    votes = wins + losses
    evidence = log_evidence(wins, losses, rate=0.5)
    limit = math.log(1 / alpha)
    rate = wins / votes if votes else None
    low, high = (
        (0.0, 1.0) if rate is None else (_end(wins, losses, rate, 0.0, limit), _end(wins, losses, rate, 1.0, limit))
    )
    decided = None
    if rate is not None and evidence >= limit:
        decided = "a" if rate > 0.5 else "b"
    return Verdict(wins, losses, rate, low, high, math.exp(min(evidence, 700.0)), decided)


def log_evidence(wins: int, losses: int, *, rate: float) -> float:
    """Give ln E(rate); infinite where the rate rules out what was seen."""
    against = 0.0
    for count, chance in ((wins, rate), (losses, 1 - rate)):
        if count:
            if chance <= 0:
                return math.inf
            against += count * math.log(chance)
    mixture = math.lgamma(0.5 + wins) + math.lgamma(0.5 + losses) - math.lgamma(1.0 + wins + losses) - math.log(math.pi)
    return mixture - against


def _end(wins: int, losses: int, inside: float, outside: float, limit: float) -> float:
    """Find where ln E crosses its limit between the observed rate and one end of 0..1."""
    if log_evidence(wins, losses, rate=outside) < limit:
        return outside
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if log_evidence(wins, losses, rate=middle) < limit:
            inside = middle
        else:
            outside = middle
    return outside


def decided_after(votes: Sequence[bool], *, alpha: float = ALPHA) -> int | None:
    """Tell after how many votes a test was decided first; None while it is open.

    Args:
        votes: In the order they came: True for the first side.
        alpha: As for `judge`.
    """
    wins, limit = 0, math.log(1 / alpha)
    for number, vote in enumerate(votes, 1):
        wins += vote
        if log_evidence(wins, number - wins, rate=0.5) >= limit:
            return number
    return None
