"""Suggestions which categories may be one: their names are alike, or a model takes one for the other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.cleaning.catalog_rows import value_counts
from core.cleaning.category_paths import join_levels, path_levels
from core.cleaning.folding import fold_name
from core.errors import ShelfLensError
from core.home import Home

LEAST_SIMILARITY = 0.84
LEAST_CONFUSED_SHARE = 0.2
LEAST_CONFUSED_PICTURES = 3
_MOST_NAMES = 3000
_LEAST_SHARED_WORDS = 1 / 3
_MOST_WORDS = 6  # longer names are titles of products that stand where a category should
_EMPTY_WORDS = frozenset({"and", "of", "for", "the", "with", "other", "new", "accessory"})

Levels = tuple[str, ...]


@dataclass(frozen=True)
class MergeSuggestion:
    """Two categories that may be one.

    Attributes:
        before: The smaller one; what is below it would move along.
        after: The larger one, which would take it in.
        products_before: Products in the smaller one and below.
        products_after: Products in the larger one and below.
        score: 0..1, higher is surer.
        why: The reason, in words.
    """

    before: str
    after: str
    products_before: int
    products_after: int
    score: float
    why: str

    def to_json(self) -> dict[str, Any]:
        """Give it as `suggest-merges` prints it."""
        return {
            "from": self.before,
            "to": self.after,
            "products_from": self.products_before,
            "products_to": self.products_after,
            "score": round(self.score, 4),
            "why": self.why,
        }


def suggest_merges(home: Home, catalog: Catalog, *, limit: int = 50) -> list[MergeSuggestion]:
    """Suggest merges, the surest first; each category is to be merged into at most one other.

    Args:
        home: The home.
        catalog: The catalog.
        limit: At most so many.
    """
    with read(home) as connection:
        counts = value_counts(connection, catalog.catalog_id, "category")
    below = _products_below({path: count for path, count in counts.items() if path is not None})
    found = [*_alike_by_name(below), *_confused(home, catalog, below)]
    best: dict[str, MergeSuggestion] = {}
    for each in sorted(found, key=lambda each: (-each.score, -each.products_before, each.before)):
        best.setdefault(each.before, each)
    # A chain A -> B -> A cannot arise: the smaller always goes into the larger, equals by name.
    return list(best.values())[:limit]


def _products_below(counts: Mapping[str, int]) -> dict[Levels, int]:
    """Count products of every path and all below it."""
    below: dict[Levels, int] = defaultdict(int)
    for path, count in counts.items():
        levels = path_levels(path)
        for length in range(1, len(levels) + 1):
            below[levels[:length]] += count
    return below


def _alike_by_name(below: Mapping[Levels, int]) -> Iterator[MergeSuggestion]:
    """Compare the names of the children of each parent."""
    children: dict[Levels, list[Levels]] = defaultdict(list)
    for levels in below:
        children[levels[:-1]].append(levels)
    for siblings in children.values():
        largest = sorted(siblings, key=lambda levels: (-below[levels], levels))[:_MOST_NAMES]
        yield from _alike_siblings(largest, below)


def _alike_siblings(siblings: list[Levels], below: Mapping[Levels, int]) -> Iterator[MergeSuggestion]:
    import numpy as np
    from rapidfuzz import fuzz, process

    names = [fold_name(levels[-1], plurals=True) for levels in siblings]
    words = [frozenset(name.split()) - _EMPTY_WORDS for name in names]
    scores = process.cdist(names, names, scorer=fuzz.ratio, dtype=np.uint8, score_cutoff=100 * LEAST_SIMILARITY)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(np.triu(scores, 1)), strict=True)}
    pairs |= _sharing_words(words)
    for larger, smaller in sorted(pairs):  # siblings are sorted, the largest first
        similarity = _similarity(names[larger], names[smaller])
        shared = words[larger] & words[smaller]
        overlap = len(shared) / max(len(words[larger] | words[smaller]), 1)
        if similarity == 1.0:
            score, why = 1.0, "the names differ only in case, punctuation or plural"
        elif similarity >= LEAST_SIMILARITY and not _differ_by_opposites(words[larger], words[smaller]):
            score, why = similarity * 0.95, f"the names are {100 * similarity:.0f} % alike"
        elif overlap >= _LEAST_SHARED_WORDS and len(words[larger] | words[smaller]) <= _MOST_WORDS:
            score, why = 0.5 * overlap, f"both names say {_some(sorted(shared))}"
        else:
            continue
        yield _suggestion(siblings[smaller], siblings[larger], below, score, why)


def _some(words: list[str]) -> str:
    return ", ".join(words[:3]) + (" ..." if len(words) > 3 else "")


def _similarity(one: str, other: str) -> float:
    """Compare what two names do not share: of "Timex watch" and "Titan watch" only the makers. 0..1, 1 for equal."""
    from rapidfuzz import fuzz

    words, others = one.split(), other.split()
    rest = (
        " ".join(word for word in words if word not in others),
        " ".join(word for word in others if word not in words),
    )
    if not all(rest):
        return 1.0 if not any(rest) else 0.0
    # Numbers differ on purpose: 32 GB is not 64 GB.
    return 0.0 if any(each.isdigit() for each in "".join(rest)) else fuzz.ratio(*rest) / 100


_OPPOSITES = (
    {"men", "women"},
    {"mens", "womens"},
    {"boy", "girl"},
    {"man", "woman"},
    {"male", "female"},
    {"his", "her"},
)


def _differ_by_opposites(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two names differ by words such as men and women: alike in letters, never one category."""
    different = one ^ other
    return any(pair <= different for pair in _OPPOSITES)


def _sharing_words(words: list[frozenset[str]]) -> set[tuple[int, int]]:
    """Find pairs of names that share a word not everybody uses."""
    owners: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(words):
        for word in own:
            owners[word].append(place)
    rare = [places for places in owners.values() if 1 < len(places) <= 3]
    return {
        (a, b)
        for places in rare
        for a in places
        for b in places
        if a < b and not _differ_by_opposites(words[a], words[b])
    }


def _confused(home: Home, catalog: Catalog, below: Mapping[Levels, int]) -> Iterator[MergeSuggestion]:
    """Give the pairs that the newest run takes for one another most."""
    from core.evaluation.confusion import most_confused_pairs
    from core.evaluation.report import evaluate_run
    from core.models.runs import list_runs

    runs = [run for run in list_runs(home, catalog_id=catalog.catalog_id) if run.target.startswith("category")]
    if not runs:
        return
    try:
        pairs = most_confused_pairs(evaluate_run(home, runs[0].run_id).confusion, limit=200)
    except ShelfLensError:
        return  # a run whose files are gone suggests nothing; the Evaluate page says what is wrong with it
    for row in pairs.to_dict("records"):
        one, other = path_levels(str(row["true"])), path_levels(str(row["predicted"]))
        if one not in below or other not in below:
            continue  # merged or renamed since
        if row["pictures"] < LEAST_CONFUSED_PICTURES or row["share"] < LEAST_CONFUSED_SHARE:
            continue
        larger, smaller = sorted((one, other), key=lambda levels: (-below[levels], levels))
        why = (
            f"the run {runs[0].name} takes {row['pictures']:,} test pictures of {one[-1]} "
            f"({100 * row['share']:.0f} %) for {other[-1]}"
        )
        yield _suggestion(smaller, larger, below, min(0.9, 0.4 + float(row["share"])), why)


def _suggestion(
    smaller: Levels, larger: Levels, below: Mapping[Levels, int], score: float, why: str
) -> MergeSuggestion:
    return MergeSuggestion(
        join_levels(smaller) or "", join_levels(larger) or "", below[smaller], below[larger], score, why
    )
