"""Category pairs: which categories go together, as people say, as histories show, or as the tree suggests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.documents import Document, add_document, change_document, list_documents
from core.catalog.tables.cells import clean_text
from core.errors import CatalogError, SettingsError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex
from core.recommend.category import path_levels
from core.recommend.history_table import HistoryTable

KIND = "pairs"
NAME = "complements"
MOST_PAIRS = 5_000
MOST_PARTNERS = 8
LEAST_USERS = 3
"""Fewer users who have two categories say nothing about them."""


@dataclass(frozen=True)
class CategoryPairs:
    """What people said of pairs of categories; a pair holds both ways.

    Attributes:
        together: Pairs that go together, each in the order of the alphabet.
        never: Pairs that do not, whatever histories show.
    """

    together: frozenset[tuple[str, str]] = frozenset()
    never: frozenset[tuple[str, str]] = frozenset()

    def partners(self, category: str) -> tuple[str, ...]:
        """Name the categories that people say go with one, by the alphabet."""
        return tuple(sorted(right if left == category else left for left, right in self.together_with(category)))

    def together_with(self, category: str) -> list[tuple[str, str]]:
        """Give the pairs that hold a category."""
        return [each for each in self.together if category in each]

    def forbids(self, one: str, other: str) -> bool:
        """Tell whether people said that two categories do not go together."""
        return _pair(one, other) in self.never

    def to_json(self) -> dict[str, Any]:
        """Give the body of the document."""
        return {"together": sorted(map(list, self.together)), "never": sorted(map(list, self.never))}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "CategoryPairs":
        """Read the body of the document.

        Raises:
            SettingsError: It holds something else than pairs of texts.
        """
        found = {}
        for name in ("together", "never"):
            given = body.get(name, [])
            if not isinstance(given, list) or not all(_is_pair(each) for each in given):
                raise SettingsError(f"{name!r} of category pairs must be a list of pairs: received {str(given)[:100]}")
            found[name] = frozenset(_pair(*each) for each in given)
        return cls(**found)


@dataclass(frozen=True)
class Partner:
    """A category that goes with another.

    Attributes:
        category: Its path.
        score: 0..1, how well they go together.
        basis: ``people``, ``histories`` or ``tree``.
        users: How many users have products of both.
    """

    category: str
    score: float
    basis: str
    users: int = 0


def read_pairs(home: Home, catalog: Catalog) -> CategoryPairs:
    """Read what people said of the pairs of a catalog's categories."""
    document = _document(home, catalog)
    return CategoryPairs() if document is None else CategoryPairs.from_json(document.body)


def set_pair(home: Home, catalog: Catalog, one: str, other: str, *, says: str, actor: str) -> CategoryPairs:
    """Say of two categories that they go together, that they never do, or nothing.

    Args:
        home: The home.
        catalog: The catalog.
        one: A category path.
        other: Another one.
        says: ``together``, ``never`` or ``nothing``.
        actor: Who says it. It is a change of the log and can be undone.

    Raises:
        CatalogError: The catalog has no such category, or both are the same.
        SettingsError: There are too many pairs.
    """
    known = _categories(home, catalog)
    for category in (one, other):
        if category not in known and says != "nothing":
            raise CatalogError(f"catalog {catalog.name!r} has no category {category[:100]!r}; list them on its page")
    if same_branch(one, other):
        raise CatalogError(f"{one[:100]!r} and {other[:100]!r} are one branch of the tree: complements are of others")
    document = _document(home, catalog)
    before = CategoryPairs() if document is None else CategoryPairs.from_json(document.body)
    pair = _pair(one, other)
    after = CategoryPairs(
        (before.together - {pair}) | ({pair} if says == "together" else set()),
        (before.never - {pair}) | ({pair} if says == "never" else set()),
    )
    if len(after.together) + len(after.never) > MOST_PAIRS:
        raise SettingsError(f"at most {MOST_PAIRS:,} pairs are kept; take some out first")
    if document is None:
        add_document(home, catalog, KIND, NAME, body=after.to_json(), actor=actor)
    else:
        change_document(home, catalog, document, body=after.to_json(), actor=actor)
    return after


def same_branch(one: str, other: str) -> bool:
    """Tell whether two categories are the same, or one is a part of the other."""
    levels, others = path_levels(one), path_levels(other)
    shared = min(len(levels), len(others))
    return levels[:shared] == others[:shared]


def category_partners(
    index: CatalogIndex, table: HistoryTable, category: str, pairs: CategoryPairs, *, most: int = MOST_PARTNERS
) -> list[Partner]:
    """Find the categories that go with one, best first: what people say, then what histories show, then the tree.

    Histories: of the users who have both, n_ab / sqrt(n_a * n_b), from :data:`LEAST_USERS` users on. Tree: levels
    shared from the top / levels of the longer path, the larger category first.

    Args:
        index: The products.
        table: What users did.
        category: A path.
        pairs: What people say.
        most: At most so many.
    """
    present = [each for each in index.category.paths if not same_branch(each, category)]
    allowed = [each for each in present if not pairs.forbids(category, each)]
    said = [each for each in pairs.partners(category) if each in allowed]
    found = {each: Partner(each, 1.0, "people") for each in said}
    for partner in _from_histories(index, table, category):
        if partner.category in allowed:
            found.setdefault(partner.category, partner)
    if len(found) < most:
        for partner in _from_tree(index, category, allowed):
            found.setdefault(partner.category, partner)
    return list(found.values())[:most]


def _from_histories(index: CatalogIndex, table: HistoryTable, category: str) -> list[Partner]:
    from scipy.sparse import csr_array

    paths = index.category.paths
    if category not in paths or not len(table.products):
        return []
    rows = np.fromiter((index.rows.get(each, -1) for each in table.product_ids), np.intp, len(table.product_ids))
    codes = np.append(index.category.codes, len(paths))[rows][table.products]
    known = codes < len(paths)
    has = csr_array(
        (np.ones(int(known.sum()), np.float32), (table.user_codes[known], codes[known])),
        shape=(len(table.users), len(paths)),
    )
    has.sum_duplicates()
    has.data[:] = 1
    counts = np.asarray(has.sum(axis=0)).ravel()
    own = paths.index(category)
    both = np.asarray((has.T.tocsr() @ has[:, [own]]).todense()).ravel()
    scores = np.divide(both, np.sqrt(counts * counts[own]), out=np.zeros_like(both), where=both >= LEAST_USERS)
    order = np.argsort(-scores, kind="stable")
    return [Partner(paths[code], float(scores[code]), "histories", int(both[code])) for code in order if scores[code]]


def _from_tree(index: CatalogIndex, category: str, allowed: Sequence[str]) -> list[Partner]:
    sizes = np.bincount(index.category.codes, minlength=len(index.category.paths) + 1)
    place = {path: code for code, path in enumerate(index.category.paths)}
    near = index.category.similarities(category)
    order = sorted(allowed, key=lambda path: (-near[place[path]], -sizes[place[path]], path))
    return [Partner(path, float(near[place[path]]) / 2, "tree") for path in order]


def _document(home: Home, catalog: Catalog) -> Document | None:
    found = list_documents(home, catalog, KIND)
    return next((each for each in found if each.name == NAME), None)


def _categories(home: Home, catalog: Catalog) -> set[str]:
    from core.catalog.products import count_by

    return {category for category in count_by(home, catalog, "category") if category}


def _is_pair(value: object) -> bool:
    listed = isinstance(value, list | tuple) and len(value) == 2
    return listed and all(isinstance(each, str) and clean_text(each) == each for each in value)  # type: ignore[union-attr, attr-defined]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
