"""Step `category-levels`: keep the broad levels of every category and let the deep ones go."""

from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.cleaning.catalog_rows import value_counts
from core.cleaning.category_paths import top_levels
from core.cleaning.step import Plan
from core.cleaning.value_maps import changed_only, map_groups, mapped
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress


@dataclass(frozen=True)
class LevelSettings:
    """Settings of the step `category-levels`."""

    levels: int = setting(1, help="How many levels stay, from the broadest down.", minimum=1, maximum=50)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)


def plan_levels(home: Home, catalog: Catalog, settings: LevelSettings, _progress: Progress) -> Plan:
    """Cut every category path that has more levels."""
    with read(home) as connection:
        counts = value_counts(connection, catalog.catalog_id, "category")
    paths = [path for path in counts if path is not None]
    mapping = changed_only({path: top_levels(path, settings.levels) for path in paths})
    total = sum(counts[path] for path in mapping)
    left = len({mapping.get(path, path) for path in paths})
    kept = "the top level" if settings.levels == 1 else f"the top {settings.levels} levels"
    return Plan(
        summary=f"Keeps {kept} of categories: {len(paths):,} become {left:,}, in {total:,} products",
        total=total,
        changes=mapped(catalog, {"category": mapping}),
        groups=map_groups({"category": mapping}, {"category": counts}),
        figures={"categories_before": len(paths), "categories_after": left},
    )
