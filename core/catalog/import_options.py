"""What can be chosen when importing."""

from dataclasses import asdict, dataclass, field
from typing import Any

from core.catalog.pictures import MAX_PIXELS
from core.errors import SettingsError


@dataclass(frozen=True)
class ImportOptions:
    """Choices for one import.

    Attributes:
        split: Shares of train, validation and test, "8:1:1", for products the source gives no split; None leaves
            them without.
        seed: Decides, with the product's id, which side a product falls on and which ones a limit keeps.
        max_per_category: At most so many products of each category; None takes all.
        category_levels: Only so many levels of each category, from the broadest; None takes all.
        max_pixels: Larger pictures are skipped.
        merge: Category by the category it becomes, as paths "A > B"; what lies below moves along. A category that
            becomes "" is unknown.
    """

    split: str | None = None
    seed: int = 7
    max_per_category: int | None = None
    category_levels: int | None = None
    max_pixels: int = MAX_PIXELS
    merge: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every choice.

        Raises:
            SettingsError: One is out of its range.
        """
        self._check_types()
        if self.split is not None:
            _shares(self.split)
        for name in ("max_per_category", "category_levels", "max_pixels"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise SettingsError(f"{name} must be at least 1, not {value}; leave it out for no limit")

    def _check_types(self) -> None:
        """Refuse what is no text or no whole number: the choices may come from a job's folder."""
        if not isinstance(self.split, str | None):
            raise SettingsError(f"split must be a text such as 8:1:1, not {str(self.split)[:100]!r}")
        rules = self.merge.items() if isinstance(self.merge, dict) else [(None, None)]
        if not all(isinstance(part, str) for rule in rules for part in rule):
            raise SettingsError(f"merge must name categories by category, not {str(self.merge)[:100]!r}")
        for name in ("seed", "max_per_category", "category_levels", "max_pixels"):
            value = getattr(self, name)
            may_miss = name in ("max_per_category", "category_levels")
            if not isinstance(value, int) and not (value is None and may_miss):
                raise SettingsError(f"{name} must be a whole number, not {str(value)[:100]!r}")

    @property
    def shares(self) -> tuple[float, float, float] | None:
        """Shares of train, validation and test, summing to 1; None when nothing is to be split."""
        return None if self.split is None else _shares(self.split)

    def to_json(self) -> dict[str, Any]:
        """Give the choices as JSON values; `ImportOptions(**values)` makes them again."""
        return asdict(self)


def _shares(text: str) -> tuple[float, float, float]:
    """Read "8:1:1" as shares that sum to 1."""
    way_out = f"split must be three numbers such as 8:1:1 (train:validation:test), not {text!r}"
    try:
        train, validation, test = (float(part) for part in text.split(":"))
    except ValueError as error:
        raise SettingsError(way_out) from error
    total = train + validation + test
    if not (min(train, validation, test) >= 0 and train > 0 and total < float("inf")):
        raise SettingsError(f"{way_out}; none below 0, train above 0")
    return train / total, validation / total, test / total
