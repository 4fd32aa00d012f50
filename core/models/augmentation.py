"""How pictures are altered for training, as settings: a named preset, and each of its figures where another is wanted.

Recipes that draw views inherit :class:`AugmentationSettings`; so does the balance of classes.
"""

from dataclasses import dataclass, replace

from core.models.settings import setting
from core.vision.views import PRESETS, ViewSettings

AS_PRESET = -1.0
"""The value of a figure that is left to the preset."""

_FIGURES = ("rotation", "shift", "shear", "zoom", "stretch", "brightness", "color")
_LEFT = "−1: as `augmentation` has it."
_SECTION = "augmentation"


@dataclass(frozen=True)
class AugmentationSettings:
    """Settings of how views of a picture are drawn."""

    augmentation: str = setting(
        "ours",
        help="How pictures are turned, moved, slanted, zoomed, mirrored and recolored; the reports' ways are named.",
        choices=tuple(PRESETS),
        section=_SECTION,
    )
    rotation: float = setting(
        AS_PRESET,
        help=f"Largest turn to either side. {_LEFT}",
        unit="degrees",
        minimum=-1.0,
        maximum=180.0,
        section=_SECTION,
    )
    shift: float = setting(
        AS_PRESET,
        help=f"Largest move to each side, share of the side. {_LEFT}",
        minimum=-1.0,
        maximum=0.5,
        section=_SECTION,
    )
    shear: float = setting(
        AS_PRESET, help=f"Largest slant, tangent of its angle. {_LEFT}", minimum=-1.0, maximum=1.0, section=_SECTION
    )
    zoom: float = setting(
        AS_PRESET,
        help=f"How near a view may come: largest share of the area cut away. {_LEFT}",
        minimum=-1.0,
        maximum=0.9,
        section=_SECTION,
    )
    stretch: float = setting(
        AS_PRESET,
        help=f"Largest change of the proportions, natural logarithm. {_LEFT}",
        minimum=-1.0,
        maximum=1.0,
        section=_SECTION,
    )
    flip: str = setting(
        "as preset",
        help="Whether half of the views are mirrored left to right.",
        choices=("as preset", "yes", "no"),
        section=_SECTION,
    )
    brightness: float = setting(
        AS_PRESET,
        help=f"Largest change of contrast and brightness, share. {_LEFT}",
        minimum=-1.0,
        maximum=1.0,
        section=_SECTION,
    )
    color: float = setting(
        AS_PRESET,
        help=f"Largest change of each color channel, share. {_LEFT}",
        minimum=-1.0,
        maximum=1.0,
        section=_SECTION,
    )

    @property
    def view_settings(self) -> ViewSettings:
        """How views are drawn: the preset's figures, and those that were set beside it."""
        figures = {name: getattr(self, name) for name in _FIGURES if getattr(self, name) >= 0}
        if self.flip != "as preset":
            figures["flip"] = self.flip == "yes"
        return replace(PRESETS[self.augmentation], **figures)


def alters_nothing(views: ViewSettings) -> bool:
    """Tell whether all views are the picture itself."""
    return views == PRESETS["none"]
