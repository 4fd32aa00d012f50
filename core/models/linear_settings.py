"""Settings of the recipe `linear`, and the presets of the reports it grew out of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from core.models.settings import check_settings, setting

# What the reports do without: whitening, several strengths, weights by class, early stopping.
_PLAIN: dict[str, object] = {
    "optimizer": "adam",
    "patience": 1000,
    "shrinkage": (1.0,),
    "class_weights": 0.0,
    "feature_power": 1.0,
}


@dataclass(frozen=True)
class LinearSettings:
    """Settings of the recipe `linear`. A preset fills in what is not given, when settings are parsed."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {
            "ours": {},
            # L4, phase 1: only the new layer.
            "report-phase-1": {**_PLAIN, "epochs": 12, "batch_size": 20, "learning_rate": 1e-3},
            # F5: softmax behind dropout.
            "report-dropout": {**_PLAIN, "epochs": 30, "batch_size": 40, "learning_rate": 1e-5, "dropout": 0.5},
            # A1 names no rate; 0.001 is Adam's usual one.
            "report-frozen": {**_PLAIN, "epochs": 25, "batch_size": 32, "learning_rate": 1e-3},
        }
    )

    preset: str = setting(
        "ours",
        help="Whose figures are used where you change none: ours, or those of a report: a softmax layer by Adam, "
        "on features as they are: phase 1 (12 epochs), dropout (30), frozen (25). What you change wins.",
        choices=("ours", "report-phase-1", "report-dropout", "report-frozen"),
    )
    epochs: int = setting(
        30,
        help="Most passes over the training pictures; the learning rate of `descent` falls to zero over them.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    patience: int = setting(
        8, help="Stop when validation has not improved for so long.", unit="epochs", minimum=1, maximum=1000
    )
    batch_size: int = setting(256, help="Pictures a step.", unit="pictures", minimum=1, maximum=65536)
    optimizer: str = setting(
        "descent",
        help="How weights are found: descent with momentum on whitened features of length 1, or Adam on features as "
        "they are, as in the reports. They need learning rates of very different size: 8 and 0.001.",
        choices=("descent", "adam"),
    )
    learning_rate: float = setting(
        8.0, help="Size of the first steps; for `adam` of all.", minimum=1e-7, maximum=1000.0
    )
    shrinkage: tuple[float, ...] = setting(
        (0.5, 0.7, 0.9),
        help="Regularization, 0 to 1: how little the differences among pictures of one category are evened out. "
        "Several strengths are trained side by side; validation chooses. `adam` evens nothing out.",
        minimum=0.0,
        maximum=1.0,
    )
    dropout: float = setting(0.0, help="Share of the features left out at random in a step.", minimum=0.0, maximum=0.95)
    class_weights: float = setting(
        0.5,
        help="How far small categories count for more: 0 not at all, 0.5 softened, 1 all categories count the same.",
        minimum=0.0,
        maximum=1.0,
    )
    feature_power: float = setting(
        0.5, help="Features are raised to this power first; 0.5 evens out rare strong ones.", minimum=0.1, maximum=1.0
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
