"""Settings of the recipe `one-vs-all`, and those of the report it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from core.models.settings import check_settings, setting


@dataclass(frozen=True)
class OneVsAllSettings:
    """Settings of the recipe `one-vs-all`. A preset fills in what is not given, when settings are parsed."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {"ours": {}, "report": {"negatives": 800, "balance": 0.0, "calibrate": False, "feature_power": 1.0}}
    )

    preset: str = setting(
        "ours",
        help="Whose figures are used where you change none: ours, or those of the report this recipe comes from "
        "(800 negatives, neither balance nor calibration). What you change wins.",
        choices=("ours", "report"),
    )
    negatives: int = setting(
        800,
        help="Most pictures of other categories a model learns from, the same number of each. Report: 800.",
        unit="pictures",
        minimum=1,
        maximum=1_000_000,
    )
    epochs: int = setting(
        40,
        help="Most passes over the training pictures; the learning rate falls to zero over them.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    patience: int = setting(
        8,
        help="Stop when validation has not improved for so long; the best epoch is kept.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    batch_size: int = setting(
        128, help="Pictures a step that each model sees.", unit="pictures", minimum=1, maximum=65536
    )
    learning_rate: float = setting(
        2.0, help="Size of the first steps, for inputs of length 1.", minimum=1e-4, maximum=1000.0
    )
    shrinkage: float = setting(
        0.7,
        help="Regularization, 0 to 1: how little the differences among pictures of one category are evened out.",
        minimum=0.0,
        maximum=1.0,
    )
    balance: float = setting(
        0.5,
        help="How far the smaller side of a model, its category or the rest, counts for more: 0 not at all, 1 both "
        "count the same. Report: 0.",
        minimum=0.0,
        maximum=1.0,
    )
    calibrate: bool = setting(
        True,
        help="Whether validation makes the models' scores comparable before they are combined. Report: no.",
    )
    calibration_pull: float = setting(
        5.0,
        help="How strongly models with few validation pictures keep to what all models share.",
        minimum=0.01,
        maximum=1e6,
    )
    feature_power: float = setting(
        0.5,
        help="Features are raised to this power first; 0.5 evens out rare strong ones. Report: 1.",
        minimum=0.1,
        maximum=1.0,
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
