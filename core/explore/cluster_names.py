"""Names of clusters: the words, categories, brands, colors and attributes that stand out in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from itertools import count as count_from
from typing import Any

import numpy as np
import pandas as pd

_WORD = re.compile(r"[^\W\d_]{3,30}")
_LEAST_SHARE = 0.25  # of the cluster's products; rarer words describe few of them
_LEAST_Z = 1.96
_MOST_OF_IT = 0.5
_MOST_TERMS = 20_000
_PRIOR = 0.1
_NAME_TERMS = 3
_SHOWN_TERMS = 8
_LONGEST_VALUE = 40
MIXED = "Mixed"


@dataclass(frozen=True)
class Term:
    """Something that is said of products.

    Attributes:
        kind: `category`, `brand`, `color`, `attribute NAME` or `title`.
        text: What is said.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class ClusterTerm:
    """A term that stands out in a cluster.

    Attributes:
        kind: As of the term.
        text: As of the term.
        share: 0..1, of the cluster's products.
        share_elsewhere: 0..1, of all other products.
        z: Log-odds ratio by its standard error; above 1.96 it is more than chance.
    """

    kind: str
    text: str
    share: float
    share_elsewhere: float
    z: float

    def to_json(self) -> dict[str, Any]:
        """Give the term as plain JSON values."""
        return {
            "kind": self.kind,
            "text": self.text,
            "share": self.share,
            "share_elsewhere": self.share_elsewhere,
            "z": self.z,
        }


def product_terms(facts: pd.DataFrame) -> Iterator[list[Term]]:
    """List what is said of each product, each once: the levels of its category, the deepest first, then the rest.

    Args:
        facts: Rows of title, category, brand, color and attributes.
    """
    for row in facts.itertuples(index=False):
        levels = row.category.split(" > ")[::-1] if isinstance(row.category, str) else []
        terms = [Term("category", level[:_LONGEST_VALUE]) for level in levels]
        terms += [Term("title", word) for word in _WORD.findall(str(row.title or "").casefold())]
        for kind in ("brand", "color"):
            value = getattr(row, kind)
            if isinstance(value, str) and value:
                terms.append(Term(kind, value[:_LONGEST_VALUE]))
        attributes: dict[str, Any] = row.attributes if isinstance(row.attributes, dict) else {}
        for name, value in attributes.items():
            if isinstance(value, str) and 0 < len(value) <= _LONGEST_VALUE and not value.isdigit():
                terms.append(Term(f"attribute {name[:_LONGEST_VALUE]}", value))
        yield list(dict.fromkeys(terms))


def standing_out(facts: pd.DataFrame, labels: np.ndarray) -> list[list[ClusterTerm]]:
    """Find what is said more often in each cluster than elsewhere.

    Log-odds ratios with an informative Dirichlet prior, which keeps rare words from standing out by chance. Source:
    Monroe, Colaresi, Quinn, "Fightin' Words", 2008.

    Args:
        facts: One row a product, see :func:`product_terms`.
        labels: int (N,), clusters 0..C-1, or -1 for products in none.

    Returns:
        For each cluster the terms of at least a quarter of its products, those that stand out most first.
    """
    from scipy.sparse import csr_matrix

    clusters = int(labels.max(initial=-1)) + 1
    codes: dict[Term, int] = {}
    owners, columns = [], []
    for row, terms in enumerate(product_terms(facts)):
        for term in terms:
            owners.append(row)
            columns.append(codes.setdefault(term, len(codes)))
    if not codes or not clusters:
        return [[] for _ in range(clusters)]
    said = csr_matrix((np.ones(len(owners), np.float32), (owners, columns)), shape=(len(facts), len(codes)))
    everywhere = np.asarray(said.sum(axis=0)).ravel()
    kept = np.flatnonzero(everywhere >= min(2, len(facts)))
    kept = kept[np.argsort(-everywhere[kept], kind="stable")][:_MOST_TERMS]
    names = list(codes)
    member = csr_matrix(
        (np.ones(int((labels >= 0).sum()), np.float32), (labels[labels >= 0], np.flatnonzero(labels >= 0))),
        shape=(clusters, len(facts)),
    )
    counts = np.asarray((member @ said[:, kept]).todense(), np.float64)
    sizes = np.bincount(labels[labels >= 0], minlength=clusters)
    every = everywhere[kept]
    return [
        _terms([names[place] for place in kept], counts[cluster], every, size=int(sizes[cluster]), total=len(facts))
        for cluster in range(clusters)
    ]


def _terms(names: list[Term], inside: np.ndarray, every: np.ndarray, *, size: int, total: int) -> list[ClusterTerm]:
    outside, others = every - inside, total - size
    prior = _PRIOR * every / total
    odds = np.log((inside + prior) / np.maximum(size - inside + _PRIOR - prior, 1e-9))
    elsewhere = np.log((outside + prior) / np.maximum(others - outside + _PRIOR - prior, 1e-9))
    z = (odds - elsewhere) / np.sqrt(1 / (inside + prior) + 1 / (outside + prior))
    good = np.flatnonzero((z > _LEAST_Z) & (inside >= _LEAST_SHARE * size))
    ordered = good[np.argsort(-z[good], kind="stable")][:_SHOWN_TERMS]
    return [
        ClusterTerm(
            names[place].kind,
            names[place].text,
            float(inside[place] / size),
            float(outside[place] / others) if others else 0.0,
            float(z[place]),
        )
        for place in ordered
    ]


def name_clusters(terms: list[list[ClusterTerm]], largest: list[str | None]) -> list[str]:
    """Name clusters by what stands out, each name once.

    Args:
        terms: Of each cluster, those that stand out most first.
        largest: The most frequent category of each, for clusters in which nothing stands out.
    """
    names: list[str] = []
    for mine, category in zip(terms, largest, strict=True):
        # Clusters that share their first words are told apart by a further one, or else by a number.
        longer = [", ".join(_telling(mine, count)) for count in range(_NAME_TERMS, len(mine) + 1)]
        first = ", ".join(_telling(mine, _NAME_TERMS)) or category or MIXED
        numbered = (f"{first} ({number})" for number in count_from(2))
        names.append(next(name for name in chain([first], longer, numbered) if name and name not in names))
    return names


def _telling(terms: list[ClusterTerm], count: int) -> list[str]:
    """Choose words that do not repeat one another, first the narrowest level of the category that holds half of it."""
    chosen: list[str] = []
    heard: list[str] = []
    categories = [term for term in terms if term.kind == "category"]
    categories.sort(
        key=lambda term: (term.share < _MOST_OF_IT, term.share_elsewhere if term.share >= _MOST_OF_IT else 0)
    )
    for term in [*categories[:1], *(each for each in terms if each.kind != "category")]:
        # "shirt" after "Shirts" or "T-shirts" says nothing new.
        words = [word.rstrip("s") for word in term.text.casefold().split()]
        if len(chosen) < count and not any(word in known for word in words for known in heard):
            chosen.append(term.text)
            heard.extend(words)
    return chosen
