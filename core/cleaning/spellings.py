"""Step `spelling`: names that differ only in case, blanks, accents or plural take the most frequent form."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.cleaning.catalog_rows import value_counts
from core.cleaning.category_paths import join_levels, path_levels
from core.cleaning.folding import fold_name, frequent_forms
from core.cleaning.step import Plan
from core.cleaning.value_maps import changed_only, map_groups, mapped, mapped_total
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

FIELDS = ("category", "brand", "color")


@dataclass(frozen=True)
class SpellingSettings:
    """Settings of the step `spelling`."""

    fields: str = setting(
        "category",
        help="Whose names are brought together.",
        choices=("category", "brand", "color", "category, brand and color"),
    )
    plurals: bool = setting(True, help="Bring singular and plural together too: Watch and Watches.")

    def __post_init__(self) -> None:
        """Check the choices."""
        check_settings(self)


def plan_spelling(home: Home, catalog: Catalog, settings: SpellingSettings, _progress: Progress) -> Plan:
    """Give every name its most frequent spelling; levels of categories one by one, among those of one parent."""
    fields = [name for name in FIELDS if name in settings.fields]
    maps, counts = {}, {}
    with read(home) as connection:
        for field in fields:
            counts[field] = value_counts(connection, catalog.catalog_id, field)
            known = {value: count for value, count in counts[field].items() if value is not None}
            maps[field] = changed_only(
                spelled_paths(known, plurals=settings.plurals)
                if field == "category"
                else frequent_forms(known, key=lambda form: fold_name(form, plurals=settings.plurals))
            )
        total = mapped_total(connection, catalog, maps)
    renamed = sum(map(len, maps.values()))
    return Plan(
        summary=f"Brings {renamed:,} spellings of {settings.fields} to their most frequent form, in {total:,} products",
        total=total,
        changes=mapped(catalog, maps),
        groups=map_groups(maps, counts),
        figures={"spellings": renamed},
    )


def spelled_paths(counts: Mapping[str, int], *, plurals: bool) -> dict[str, str]:
    """Choose the spelling of every category path.

    Args:
        counts: Products by path.
        plurals: Whether singular and plural are one name.

    Returns:
        The chosen path of every given one.
    """
    forms: dict[tuple[str, ...], Counter[str]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for path, count in counts.items():
        levels = path_levels(path)
        keys[path] = tuple(fold_name(level, plurals=plurals) for level in levels)
        for depth, level in enumerate(levels, start=1):
            forms.setdefault(keys[path][:depth], Counter())[level] += count
    best = {key: min(found, key=lambda form: (-found[form], form)) for key, found in forms.items()}
    return {
        path: join_levels(best[key[:depth]] for depth in range(1, len(key) + 1)) or path for path, key in keys.items()
    }
