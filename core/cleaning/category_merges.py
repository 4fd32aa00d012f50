"""Step `merge-categories`: categories that mean the same become one, by a table of rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.cleaning.catalog_rows import value_counts
from core.cleaning.category_paths import path_levels
from core.cleaning.merge_rules import MergeRules, Rule, make_rules, read_merge_file, read_rule_values
from core.cleaning.step import Plan
from core.cleaning.value_maps import changed_only, map_groups, mapped
from core.errors import SettingsError
from core.home import Home
from core.models.settings import setting
from core.progress import Progress

_NAMED = 5


@dataclass(frozen=True)
class MergeSettings:
    """Settings of the step `merge-categories`.

    Attributes:
        rules: From and to; an empty "to" makes the category unknown.
        match: What a rule names, see :class:`core.cleaning.merge_rules.MergeRules`.
    """

    rules: tuple[Rule, ...] = ()
    match: str = setting(
        "path", help="A rule names a whole path, or a level wherever it stands.", choices=("path", "level")
    )

    def __post_init__(self) -> None:
        """Check the rules."""
        if self.match not in ("path", "level"):
            raise SettingsError(f"match is {self.match!r}: expected path or level")
        if not self.rules:
            raise SettingsError("there is no merge rule: give file=FILE, a table with the columns from and to")
        make_rules(self.rules, match=self.match)


def read_merge_settings(values: Mapping[str, object]) -> MergeSettings:
    """Make settings of `file` or `rules`, and `match`."""
    unknown = sorted(set(values) - {"file", "rules", "match"})
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]!r}: the settings are file (or rules), match")
    rules: tuple[Rule, ...] = ()
    if values.get("file"):
        rules = read_merge_file(Path(str(values["file"])).expanduser())
    if values.get("rules"):
        rules += read_rule_values(values["rules"])
    return MergeSettings(rules=rules, match=str(values.get("match", "path")))


def write_merge_settings(settings: MergeSettings) -> dict[str, Any]:
    """Give settings as JSON values; the rules themselves, so that a recipe needs no other file."""
    return {"rules": [{"from": before, "to": after} for before, after in settings.rules], "match": settings.match}


def plan_merges(home: Home, catalog: Catalog, settings: MergeSettings, _progress: Progress) -> Plan:
    """Apply the rules to every category."""
    rules = make_rules(settings.rules, match=settings.match)
    with read(home) as connection:
        counts = value_counts(connection, catalog.catalog_id, "category")
    paths = [path for path in counts if path is not None]
    mapping = changed_only({path: rules.rewritten(path) for path in paths})
    total = sum(counts[path] for path in mapping)
    left = len({mapping.get(path, path) for path in paths} - {None})
    idle = _idle_rules(rules, paths)
    notes = []
    if idle:
        named = ", ".join(repr(name) for name in idle[:_NAMED]) + (" ..." if len(idle) > _NAMED else "")
        notes.append(f"{len(idle):,} rules fit no category of this catalog: {named}")
    return Plan(
        summary=f"Merges {len(mapping):,} categories by {len(settings.rules):,} rules: "
        f"{len(paths):,} become {left:,}, in {total:,} products",
        total=total,
        changes=mapped(catalog, {"category": mapping}),
        groups=map_groups({"category": mapping}, {"category": counts}),
        notes=tuple(notes),
        figures={"categories_before": len(paths), "categories_after": left, "rules_without_effect": len(idle)},
    )


def _idle_rules(rules: MergeRules, paths: list[str]) -> list[str]:
    """Name the rules that fit no category: often a slip of the pen."""
    found: set[tuple[str, ...]] = set()
    for path in paths:
        levels = path_levels(path)
        found |= (
            {(level,) for level in levels}
            if rules.match == "level"
            else {levels[:length] for length in range(1, len(levels) + 1)}
        )
    # What another rule produces counts too: A -> B, B -> C.
    found |= set(rules.targets.values())
    return [" > ".join(source) for source in rules.targets if source not in found]
