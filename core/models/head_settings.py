"""Settings of the recipe `head`, and those of the report it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from core.models.settings import check_settings, setting


@dataclass(frozen=True)
class HeadSettings:
    """Settings of the recipe `head`. A preset fills in what is not given, when settings are parsed."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {
            "ours": {},
            "report": {
                "epochs": 50,
                "patience": 50,
                "batch_size": 16,
                "learning_rate": 1e-3,
                "first_layer": 256,
                "second_layer": 128,
                "dropout": 0.5,
                "weight_penalty": 1e-4,
                "feature_power": 1.0,
                "standardize": False,
                "class_weights": 0.0,
            },
        }
    )

    preset: str = setting(
        "ours",
        help="Whose figures are used where you change none: ours, or those of the report this recipe comes from "
        "(batches of 16, 50 epochs without stopping early, features as they are). What you change wins.",
        choices=("ours", "report"),
    )
    epochs: int = setting(60, help="Most passes over the training pictures.", unit="epochs", minimum=1, maximum=1000)
    patience: int = setting(
        8,
        help="Stop when validation has not improved for so long; the best epoch is kept.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    batch_size: int = setting(64, help="Pictures a step. Report: 16.", unit="pictures", minimum=1, maximum=65536)
    learning_rate: float = setting(
        5e-4, help="Size of the steps (Adam). Report: 0.001, Adam's usual value.", minimum=1e-7, maximum=1.0
    )
    first_layer: int = setting(256, help="Width of the first layer.", unit="units", minimum=1, maximum=8192)
    second_layer: int = setting(128, help="Width of the second layer.", unit="units", minimum=1, maximum=8192)
    dropout: float = setting(
        0.5, help="Share of the first layer's outputs left out at random in a step.", minimum=0.0, maximum=0.95
    )
    weight_penalty: float = setting(
        1e-4,
        help="Penalty on the squared weights of the second layer (L2). Report: 0.0001, or 0.01.",
        minimum=0.0,
        maximum=10.0,
    )
    feature_power: float = setting(
        0.5,
        help="Features are raised to this power first; 0.5 evens out rare strong ones. Report: 1.",
        minimum=0.1,
        maximum=1.0,
    )
    standardize: bool = setting(
        True, help="Whether each feature is brought to mean 0 and spread 1 on train. Report: no."
    )
    class_weights: float = setting(
        0.5,
        help="How far small categories count for more: 0 not at all, 1 all categories count the same. Report: 0.",
        minimum=0.0,
        maximum=1.0,
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
