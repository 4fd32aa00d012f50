"""Settings of the recipe `fine-tune`, and the presets of the reports it grew out of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from core.errors import SettingsError
from core.models.augmentation import AugmentationSettings
from core.models.settings import check_settings, setting

# What the reports do without: altered views, early stopping, smoothing, averaging, decay, warm-up.
_PLAIN: dict[str, object] = {
    "augmentation": "none",
    "views": 1,
    "least_steps": 1,
    "patience": 500,
    "warm_up": 0.0,
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
    "averaging": 0.0,
    "mixing": 0.0,
    "class_weights": 0.0,
}


@dataclass(frozen=True)
class FineTuneSettings(AugmentationSettings):
    """Settings of the recipe `fine-tune`. A preset fills in what is not given, when settings are parsed."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {
            "ours": {},
            # L4 trains every layer in phase 2.
            "report-two-phases": {
                **_PLAIN,
                "trained_blocks": 0,
                "head_epochs": 12,
                "epochs": 8,
                "batch_size": 20,
                "head_learning_rate": 1e-3,
                "learning_rate": 1e-4,
                "dropout": 0.0,
            },
            # F5 freezes the first layers; it does not say how many, so that the default stands.
            "report-frozen-layers": {
                **_PLAIN,
                "head_epochs": 0,
                "epochs": 30,
                "batch_size": 40,
                "learning_rate": 1e-5,
                "dropout": 0.5,
            },
        }
    )

    preset: str = setting(
        "ours",
        help="Whose figures are used where you change none: ours, the report's of two phases (12 epochs of the new "
        "layer, 8 of all), or the report's with frozen first layers (30 epochs). What you change wins.",
        choices=("ours", "report-two-phases", "report-frozen-layers"),
    )
    trained_blocks: int = setting(
        5,
        help="How many of the last blocks of the network learn; the others stay frozen and run once a view. "
        "Few labels: fewer blocks. 0: all that can be.",
        unit="blocks",
        minimum=0,
        maximum=200,
    )
    views: int = setting(
        4,
        help="Variants of each picture (turned, cropped, mirrored, recolored) the network learns from.",
        unit="views",
        minimum=1,
        maximum=64,
    )
    head_epochs: int = setting(
        0,
        help="Phase 1: passes in which only the new output layer learns. 0 starts with both at once.",
        unit="epochs",
        minimum=0,
        maximum=200,
    )
    epochs: int = setting(
        4, help="Phase 2: most passes in which the upper blocks learn too.", unit="epochs", minimum=1, maximum=500
    )
    patience: int = setting(
        4, help="Stop when validation has not improved for so long.", unit="epochs", minimum=1, maximum=500
    )
    batch_size: int = setting(64, help="Pictures a step.", unit="pictures", minimum=1, maximum=4096)
    least_steps: int = setting(
        40,
        help="Steps an epoch has at least: few pictures are passed over several times in an epoch.",
        unit="steps",
        minimum=1,
        maximum=10_000,
    )
    head_learning_rate: float = setting(1e-3, help="Size of the steps in phase 1.", minimum=1e-6, maximum=1.0)
    learning_rate: float = setting(
        1e-3, help="Size of the largest steps in phase 2; it rises to it and falls to zero.", minimum=1e-7, maximum=1.0
    )
    warm_up: float = setting(0.08, help="Share of phase 2 in which the steps grow.", minimum=0.0, maximum=0.9)
    weight_decay: float = setting(1e-4, help="Pull of the weights towards zero.", minimum=0.0, maximum=1.0)
    label_smoothing: float = setting(
        0.1, help="How unsure the target is: 0 asks for certainty.", minimum=0.0, maximum=0.9
    )
    averaging: float = setting(
        0.99,
        help="Weights are averaged over steps with this memory; 0 takes the last ones.",
        minimum=0.0,
        maximum=0.9999,
    )
    dropout: float = setting(
        0.2, help="Share of features left out at random before the head.", minimum=0.0, maximum=0.9
    )
    mixing: float = setting(
        0.0,
        help="Mixes pairs of pictures and their labels (mixup); the parameter of the beta distribution, 0 mixes none.",
        minimum=0.0,
        maximum=10.0,
    )
    class_weights: float = setting(
        0.0,
        help="How far small categories count for more: 0 not at all, 1 all categories count the same.",
        minimum=0.0,
        maximum=1.0,
    )

    def steps_an_epoch(self, pictures: int) -> int:
        """Count the steps of an epoch over so many training pictures."""
        return max(self.least_steps, pictures // self.batch_size)

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            SettingsError: One is out of its range.
        """
        check_settings(self)
        if self.epochs + self.head_epochs > 1000:
            raise SettingsError(f"{self.epochs + self.head_epochs} epochs are too many: expected at most 1000 together")
