"""What can be set of each way to draw a map."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import SettingsError

METHODS = ("umap", "tsne", "pca")
_MANY_PRODUCTS = 10_000
_MOST_NEIGHBORS = 200


@dataclass(frozen=True)
class UmapSettings:
    """How UMAP draws.

    Attributes:
        neighbors: how many products, itself included, make a neighborhood; few show detail, many the whole.
        min_distance: how close neighbors may come on the map, 0..1.
        epochs: passes of the layout; None = 500 up to 10,000 products, then 200.

    Raises:
        SettingsError: A value is out of its range.
    """

    neighbors: int = 15
    min_distance: float = 0.1
    epochs: int | None = None

    def __post_init__(self) -> None:
        _check_whole("neighbors", self.neighbors, least=2, most=_MOST_NEIGHBORS)
        _check_number("min_distance", self.min_distance, least=0, most=1)
        object.__setattr__(self, "min_distance", float(self.min_distance))  # 0 and 0.0 name the same map
        if self.epochs is not None:
            _check_whole("epochs", self.epochs, least=1, most=10_000)

    def epochs_for(self, products: int) -> int:
        """Give the passes for a catalog of this size."""
        return self.epochs or (500 if products <= _MANY_PRODUCTS else 200)


@dataclass(frozen=True)
class TsneSettings:
    """How t-SNE draws.

    Attributes:
        perplexity: how many neighbors count, smoothly, 2..100; fewer where the catalog is small.
        epochs: passes after the 250 of early exaggeration.

    Raises:
        SettingsError: A value is out of its range.
    """

    perplexity: float = 30.0
    epochs: int = 500

    def __post_init__(self) -> None:
        _check_number("perplexity", self.perplexity, least=2, most=100)
        object.__setattr__(self, "perplexity", float(self.perplexity))  # 30 and 30.0 name the same map
        _check_whole("epochs", self.epochs, least=1, most=10_000)

    def perplexity_for(self, products: int) -> float:
        """Give the perplexity for a catalog of this size: a third of the other products at most."""
        return min(float(self.perplexity), (products - 1) / 3)


def check_settings(method: str, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """Complete the settings of a method with its defaults.

    Args:
        method: "umap", "tsne" or "pca".
        settings: Values by name, or the texts of the command line; PCA has none.

    Returns:
        Every setting by name.

    Raises:
        SettingsError: The method or a setting is unknown, or a value is out of its range.
    """
    if method not in METHODS:
        raise SettingsError(f"method must be one of {', '.join(METHODS)}: received {method!r}")
    if method == "pca":
        if settings:
            raise SettingsError(f"pca has no setting {', '.join(sorted(settings))}: its settings are none")
        return {}
    kind = UmapSettings if method == "umap" else TsneSettings
    known = asdict(kind())
    unknown = sorted(set(settings or {}) - set(known))
    if unknown:
        raise SettingsError(f"{method} has no setting {', '.join(unknown)}: its settings are {', '.join(known)}")
    return asdict(kind(**{name: _value(value) for name, value in (settings or {}).items()}))


def check_dimensions(dimensions: int) -> int:
    """Give the number of dimensions back when a map can have it.

    Raises:
        SettingsError: It is neither 2 nor 3.
    """
    if isinstance(dimensions, bool) or dimensions not in (2, 3):
        raise SettingsError(f"a map has 2 or 3 dimensions, not {dimensions!r}")
    return dimensions


def _value(given: Any) -> Any:
    """Read a number that came as text; anything else is checked as it is."""
    if not isinstance(given, str):
        return given
    try:
        return int(given)
    except ValueError:
        try:
            return float(given)
        except ValueError:
            return given


def _check_whole(name: str, value: object, *, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}: received {value!r}")


def _check_number(name: str, value: object, *, least: float, most: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    if not number or not least <= float(str(value)) <= most:
        raise SettingsError(f"{name} must be a number from {least} to {most}: received {value!r}")
