"""Settings of the networks trained from random weights; their defaults are the reports' values."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from core.models.augmentation import AugmentationSettings
from core.models.settings import check_settings, setting
from core.vision.views import PRESETS

_NO_PATIENCE = 1000
_SIDE = "Side of the square pictures; the report's value is the default."
_EPOCHS = "Most passes through the pictures; the report's value is the default."
_PATIENCE = "Stop when validation has not improved for so long. The report never stopped early, nor does the default."
_AUGMENTATION = "How pictures are turned, moved and mirrored anew in every epoch."
_CLASS_WEIGHTS = (
    "How far small categories count for more: 0 not at all, 1 all categories count the same. The reports: 0."
)
_PASS_MULTIPLICATIONS = 0.4e9
"""Of one picture through the default backbone; learning from a picture costs about three times a look at it."""


@dataclass(frozen=True)
class ScratchSettings(AugmentationSettings, ABC):
    """What all of them share."""

    side_px: int = setting(200, help=_SIDE, unit="pixels", minimum=32, maximum=512)
    epochs: int = setting(50, help=_EPOCHS, unit="epochs", minimum=1, maximum=1000)
    patience: int = setting(_NO_PATIENCE, help=_PATIENCE, unit="epochs", minimum=1, maximum=1000)
    batch_size: int = setting(16, help="Pictures a step.", unit="pictures", minimum=1, maximum=1024)
    learning_rate: float = setting(3e-4, help="Size of the steps of Adam.", minimum=1e-7, maximum=1.0)
    class_weights: float = setting(0.0, help=_CLASS_WEIGHTS, minimum=0.0, maximum=1.0)
    augmentation: str = setting("none", help=_AUGMENTATION, choices=tuple(PRESETS), section="augmentation")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            SettingsError: One is out of its range.
        """
        check_settings(self)

    @property
    @abstractmethod
    def multiplications(self) -> float:
        """What one look at a picture costs."""

    @property
    def passes_a_step(self) -> float:
        """What learning from a picture once costs, in pictures through the default backbone; a guess."""
        return 3 * self.multiplications / _PASS_MULTIPLICATIONS


@dataclass(frozen=True)
class BasicCnnSettings(ScratchSettings):
    """Settings of the recipe `basic-cnn` (K1)."""

    @property
    def multiplications(self) -> float:
        """Convolutions: 198^2 * 27 * 32 + 97^2 * 288 * 32 + 46^2 * 288 * 64 at 200 pixels."""
        return 160e6 * (self.side_px / 200) ** 2


@dataclass(frozen=True)
class VanillaCnnSettings(ScratchSettings):
    """Settings of the recipe `vanilla-cnn` (L3)."""

    side_px: int = setting(224, help=_SIDE, unit="pixels", minimum=32, maximum=512)
    # The report gives no figures for this network: these are those of its transfer learning, 12 + 8 epochs in all.
    epochs: int = setting(20, help=_EPOCHS, unit="epochs", minimum=1, maximum=1000)
    batch_size: int = setting(20, help="Pictures a step.", unit="pictures", minimum=1, maximum=1024)
    learning_rate: float = setting(1e-4, help="Size of the steps of Adam.", minimum=1e-7, maximum=1.0)
    width: float = setting(
        1 / 16,
        help="Share of the report's 512, 1024 and 2048 filters. 1 is the report's network, which needs a GPU.",
        minimum=1 / 128,
        maximum=1.0,
    )

    @property
    def filters(self) -> tuple[int, int, int]:
        """Filters of the three convolutions."""
        first, second, third = (max(1, round(count * self.width)) for count in (512, 1024, 2048))
        return first, second, third

    @property
    def multiplications(self) -> float:
        """Convolutions: 224^2 * 27 * f1 + 74^2 * 9 * f1 * f2 + 24^2 * 9 * f2 * f3 at 224 pixels."""
        first, second, third = self.filters
        at_224 = 224**2 * 27 * first + 74**2 * 9 * first * second + 24**2 * 9 * second * third
        return at_224 * (self.side_px / 224) ** 2


@dataclass(frozen=True)
class SmallVggSettings(ScratchSettings):
    """Settings of the recipe `small-vgg` (S1)."""

    side_px: int = setting(96, help=_SIDE, unit="pixels", minimum=32, maximum=512)
    epochs: int = setting(75, help=_EPOCHS, unit="epochs", minimum=1, maximum=1000)
    batch_size: int = setting(32, help="Pictures a step.", unit="pictures", minimum=1, maximum=1024)
    learning_rate: float = setting(
        1e-3, help="Size of the first steps of Adam; they shrink by this over the epochs.", minimum=1e-7, maximum=1.0
    )
    augmentation: str = setting(
        "multi-label report", help=_AUGMENTATION, choices=tuple(PRESETS), section="augmentation"
    )

    @property
    def multiplications(self) -> float:
        """Convolutions, 122 million, and the dense layer's 8 million at 96 pixels."""
        return 130e6 * (self.side_px / 96) ** 2

    @property
    def passes_a_step(self) -> float:
        """Measured twice what convolutions alone cost: normalisation, views, and steps of nine million weights."""
        return 2 * super().passes_a_step
