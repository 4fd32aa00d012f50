"""Step `balance`: how far a training is to even out small categories by drawing more views of their pictures.

The step changes no product. It is kept in the recipe, where a training finds it: see :func:`balance_settings`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import cleaning_steps, product_pictures, products
from core.cleaning.catalog_rows import in_catalog
from core.cleaning.category_paths import top_levels
from core.cleaning.step import ChangeGroup, Plan
from core.home import Home
from core.models.settings import check_settings, parse_settings, setting, settings_to_json
from core.progress import Progress

KIND = "balance"


@dataclass(frozen=True)
class BalanceSettings:
    """Settings of the step `balance`; the defaults are those of the Flipkart report."""

    raise_to: int = setting(
        750, help="Categories with fewer training pictures are raised to so many by altered views.", minimum=1
    )
    most_views: int = setting(
        5, help="At most so many views of one picture, itself included.", unit="views", minimum=1, maximum=50
    )
    rotation: float = setting(
        15.0, help="Views are turned by up to this angle, either way.", unit="degrees", minimum=0.0, maximum=180.0
    )
    flip: bool = setting(True, help="Half of the views are mirrored left to right.")
    color: float = setting(
        0.1, help="Brightness, contrast and saturation change by up to this share.", minimum=0.0, maximum=1.0
    )
    level: int = setting(0, help="Level of the category that counts; 0 takes the whole path.", minimum=0, maximum=50)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)


def balance_settings(home: Home, catalog: Catalog) -> dict[str, Any] | None:
    """Give the settings a training is to balance by: those of the newest standing step `balance`.

    Returns:
        The fields of :class:`BalanceSettings` by name: ``raise_to`` (pictures a category), ``most_views`` (of one
        picture), ``rotation`` (degrees), ``flip``, ``color`` (share), ``level``; None where the recipe has none.

    Raises:
        SettingsError: The recipe was damaged.
    """
    table = cleaning_steps.c
    query = select(table.settings).where(table.catalog_id == catalog.catalog_id, table.kind == KIND)
    with read(home) as connection:
        found = connection.execute(query.order_by(table.step_id.desc()).limit(1)).scalar()
    return None if found is None else settings_to_json(parse_settings(BalanceSettings, found))


def views_of_each(pictures: int, settings: BalanceSettings) -> float:
    """Say how many views of each picture a category needs, itself included.

    Args:
        pictures: Training pictures of the category, at least 1.
        settings: The step's settings.

    Returns:
        1 for categories that are large enough, at most ``most_views``; a training draws the fraction by lot.
    """
    return min(max(settings.raise_to / pictures, 1.0), float(settings.most_views))


def plan_balance(home: Home, catalog: Catalog, settings: BalanceSettings, _progress: Progress) -> Plan:
    """Count what a training will draw."""
    counts = _training_pictures(home, catalog, level=settings.level)
    small = {name: count for name, count in counts.items() if count < settings.raise_to}
    views = {name: round(count * views_of_each(count, settings)) for name, count in small.items()}
    groups = tuple(
        ChangeGroup(KIND, f"{name} ({count:,} pictures)", f"{views[name]:,} pictures and views", count)
        for name, count in sorted(small.items(), key=lambda item: (item[1], item[0]))[:1000]
    )
    added = sum(views.values()) - sum(small.values())
    return Plan(
        summary=f"Tells trainings to raise {len(small):,} of {len(counts):,} categories towards "
        f"{settings.raise_to:,} pictures: {added:,} altered views in all",
        total=0,
        groups=groups,
        notes=("No product changes: the setting stays in the recipe, and trainings that alter pictures follow it.",),
        figures={"categories": len(counts), "raised": len(small), "views": added},
        stands_alone=True,
    )


def _training_pictures(home: Home, catalog: Catalog, *, level: int) -> dict[str, int]:
    """Count pictures that can be trained on by category: those of the train split, where there are splits."""
    joined = (products.c.catalog_id == product_pictures.c.catalog_id) & (
        products.c.product_id == product_pictures.c.product_id
    )
    query = (
        select(products.c.category, func.count())
        .join(product_pictures, joined)
        .where(*in_catalog(catalog.catalog_id), products.c.category.is_not(None))
        .where((products.c.split == "train") | products.c.split.is_(None))
        .group_by(products.c.category)
    )
    counts: dict[str, int] = {}
    with read(home) as connection:
        for path, count in connection.execute(query):
            name = top_levels(path, level) or path
            counts[name] = counts.get(name, 0) + count
    return counts
