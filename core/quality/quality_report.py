"""The quality report of a catalog: what it holds and what is wrong in it, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.catalog.product_filter import ProductFilter
from core.quality.checks import CHECKS, SEVERITIES

MOST_PRODUCTS = 2000
"""A line names at most so many products, the worst first; its count is of all."""

EXAMPLES = 5


@dataclass(frozen=True)
class QualityLine:
    """One line of the report.

    Attributes:
        key: Name of the check; of skipped files ``skipped_<reason>``.
        group: One of ``core.quality.checks.GROUPS``.
        title: A few words.
        severity: One of ``core.quality.checks.SEVERITIES``.
        sentence: What was found and what it means. May hold foreign text: show it as text only.
        count: How many were found.
        total: Out of how many.
        products: Which products to show; None where there are none to show.
        names: Files, where the line is about files and not about products; at most :data:`MOST_PRODUCTS`.
        first: The first few product ids, where `products` does not name them.
    """

    key: str
    group: str
    title: str
    severity: str
    sentence: str
    count: int
    total: int
    products: ProductFilter | None = None
    names: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    @property
    def examples(self) -> tuple[str, ...]:
        """The first few product ids or file names."""
        named = self.products.product_ids if self.products is not None else None
        return (named or self.names or self.first)[:EXAMPLES]

    def to_json(self) -> dict[str, Any]:
        """Give the line as the command `quality` prints it."""
        names = ("key", "group", "severity", "title", "sentence", "count", "total")
        return {name: getattr(self, name) for name in names} | {"examples": list(self.examples)}


@dataclass(frozen=True)
class Histogram:
    """Counts in ranges of a number that grow by equal factors; one range of no width where all values are equal.

    Attributes:
        title: What is counted, in words of ours.
        unit: Unit of the edges, such as ``px`` or ``EUR``.
        edges: N + 1 bounds of the ranges, rising.
        counts: N counts.
    """

    title: str
    unit: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class QualityReport:
    """What a catalog holds and what is wrong in it.

    Attributes:
        catalog: Its name.
        version: The catalog's version the report is about.
        created: UTC time, ISO 8601.
        products: How many products.
        pictures: Pictures of products; one that two products share counts twice.
        distinct_pictures: Different pictures.
        unmeasured: Different pictures whose measures are missing: the lines about pictures leave them out.
        lines: What was looked for, what matters most first.
        categories: Products by full category path, the largest first; None is no category.
        pictures_per_product: Products by how many pictures they have.
        formats: Different pictures by format.
        sizes: Shorter sides of the pictures; None without pictures.
        prices: Price distribution by currency, the most frequent first.
    """

    catalog: str
    version: int
    created: str
    products: int
    pictures: int
    distinct_pictures: int
    unmeasured: int
    lines: tuple[QualityLine, ...] = field(repr=False)
    categories: tuple[tuple[str | None, int], ...] = field(repr=False)
    pictures_per_product: Mapping[int, int] = field(repr=False)
    formats: Mapping[str, int] = field(repr=False)
    sizes: Histogram | None = field(repr=False)
    prices: Mapping[str, Histogram] = field(repr=False)

    def line(self, key: str) -> QualityLine | None:
        """Find a line by its key."""
        return next((line for line in self.lines if line.key == key), None)

    @property
    def category_count(self) -> int:
        """Distinct category paths."""
        return sum(path is not None for path, _ in self.categories)

    @property
    def verdict(self) -> str:
        """Say in a sentence or two whether the catalog can be trusted, and what to mend first."""
        if not self.products:
            return "This catalog is empty: there is nothing to judge yet."
        by_severity = {name: [line for line in self.lines if line.severity == name] for name in SEVERITIES}
        bad, warnings = by_severity["bad"], by_severity["warning"]
        if bad:
            words = "1 thing" if len(bad) == 1 else f"{len(bad)} things"
            first = f"Not yet to be trusted: {words} to mend first, beginning with {_named(bad[0])}."
        elif warnings:
            words = "1 thing is" if len(warnings) == 1 else f"{len(warnings)} things are"
            first = f"Mostly sound: nothing urgent, but {words} worth a look, beginning with {_named(warnings[0])}."
        else:
            first = f"Sound: {len(self.lines)} checks found nothing that needs mending."
        return first + self._unjudged()

    def _unjudged(self) -> str:
        if not self.unmeasured:
            return ""
        count = f"{self.unmeasured:,} of {self.distinct_pictures:,} pictures"
        return f" {count} have not been measured yet, so dark and blurry ones among them are not known."

    def to_json(self) -> dict[str, Any]:
        """Give the report as the command `quality` prints it."""
        counts = ("catalog", "version", "products", "pictures", "distinct_pictures", "unmeasured", "verdict")
        return {name: getattr(self, name) for name in counts} | {
            "categories": self.category_count,
            "lines": [line.to_json() for line in self.lines],
        }


def _named(line: QualityLine) -> str:
    """Name a line within a sentence: ``“Without a price” (12 of 1,050)``."""
    return f"“{line.title}” ({line.count:,} of {line.total:,})"


def checked_line(
    key: str, *, count: int, total: int, products: ProductFilter | None, first: tuple[str, ...] = ()
) -> QualityLine:
    """Make the line of a check from what was counted."""
    check = CHECKS[key]
    return QualityLine(
        key=key,
        group=check.group,
        title=check.title,
        severity=check.severity(count, total),
        sentence=check.sentence(count, total),
        count=count,
        total=total,
        products=products if count else None,
        first=first,
    )


def by_importance(lines: list[QualityLine]) -> tuple[QualityLine, ...]:
    """Sort lines: what is to be mended first comes first, then by share; lines that found nothing keep their order."""
    return tuple(sorted(lines, key=lambda line: (SEVERITIES.index(line.severity), -line.count / max(line.total, 1))))
