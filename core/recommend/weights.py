"""Weights: how much each part of a match counts."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from core.errors import SettingsError

PARTS = ("visual", "color", "price", "category", "brand", "popularity", "freshness", "text")
"""The parts of a score, in the order of every array of parts."""

BASIC_PARTS = PARTS[:4]
"""The parts that are always told; the others only where they have a weight."""


@dataclass(frozen=True)
class RankWeights:
    """Weights of the parts: finite, at least 0, not all 0. Only their proportions matter.

    Raises:
        SettingsError: A weight is negative, not finite or no number, or all are 0.
    """

    visual: float = 1.0
    color: float = 0.5
    price: float = 0.5
    category: float = 0.0
    brand: float = 0.0
    popularity: float = 0.0
    freshness: float = 0.0
    text: float = 0.0

    def __post_init__(self) -> None:
        for part in PARTS:
            value = getattr(self, part)
            if not is_number(value) or value < 0:
                raise SettingsError(f"weight {part!r} must be a finite number of at least 0: received {value!r}")
            object.__setattr__(self, part, float(value))
        if not any(getattr(self, part) for part in PARTS):
            received = ", ".join(f"{part} 0" for part in BASIC_PARTS)
            raise SettingsError(f"at least one weight must be above 0: received {received}")

    @property
    def used(self) -> tuple[str, ...]:
        """The parts with a weight above 0, in the order of `PARTS`."""
        return tuple(part for part in PARTS if getattr(self, part) > 0)

    @property
    def told(self) -> tuple[str, ...]:
        """The parts to tell of a match: the four basic ones and whatever else has a weight."""
        return tuple(part for part in PARTS if part in BASIC_PARTS or getattr(self, part) > 0)

    def shares(self) -> np.ndarray:
        """Return the weights float64 (8,) divided by the largest, so that sums of huge weights stay finite."""
        values = np.array([getattr(self, part) for part in PARTS])
        return values / values.max()

    def to_json(self) -> dict[str, float]:
        """Return the weights by part, as a preset keeps them."""
        return asdict(self)

    @classmethod
    def only(cls, *parts: str) -> "RankWeights":
        """Give some parts the weight 1 and all others 0."""
        return cls(**{part: float(part in parts) for part in PARTS})

    @classmethod
    def of(cls, values: Sequence[float]) -> "RankWeights":
        """Read weights from numbers in the order of `PARTS`; those left off count 0."""
        return cls(**dict(zip(PARTS, [*values, *[0.0] * (len(PARTS) - len(values))], strict=True)))

    @classmethod
    def from_json(cls, values: object) -> "RankWeights":
        """Read weights a preset kept; parts it does not name count 0.

        Raises:
            SettingsError: It is no JSON object, names an unknown part, or a weight is out of range.
        """
        if not isinstance(values, dict):
            raise SettingsError(f"weights must be an object of part and number: received {type(values).__name__}")
        unknown = sorted(set(map(str, values)) - {field.name for field in fields(cls)})
        if unknown:
            raise SettingsError(f"unknown part {', '.join(unknown)}: weights are known for {', '.join(PARTS)}")
        return cls(**{part: values.get(part, 0.0) for part in PARTS})


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number; true and false are none."""
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return number and bool(abs(value) <= sys.float_info.max)  # type: ignore[arg-type]
