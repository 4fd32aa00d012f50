"""Balance of classes: which train pictures are left out, and which are seen again as altered views.

Sources: the recommender report (F4) brought labels above 2,000 pictures down to 1,500 and raised small ones towards
750 by turned, mirrored and recolored pictures; the item categorization report (L2) kept 300 pictures a category.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from core.errors import SettingsError
from core.models.augmentation import AugmentationSettings
from core.models.settings import check_settings, setting
from core.models.splits import TRAIN

_F4_VIEWS = {"most_views": 5, "augmentation": "recommender report"}


@dataclass(frozen=True)
class BalanceSettings(AugmentationSettings):
    """Settings of the balance of classes; validation and test are never touched."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {
            "as cleaned": {},
            "none": {},
            "weights": {"class_weights": 1.0},
            "cap": {"most": 300},
            "oversample": {"least": 750, **_F4_VIEWS},
            "recommender report": {"above": 2000, "most": 1500, "least": 750, **_F4_VIEWS},
        }
    )

    preset: str = setting(
        "as cleaned",
        help="How classes are balanced. `as cleaned`: as the step `balance` of the catalog's cleaning recipe says, if "
        "any; `none`: not at all; `weights`: small ones count for more; `cap`: at most so many pictures of each "
        "(300 in the item categorization report); `oversample`: small ones are raised by altered views; "
        "`recommender report`: its caps and raises. What you change wins.",
        choices=("as cleaned", "none", "weights", "cap", "oversample", "recommender report"),
    )
    class_weights: float = setting(
        0.0,
        help="How far small classes count for more: 0 leaves it to the recipe, 1 all classes count the same.",
        minimum=0.0,
        maximum=1.0,
    )
    most: int = setting(
        0, help="At most so many pictures of a class; 0 keeps all.", unit="pictures", minimum=0, maximum=10**9
    )
    above: int = setting(
        0,
        help="Only classes above this are brought down to `most`; 0: all above `most`.",
        unit="pictures",
        minimum=0,
        maximum=10**9,
    )
    least: int = setting(
        0,
        help="Smaller classes are raised to so many by altered views; 0 raises none.",
        unit="pictures",
        minimum=0,
        maximum=10**6,
    )
    most_views: int = setting(
        5, help="At most so many views of one picture, itself included.", unit="views", minimum=1, maximum=50
    )
    level: int = setting(
        0, help="Level of the category whose pictures are counted; 0 counts each class.", minimum=0, maximum=50
    )

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            SettingsError: One is out of its range, or they contradict each other.
        """
        check_settings(self)
        if self.most and self.above and self.above < self.most:
            raise SettingsError(f"above is {self.above} and most is {self.most}: expected above to be at least most")
        if self.most and self.least > self.most:
            raise SettingsError(f"least is {self.least} and most is {self.most}: expected most to be at least least")

    @property
    def is_nothing(self) -> bool:
        """Whether classes stay as they are."""
        return not (self.class_weights or self.most or self.least)


@dataclass(frozen=True)
class BalancedRows:
    """Which of P pictures are learned from, and how often.

    Attributes:
        kept: Bool (P,): pictures that stay; all of validation and test do.
        repeated: Int64 (E,): positions of train pictures that are seen once more, ascending.
        views: Int64 (E,): which view of the picture each of them is, from 1; 0 would be the picture itself.
    """

    kept: np.ndarray
    repeated: np.ndarray
    views: np.ndarray


def limited(preset: str, limit: int) -> dict[str, object]:
    """Give the settings of a preset whose one number is another.

    Args:
        preset: ``cap`` or ``oversample``.
        limit: Most pictures of a class, or least.

    Raises:
        SettingsError: The preset has no such number.
    """
    names = {"cap": "most", "oversample": "least"}
    if preset not in names:
        raise SettingsError(f"balance {preset!r} takes no limit: a limit is for {' and '.join(names)}")
    return {"preset": preset, names[preset]: limit}


def balance_rows(groups: np.ndarray, sides: np.ndarray, *, settings: BalanceSettings, seed: int) -> BalancedRows:
    """Choose which train pictures stay and which are seen again.

    Args:
        groups: Int64 (P,): number of the class, or of whatever is counted, of each picture, from 0.
        sides: Uint8 (P,): 0 train, 1 validation, 2 test.
        settings: What is wanted.
        seed: Decides which pictures go and which are seen once more.

    Returns:
        A class with n train pictures keeps ``most`` of them when it has more than ``above``; one that then has fewer
        than ``least`` is raised to it, or to ``most_views`` times its pictures.
    """
    kept = np.ones(len(groups), dtype=bool)
    repeated, views = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for group in range(int(groups.max(initial=-1)) + 1):
        chance = np.random.default_rng((seed, group, 7))
        rows = np.flatnonzero((groups == group) & (sides == TRAIN))
        if settings.most and len(rows) > (settings.above or settings.most):
            chosen = np.sort(chance.permutation(rows)[: settings.most])
            kept[np.setdiff1d(rows, chosen)] = False
            rows = chosen
        more, numbers = _repeats(rows, settings, chance)
        repeated.append(more)
        views.append(numbers)
    places, numbers = np.concatenate(repeated), np.concatenate(views)
    order = np.lexsort((numbers, places))
    return BalancedRows(kept, places[order], numbers[order])


def _repeats(rows: np.ndarray, settings: BalanceSettings, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Spread the missing pictures evenly over those there are; who gives one more is drawn."""
    missing = min(settings.least, len(rows) * settings.most_views) - len(rows)
    if missing <= 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    each, rest = divmod(missing, len(rows))
    places = np.concatenate([np.repeat(rows, each), np.sort(chance.permutation(rows)[:rest])])
    numbers = np.concatenate([np.tile(np.arange(1, each + 1), len(rows)), np.full(rest, each + 1)])
    return places.astype(np.int64), numbers.astype(np.int64)
