"""How classes are to be balanced in a training: as asked, or else as the catalog's cleaning recipe has it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog
    from core.home import Home
    from core.models.balance import BalanceSettings

FROM_RECIPE = "the step `balance` of the catalog's cleaning recipe"


def read_balance(given: Mapping[str, Any]) -> "BalanceSettings":
    """Read what was asked; nothing asked changes nothing.

    Raises:
        SettingsError: A setting is unknown, out of its range, or they contradict each other.
    """
    from core.models.balance import BalanceSettings
    from core.models.settings import parse_settings

    return parse_settings(BalanceSettings, given)


def wanted_balance(home: "Home", catalog: "Catalog", given: Mapping[str, Any]) -> tuple["BalanceSettings", str]:
    """Give the balance of a training, and where it comes from.

    Args:
        home: The home.
        catalog: The catalog.
        given: What was asked, as fields of ``core.models.balance.BalanceSettings``; empty, or the preset
            ``as cleaned`` alone, leaves it to the catalog.

    Raises:
        SettingsError: A setting is unknown or out of its range, or the catalog's recipe is damaged.
    """
    from core.cleaning.balance import balance_settings
    from core.models.train import ASKED

    left_to_it = read_balance(given) == read_balance({})
    found = balance_settings(home, catalog) if left_to_it else None
    if found is None:
        return read_balance(given), ASKED
    wish = {
        "preset": "oversample",
        "least": found["raise_to"],
        "most_views": found["most_views"],
        "level": found["level"],
        "augmentation": "none",
        "rotation": found["rotation"],
        "flip": "yes" if found["flip"] else "no",
        "brightness": found["color"],
        "color": found["color"],
    }
    return read_balance(wish), FROM_RECIPE
