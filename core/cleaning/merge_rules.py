"""Merge rules: a table of categories and what becomes of them."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalog.picture_formats import printable
from core.catalog.tables.cells import UNCLEAN
from core.cleaning.category_paths import join_levels, path_levels
from core.errors import SettingsError
from core.files import read_ordinary

MOST_RULES = 20_000
_MOST_BYTES = 20_000_000
_MOST_REWRITES = 100
_MOST_LEVELS = 50
_LONGEST_TARGET = 1000  # as of a category that is typed

Levels = tuple[str, ...]
Rule = tuple[str, str]
"""From and to; an empty "to" makes the category unknown."""


@dataclass(frozen=True)
class MergeRules:
    """Rules ready to use.

    Attributes:
        match: ``path``: a rule names a category by its path, and what lies below moves along. ``level``: a rule
            renames a level wherever it stands.
        targets: By the levels of "from" (one level for ``level``), the levels of "to".
    """

    match: str
    targets: Mapping[Levels, Levels]

    def rewritten(self, path: str) -> str | None:
        """Apply the rules to a path until none fits; None when nothing is left of it.

        Raises:
            SettingsError: The rules lead in a circle.
        """
        levels = path_levels(path)
        seen = [levels]
        while (following := self._once(levels)) is not None:
            seen.append(following)
            if following in seen[:-1] or len(seen) > _MOST_REWRITES or len(following) > _MOST_LEVELS:
                raise _circle(seen)
            levels = following
        return path if len(seen) == 1 else join_levels(levels)

    def _once(self, levels: Levels) -> Levels | None:
        """Apply one rule, the longest that fits; None when none does."""
        if self.match == "level":
            for place, level in enumerate(levels):
                target = self.targets.get((level,))
                if target is not None:
                    return (*levels[:place], *target, *levels[place + 1 :])
            return None
        for length in range(len(levels), 0, -1):
            target = self.targets.get(levels[:length])
            if target is not None:
                # Of an unknown category nothing is left, whatever lay below.
                return (*target, *levels[length:]) if target else ()
        return None


def make_rules(rules: Sequence[Rule], *, match: str) -> MergeRules:
    """Check rules and make them ready.

    Args:
        rules: From and to.
        match: ``path`` or ``level``, see :class:`MergeRules`.

    Raises:
        SettingsError: A rule names nothing, a category has two targets, or the rules lead in a circle.
    """
    if len(rules) > MOST_RULES:
        raise SettingsError(f"{len(rules):,} merge rules are too many: at most {MOST_RULES:,}")
    targets: dict[Levels, Levels] = {}
    for place, (before, after) in enumerate(rules, start=1):
        source, target = path_levels(before), path_levels(after)
        if not source:
            raise SettingsError(f"merge rule {place} names no category under 'from'")
        if len(after) > _LONGEST_TARGET or UNCLEAN.search(after):
            raise SettingsError(
                f"merge rule {place} leads to {_named(target)}: expected at most {_LONGEST_TARGET:,} characters, none "
                "of them a control character"
            )
        if match == "level" and len(source) > 1:
            raise SettingsError(
                f"merge rule {place} names the path {_named(source)}: match=level takes single levels; use match=path"
            )
        if targets.setdefault(source, target) != target:
            raise SettingsError(
                f"{_named(source)} is merged into both {_named(targets[source])} and {_named(target)}: keep one rule"
            )
    made = MergeRules(match, {source: target for source, target in targets.items() if source != target})
    for source in made.targets:
        made.rewritten(join_levels(source) or "")
    return made


def read_merge_file(path: Path) -> tuple[Rule, ...]:
    """Read rules from a file: CSV or TSV with the columns from and to, or JSON.

    JSON is a list of ``{"from": .., "to": ..}``, a list of pairs, or one object of from: to.

    Raises:
        SettingsError: The file cannot be read, or a row is no rule; the message names the row.
    """
    try:
        text = read_ordinary(path, most_bytes=_MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"cannot read the merge rules in {path}: {error.strerror}; check the path") from error
    except ValueError as error:  # no ordinary file, too large, or not UTF-8
        raise SettingsError(
            f"cannot read the merge rules in {path}: {str(error)[:200]}; write them as CSV in UTF-8"
        ) from error
    return read_merge_text(text, name=str(path))


def read_merge_text(text: str, *, name: str) -> tuple[Rule, ...]:
    """Read rules from the text of a file; see :func:`read_merge_file`."""
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        try:
            return read_rule_values(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise SettingsError(
                f"{name} is no JSON: {str(error)[:200]}; check it, or write the rules as CSV"
            ) from error
    head = text.splitlines()[0] if text else ""
    delimiter = max("\t;,", key=head.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SettingsError(f"{name} cannot be read as a table: {error}") from error
    return tuple(_rule_of_row(row, number, places, name=name) for number, row, places in _numbered(rows))


def read_rule_values(values: Any) -> tuple[Rule, ...]:
    """Read rules from JSON values, as in a recipe.

    Raises:
        SettingsError: They are no rules.
    """
    if isinstance(values, Mapping):
        values = [{"from": before, "to": after} for before, after in values.items()]
    if not isinstance(values, list | tuple):
        raise SettingsError("merge rules are a list of {'from': .., 'to': ..}")
    return tuple(_rule_of_value(value, place) for place, value in enumerate(values, start=1))


def _numbered(rows: list[list[str]]) -> Iterable[tuple[int, list[str], tuple[int, int]]]:
    if not rows:
        return []
    heading = [cell.strip().lower() for cell in rows[0]]
    if "from" in heading and "to" in heading:
        places = (heading.index("from"), heading.index("to"))
        return [(number, row, places) for number, row in enumerate(rows[1:], start=2)]
    return [(number, row, (0, 1)) for number, row in enumerate(rows, start=1)]


def _rule_of_row(row: list[str], number: int, places: tuple[int, int], *, name: str) -> Rule:
    if len(row) <= max(places):
        raise SettingsError(f"row {number} of {name} has {len(row)} cells: expected the columns from and to")
    return row[places[0]].strip(), row[places[1]].strip()


def _rule_of_value(value: Any, place: int) -> Rule:
    if isinstance(value, Mapping):
        value = (value.get("from"), value.get("to"))
    texts = [("" if text is None else text) for text in value] if isinstance(value, list | tuple) else []
    if len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise SettingsError(f"merge rule {place} is {str(value)[:100]!r}: expected a 'from' and a 'to'")
    return texts[0].strip(), texts[1].strip()


def _circle(seen: Sequence[Levels]) -> SettingsError:
    way = " -> ".join(_named(levels) for levels in seen[:6])
    return SettingsError(f"the merge rules lead in a circle: {way}{' ...' if len(seen) > 6 else ''}; take one out")


def _named(levels: Levels) -> str:
    return repr(printable((join_levels(levels) or "unknown")[:100]))
