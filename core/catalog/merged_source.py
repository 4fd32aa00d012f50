"""A source whose categories are merged by rules while it is read."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.catalog.import_values import CATEGORY_SEPARATOR
from core.catalog.sources import SkippedFile, Source, SourceRecord
from core.errors import SettingsError

_MOST_REWRITES = 100

Levels = tuple[str, ...]


class MergedSource:
    """Passes a source on with its categories merged, so that limits and splits see the merged ones.

    Args:
        source: The source.
        rules: Category by the category it becomes, as paths or as one level, in any case. The longest rule that fits
            the beginning of a path is taken and levels below move along; else a rule of one level takes that level
            wherever it stands. Rules are followed until none fits. "" makes a category unknown.

    Raises:
        SettingsError: The rules lead in a circle.
    """

    def __init__(self, source: Source, rules: Mapping[str, str]) -> None:
        self._source = source
        targets = {_levels(origin): _levels(aim) for origin, aim in rules.items()}
        self._targets = {_folded(origin): aim for origin, aim in targets.items() if origin and origin != aim}
        self._known: dict[Levels, Levels] = {}
        for origin in targets:
            self._merged(origin)  # so that a circle is told before anything is imported

    @property
    def description(self) -> str:
        """Where the products come from."""
        return self._source.description

    def count(self) -> int | None:
        """Return how many records there are."""
        return self._source.count()

    def keys(self) -> set[str]:
        """Return the `product_id` of every record."""
        return self._source.keys()

    def records(self) -> Iterator[SourceRecord]:
        """Yield every product with its merged category."""
        for record in self._source.records():
            merged = self._merged(record.category)
            yield record if merged == record.category else replace(record, category=merged)

    def skipped(self) -> list[SkippedFile]:
        """Return what was left out so far."""
        return self._source.skipped()

    def notes(self) -> list[str]:
        """Return what the source found worth knowing."""
        return list(getattr(self._source, "notes", list)())

    def _merged(self, category: Levels) -> Levels:
        """Follow the rules; a source has far fewer categories than products, so each is followed once."""
        if category not in self._known:
            levels = category
            for _ in range(_MOST_REWRITES):
                following = self._once(levels)
                if following is None:
                    break
                levels = following
            else:
                raise SettingsError(
                    f"the merge rules lead in a circle at {CATEGORY_SEPARATOR.join(levels)[:200]!r}: take one out"
                )
            self._known[category] = levels
        return self._known[category]

    def _once(self, levels: Levels) -> Levels | None:
        """Apply the first rule that fits and changes anything; None when none does."""
        folded = _folded(levels)
        for length in range(len(levels), 0, -1):
            aim = self._targets.get(folded[:length])
            if aim is not None:
                return _changed(levels, (*aim, *levels[length:]) if aim else ())
        for place in range(1, len(levels)):
            aim = self._targets.get(folded[place : place + 1])
            if aim is not None:
                above = levels[:place] if len(aim) == 1 else ()  # a path says itself what is above
                return _changed(levels, (*above, *aim, *levels[place + 1 :]) if aim else ())
        return None


def _changed(levels: Levels, following: Levels) -> Levels | None:
    return None if following == levels else following


def _folded(levels: Levels) -> Levels:
    return tuple(unicodedata.normalize("NFC", level).casefold() for level in levels)


def _levels(path: str) -> Levels:
    return tuple(level for part in path.split(">") if (level := part.strip()))
