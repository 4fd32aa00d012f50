"""Ranking settings: everything that says how matches are ranked, as one checked value that presets keep as JSON.

A query says what matches are sought for; the settings say what makes a good one. Two settings that are equal rank
equally, so that a setting can be compared, versioned and shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from core.errors import SettingsError
from core.recommend.weights import RankWeights, is_number
from core.vision.backbones import DEFAULT_BACKBONE

SETTINGS_VERSION = 1
"""Raised whenever an older program would rank a kept setting differently."""

FORMULAS = ("weighted", "classic")
"""The weighted mean of the parts that exist, or the sum of the report (`core.recommend.classic`)."""

PRICE_MODES = ("level", "same", "cheaper", "dearer", "budget")
CLASSIC_POOL = 20
_MOST_NAMES = 200
_MOST_CHARACTERS = 2_000


@dataclass(frozen=True)
class MatchFilter:
    """What every match must meet; what is left at its default does not narrow. A missing value never meets a filter.

    Attributes:
        category: A path: products in it or below it.
        price_min: Lowest price, minor units of `currency`.
        price_max: Highest price, minor units of `currency`.
        currency: Of the prices; None takes the query's, or the only one of the catalog.
        colors: Names of :data:`core.recommend.color_filter.NAMED_COLORS`: the product's picture shows one of them.
        brands: The brand is one of these.
        in_stock: The stock attribute says that it can be bought.
        where: A filter expression, as `products --where` takes it.
    """

    category: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    currency: str | None = None
    colors: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    in_stock: bool = False
    where: str | None = None

    def __post_init__(self) -> None:
        for name in ("category", "currency", "where"):
            _check_text(f"filter {name!r}", getattr(self, name))
        for name in ("price_min", "price_max"):
            _check_whole(f"filter {name!r}", getattr(self, name), least=0)
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise SettingsError(
                f"filter 'price_min' must not be above 'price_max': received {self.price_min} and {self.price_max}"
            )
        for name in ("colors", "brands"):
            object.__setattr__(self, name, _names(f"filter {name!r}", getattr(self, name)))
        _check_flag("filter 'in_stock'", self.in_stock)

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered at all."""
        return self != MatchFilter(currency=self.currency)


@dataclass(frozen=True)
class RankingSettings:
    """How matches are ranked.

    Attributes:
        weights: How much each part counts.
        embedding: The backbone, or the run that trained a network of its own, whose embedding the visual part compares.
        pool: Rank only this many visually nearest products; None ranks the whole catalog.
        formula: One of :data:`FORMULAS`.
        price_mode: One of :data:`PRICE_MODES`: what a good price is, see `core.recommend.price_modes`.
        budget: Minor units that `price_mode` "budget" may cost, in `budget_currency`.
        budget_currency: None takes the query's currency, or the only one of the catalog.
        filters: What every match must meet.
        diversity: 0..1: how much matches must differ from those above them, see `core.recommend.diversity`.
        group_variants: Show only the best of several variants of one product, see `core.recommend.variants`.

    Raises:
        SettingsError: A value is out of range; the message names it.
    """

    weights: RankWeights = field(default_factory=RankWeights)
    embedding: str = DEFAULT_BACKBONE
    pool: int | None = None
    formula: str = "weighted"
    price_mode: str = "level"
    budget: int | None = None
    budget_currency: str | None = None
    filters: MatchFilter = field(default_factory=MatchFilter)
    diversity: float = 0.0
    group_variants: bool = False

    def __post_init__(self) -> None:
        _check_text("'embedding'", self.embedding)
        if not self.embedding:
            raise SettingsError("'embedding' must name a backbone or a run: received an empty name")
        _check_whole("'pool'", self.pool, least=1)
        _check_choice("'formula'", self.formula, FORMULAS)
        _check_choice("'price_mode'", self.price_mode, PRICE_MODES)
        _check_whole("'budget'", self.budget, least=1)
        _check_text("'budget_currency'", self.budget_currency)
        if (self.price_mode == "budget") != (self.budget is not None):
            raise SettingsError(
                "'price_mode' \"budget\" and 'budget' go together: "
                f"received price_mode {self.price_mode!r} with budget {self.budget!r}"
            )
        if not is_number(self.diversity) or not 0 <= self.diversity <= 1:
            raise SettingsError(f"'diversity' must be a number from 0 to 1: received {self.diversity!r}")
        object.__setattr__(self, "diversity", float(self.diversity))
        _check_flag("'group_variants'", self.group_variants)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a preset keeps them; `from_json` gives them back."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        filters = {each.name: getattr(self.filters, each.name) for each in fields(MatchFilter)}
        filters |= {name: list(filters[name]) for name in ("colors", "brands")}
        return {"version": SETTINGS_VERSION, **values, "weights": self.weights.to_json(), "filters": filters}

    @classmethod
    def from_json(cls, values: object) -> "RankingSettings":
        """Read settings that a preset kept; what it does not name takes its default.

        Raises:
            SettingsError: It is no JSON object, was made by a newer version, names something unknown, or a value is
                out of range.
        """
        given = _object("ranking settings", values)
        version = given.pop("version", SETTINGS_VERSION)
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            raise SettingsError(f"'version' of ranking settings must be a whole number from 1: received {version!r}")
        if version > SETTINGS_VERSION:
            raise SettingsError(
                f"these ranking settings have version {version}, made by a newer ShelfLens; this one reads up to "
                f"version {SETTINGS_VERSION}: update ShelfLens, or save the preset again with this version"
            )
        _refuse_unknown("ranking settings", given, cls)
        if "weights" in given:
            given["weights"] = RankWeights.from_json(given["weights"])
        if "filters" in given:
            filters = _object("'filters'", given["filters"])
            _refuse_unknown("'filters'", filters, MatchFilter)
            given["filters"] = MatchFilter(**filters)
        return cls(**given)


def _object(what: str, values: object) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise SettingsError(f"{what} must be a JSON object: received {type(values).__name__}")
    return {str(name): value for name, value in values.items()}


def _refuse_unknown(what: str, given: Mapping[str, Any], kind: type) -> None:
    known = [each.name for each in fields(kind)]
    unknown = sorted(set(given) - set(known))
    if unknown:
        named = ", ".join(name[:60] for name in unknown[:5])
        raise SettingsError(f"{what} have no {named}: expected some of {', '.join(known)}")


def _check_text(what: str, value: object) -> None:
    if value is not None and (not isinstance(value, str) or len(value) > _MOST_CHARACTERS):
        raise SettingsError(f"{what} must be a text of at most {_MOST_CHARACTERS:,} characters: {_received(value)}")


def _check_whole(what: str, value: object, *, least: int) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10**15):
        raise SettingsError(f"{what} must be a whole number from {least} to 10^15, or nothing: {_received(value)}")


def _check_choice(what: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SettingsError(f"{what} must be one of {', '.join(known)}: {_received(value)}")


def _check_flag(what: str, value: object) -> None:
    if not isinstance(value, bool):
        raise SettingsError(f"{what} must be true or false: {_received(value)}")


def _names(what: str, values: object) -> tuple[str, ...]:
    listed = isinstance(values, list | tuple) and len(values) <= _MOST_NAMES
    if not listed or not all(isinstance(value, str) and len(value) <= _MOST_CHARACTERS for value in values):  # type: ignore[attr-defined]
        raise SettingsError(f"{what} must be a list of at most {_MOST_NAMES} names: {_received(values)}")
    return tuple(dict.fromkeys(values))  # type: ignore[call-overload]


def _received(value: object) -> str:
    return f"received {repr(value)[:100]}"


CLASSIC = RankingSettings(
    weights=RankWeights(visual=0, color=1, price=1, category=0), pool=CLASSIC_POOL, formula="classic"
)
"""The preset "classic": the report's recommender, its weights the user's."""
