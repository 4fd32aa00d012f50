"""Colors of a map's points: kinds of things by name, or numbers on a scale, one byte a point."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.errors import SettingsError
from core.explore.map_scene import UNKNOWN

MOST_KINDS = 24
"""Kinds a legend names; the rarest others share one entry."""

REST = "other"
MOST_SHAPES = 6
"""Shapes a dot may have: round, square, triangle, diamond, cross, ring."""

_STEPS = UNKNOWN - 1


@dataclass(frozen=True)
class Kind:
    """One entry of a legend: its name, how many products it has, its own color if it has one.

    Attributes:
        name: Foreign text.
        count: Products.
        color: ``#rrggbb``; None takes the next of the theme.
        rest: It stands for what has no entry of its own, drawn gray.
    """

    name: str
    count: int
    color: str | None = None
    rest: bool = False


@dataclass(frozen=True)
class Coloring:
    """The color of every point.

    Attributes:
        by: What the colors mean.
        codes: uint8 (N,): number of a kind, or 0..254 along a scale; 255 is unknown.
        kinds: The kinds by their number; empty for numbers.
        ticks: Places of a scale as (code, words); empty for kinds.
    """

    by: str
    codes: np.ndarray
    kinds: tuple[Kind, ...] = ()
    ticks: tuple[tuple[int, str], ...] = field(default=())


@dataclass(frozen=True)
class Shapes:
    """The shape of every point.

    Attributes:
        by: What the shapes mean.
        codes: uint8 (N,): number of a kind, 0..5.
        kinds: At most :data:`MOST_SHAPES` kinds by their number; the last may stand for the rest.
    """

    by: str
    codes: np.ndarray
    kinds: tuple[Kind, ...]


def shape_by_kind(coloring: Coloring) -> Shapes:
    """Give the most frequent kinds of a coloring shapes of their own; all others share the last.

    Args:
        coloring: By kinds, not by numbers.

    Raises:
        SettingsError: It is a scale of numbers, which shapes cannot show.
    """
    if not coloring.kinds:
        raise SettingsError(f"{coloring.by!r} is a number: shapes tell kinds apart; show it by color or strength")
    named = [code for code, kind in enumerate(coloring.kinds) if not kind.rest]
    most = MOST_SHAPES if len(named) == len(coloring.kinds) <= MOST_SHAPES else MOST_SHAPES - 1
    own = sorted(named, key=lambda code: (-coloring.kinds[code].count, code))[:most]
    places = np.full(256, MOST_SHAPES - 1, np.uint8)
    places[own] = np.arange(len(own), dtype=np.uint8)
    kinds = [coloring.kinds[code] for code in own]
    rest = sum(kind.count for code, kind in enumerate(coloring.kinds) if code not in own)
    if rest:
        places[places == MOST_SHAPES - 1] = len(own)
        kinds.append(Kind(REST, rest, rest=True))
    return Shapes(coloring.by, places[coloring.codes], tuple(kinds))


def color_by_kind(
    values: pd.Series, *, by: str, colors: dict[str, str] | None = None, order: tuple[str, ...] = ()
) -> Coloring:
    """Color by the name of a kind, the most frequent first; beyond :data:`MOST_KINDS` the rarest share one entry.

    Args:
        values: A name a point; missing ones are "unknown".
        by: What the names mean.
        colors: A color of its own by name.
        order: Names that come first, in this order, whatever their counts.
    """
    named = values.astype(object).where(values.notna(), None)
    counts = named.dropna().astype(str).value_counts()
    first = [name for name in order if name in counts.index]
    names = first + [name for name in counts.index if name not in first]
    kept = names if len(names) <= MOST_KINDS else names[: MOST_KINDS - 1]
    own = colors or {}
    kinds = [Kind(name, int(counts[name]), own.get(name)) for name in kept]
    if len(kept) < len(names):
        kinds.append(Kind(REST, int(counts.sum() - sum(kind.count for kind in kinds)), rest=True))
    codes = pd.Categorical(named.astype("string"), categories=kept).codes.astype(np.int16)
    unknown = named.isna().to_numpy()
    codes[(codes < 0) & ~unknown] = len(kinds) - 1  # the shared entry
    if unknown.any():
        codes[unknown] = len(kinds)
        kinds.append(Kind("unknown", int(unknown.sum()), rest=True))
    return Coloring(by, codes.astype(np.uint8), tuple(kinds))


def color_by_number(values: pd.Series, *, by: str, logarithmic: bool = False, as_percent: bool = False) -> Coloring:
    """Color by a number, from its 1st to its 99th percentile so that one odd value does not swallow the scale.

    Args:
        values: A number a point; missing ones, and for a logarithmic scale those not above 0, are unknown.
        by: What the numbers are, with their unit.
        logarithmic: Equal ratios are equally far apart, as fits prices.
        as_percent: Numbers are shares of one.
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(numbers) & ((numbers > 0) | (not logarithmic))
    codes = np.full(len(numbers), UNKNOWN, np.uint8)
    if not known.any():
        return Coloring(by, codes)
    scaled = np.log10(numbers[known]) if logarithmic else numbers[known]
    low, high = (float(edge) for edge in np.percentile(scaled, (1, 99)))
    width = (high - low) or 1.0
    codes[known] = np.clip((scaled - low) / width * _STEPS, 0, _STEPS).astype(np.uint8)
    places = np.linspace(0, _STEPS, 5)
    amounts = low + places / _STEPS * width
    written = [_written(10**each if logarithmic else each, as_percent) for each in amounts]
    return Coloring(by, codes, ticks=tuple((int(place), words) for place, words in zip(places, written, strict=True)))


def opacity_by_number(values: pd.Series) -> np.ndarray:
    """Weigh points by a number's rank: the largest are strongest; those without one are faintest. uint8 (N,)."""
    ranks = pd.to_numeric(values, errors="coerce").rank(pct=True).fillna(0.0)
    return (ranks.to_numpy(np.float64) * 255).astype(np.uint8)


def _written(number: float, as_percent: bool) -> str:
    if as_percent:
        return f"{number:.0%}"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.3g}"
