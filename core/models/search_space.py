"""What a search varies: settings of a recipe, each with a list of values or a range."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from core.errors import SettingsError
from core.models.recipes import Recipe
from core.models.search_spaces import GRIDS, RANGES
from core.models.settings import SettingField, describe_settings

MOST_POINTS = 10_000
"""A grid with more trials than anybody waits for is a mistake."""

_LOG_RATIO = 20.0
"""Ranges wider than this factor are drawn by their order of size, as is usual for learning rates."""

_DIGITS = 4
"""Significant digits of drawn values: more only make them hard to read."""

Point = dict[str, Any]
"""Settings of one trial by name, fit for JSON."""


@dataclass(frozen=True)
class Axis:
    """One setting that is varied.

    Attributes:
        name: Of the setting.
        values: The values to try; empty for a range.
        low: Least value of a range.
        high: Largest value of a range.
        log: Whether the range is drawn by order of size.
        whole: Whether only whole numbers are drawn.
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False

    @property
    def words(self) -> str:
        """The axis as it is written on the command line."""
        if self.values:
            return f"{self.name}={','.join(_written(value) for value in self.values)}"
        return f"{self.name}={_written(self.low)}:{_written(self.high)}"

    def to_json(self) -> dict[str, Any]:
        """Give the axis as plain JSON values."""
        return {**asdict(self), "values": list(self.values)}


def read_space(
    recipe: Recipe, given: Mapping[str, str], *, fixed: Mapping[str, object], grid: bool
) -> tuple[Axis, ...]:
    """Read what is to be varied.

    Args:
        recipe: Whose settings.
        given: Setting to ``V1,V2,...`` or ``LOW:HIGH``; empty takes the recipe's own space.
        fixed: Settings that stay as they are in every trial.
        grid: Whether only lists of values will do.

    Raises:
        SettingsError: A setting is unknown, fixed as well, without a value, out of its range, or cannot be varied so.
    """
    wanted = dict(given) or default_space(recipe, fixed=fixed, grid=grid)
    twice = sorted(set(wanted) & set(fixed))
    if twice:
        raise SettingsError(f"{twice[0]} is both varied and set: leave it out of one")
    known = {field.name: field for field in describe_settings(recipe.settings_class)}
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise SettingsError(f"recipe {recipe.name!r} has no setting {unknown[0]!r} to vary: it has {', '.join(known)}")
    axes = tuple(_axis(recipe, known[name], text, fixed) for name, text in wanted.items())
    ranges = [axis.name for axis in axes if not axis.values]
    if grid and ranges:
        raise SettingsError(f"{ranges[0]} has a range: a grid takes values, {ranges[0]}=V1,V2; ranges are for a guide")
    if grid and (points := math.prod(len(axis.values) for axis in axes)) > MOST_POINTS:
        raise SettingsError(f"the grid has {points:,} trials: expected at most {MOST_POINTS:,}; give fewer values")
    return axes


def default_space(recipe: Recipe, *, fixed: Mapping[str, object], grid: bool) -> dict[str, str]:
    """Give what is varied when nothing is named, without what is fixed.

    Raises:
        SettingsError: The recipe has no setting that is known to be worth varying.
    """
    table = GRIDS if grid else RANGES
    known = {field.name for field in describe_settings(recipe.settings_class)}
    space = table.get(recipe.name) or {name: text for name, text in table[""].items() if name in known}
    space = {name: text for name, text in space.items() if name in known and name not in fixed}
    if not space:
        option = "--grid KEY=V1,V2" if grid else "--vary KEY=LOW:HIGH"
        raise SettingsError(f"name what to vary of recipe {recipe.name!r} with {option}: {', '.join(sorted(known))}")
    return space


def grid_points(axes: Sequence[Axis]) -> Iterator[Point]:
    """Give every combination of values; the last axis changes fastest."""
    for values in product(*(axis.values for axis in axes)):
        yield dict(zip((axis.name for axis in axes), values, strict=True))


def rounded(value: float) -> float:
    """Round a drawn value to a few significant digits."""
    return float(f"{value:.{_DIGITS}g}")


def _axis(recipe: Recipe, field: SettingField, text: str, fixed: Mapping[str, object]) -> Axis:
    low, sign, high = text.partition(":")
    if sign and field.kind in ("integer", "number", "numbers"):
        bounds = [_value(recipe, field, part, fixed) for part in (low, high)]
        if not bounds[0] < bounds[1]:
            raise SettingsError(f"{field.name}={text}: expected LOW:HIGH with the lower one first")
        wide = bounds[0] > 0 and bounds[1] / bounds[0] >= _LOG_RATIO
        return Axis(field.name, low=bounds[0], high=bounds[1], log=wide, whole=field.kind == "integer")
    values = tuple(_value(recipe, field, part, fixed) for part in text.split(",") if part.strip())
    if not values:
        raise SettingsError(f"{field.name} has no value to try: expected {field.name}=V1,V2 or {field.name}=LOW:HIGH")
    return Axis(field.name, tuple(dict.fromkeys(values)))


def _value(recipe: Recipe, field: SettingField, text: str, fixed: Mapping[str, object]) -> Any:
    """Read one value as the recipe would, so that its type and range are checked."""
    value = getattr(recipe.parse_settings({**fixed, field.name: text.strip()}), field.name)
    if isinstance(value, tuple):
        if len(value) != 1:
            raise SettingsError(f"{field.name} takes one number a trial, not {text.strip()!r}")
        return value[0]
    return value


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
