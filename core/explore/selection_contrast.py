"""What makes selected products special: how often each value occurs among them and among the rest, and how surely.

Effects are differences of shares as Cohen's h (2 asin sqrt p1 - 2 asin sqrt p0: 0.2 is small, 0.5 medium, 0.8 large),
and for prices the chance that a selected product is dearer than one of the rest (0.5 is no difference; half of ties
count), which is the Mann-Whitney U statistic over all pairs. What is told passes a test of two shares at 1 % after
Bonferroni's correction for everything that was looked at, so chance finds of thousands of words stay out.

Sources: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 6; H. B. Mann and D. R.
Whitney, 1947.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.money import to_major_units

FIELDS = ("category", "brand", "color", "split")
LEAST_PRODUCTS = 3
"""A value that fewer selected products share is no pattern."""

_LEAST_EFFECT = 0.2
_MOST_DISTINCT = 50_000
_CHANCE = 0.01
_SEPARATOR = " > "
_WORD = re.compile(r"[^\W\d_][\w'-]+")


@dataclass(frozen=True)
class Trait:
    """One value that sets the selection apart.

    Attributes:
        field: ``category``, ``brand``, ``color``, ``split`` or ``word in title``.
        value: The value; foreign text.
        selected: Selected products that have it.
        rest: Other products that have it.
        share_selected: 0..1, of the selected.
        share_rest: 0..1, of the others.
        effect: Cohen's h; above 0 where it is more frequent among the selected.
    """

    field: str
    value: str
    selected: int
    rest: int
    share_selected: float
    share_rest: float
    effect: float


@dataclass(frozen=True)
class PriceContrast:
    """How prices of the selection compare with the rest's, in one currency.

    Attributes:
        currency: Of the amounts.
        selected: Selected products with such a price.
        rest: Others.
        median_selected: Major units.
        median_rest: Major units.
        dearer: 0..1: the chance that a selected product is dearer than another one; 0.5 is no difference.
    """

    currency: str
    selected: int
    rest: int
    median_selected: float
    median_rest: float
    dearer: float


@dataclass(frozen=True)
class TitleWords:
    """Words of titles as numbers, so that counting them is one pass. W occurrences, each word once a title.

    Attributes:
        rows: int32 (W,), row of the product.
        codes: int32 (W,), place in `words`.
        words: Each distinct word, casefolded.
    """

    rows: np.ndarray
    codes: np.ndarray
    words: np.ndarray


@dataclass(frozen=True)
class Contrast:
    """What sets a selection apart.

    Attributes:
        selected: Products in it.
        rest: Products that are not.
        traits: The strongest first; only those that chance does not explain.
        prices: One entry, of the most frequent currency; None where either side has no price.
        compared: Values and words looked at.
    """

    selected: int
    rest: int
    traits: tuple[Trait, ...]
    prices: PriceContrast | None
    compared: int

    def to_json(self) -> dict[str, Any]:
        """Give everything as the command line prints it."""
        return {
            "selected": self.selected,
            "rest": self.rest,
            "compared": self.compared,
            "traits": [vars(trait) for trait in self.traits],
            "prices": None if self.prices is None else vars(self.prices),
        }


def title_words(titles: pd.Series) -> TitleWords:
    """Split titles into words of two or more letters; numbers are left out."""
    rows: list[int] = []
    found: list[str] = []
    for row, title in enumerate(titles):
        words = set(_WORD.findall(title.casefold())) if isinstance(title, str) else ()
        found.extend(words)
        rows.extend([row] * len(words))
    codes, names = pd.factorize(np.array(found, dtype=object))
    return TitleWords(np.array(rows, np.int32), codes.astype(np.int32), np.asarray(names, object))


def contrast(table: pd.DataFrame, selected: np.ndarray, *, words: TitleWords | None = None, most: int = 24) -> Contrast:
    """Compare selected products with all others.

    Args:
        table: The columns of `core.catalog.products.product_table`; N products.
        selected: bool (N,).
        words: Of the titles of `table`, when they are at hand; None splits them now.
        most: At most so many traits.

    Returns:
        What sets the selection apart; no traits where it is empty or everything.
    """
    chosen = int(selected.sum())
    others = len(table) - chosen
    if not chosen or not others:
        return Contrast(chosen, others, (), None, 0)
    counted: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {
        name: _value_counts(values, selected) for name, values in _fields(table).items()
    }
    if "category" in counted:
        counted["category"] = _path_counts(*counted["category"])
    titles = words or title_words(table["title"])
    both = [np.bincount(titles.codes[selected[titles.rows] == side], minlength=len(titles.words)) for side in (1, 0)]
    counted["word in title"] = (titles.words, both[0], both[1])
    compared = sum(len(values) for values, _, _ in counted.values())
    traits = [trait for name, counts in counted.items() for trait in _traits(name, *counts, chosen, others, compared)]
    traits.sort(key=lambda trait: (-abs(trait.effect), trait.field, trait.value))
    return Contrast(chosen, others, tuple(traits[:most]), _prices(table, selected), compared)


def _fields(table: pd.DataFrame) -> Mapping[str, pd.Series]:
    """Give the fields to compare; ids in disguise, different for nearly every product, are none."""
    found = {name: table[name] for name in FIELDS if table[name].notna().any()}
    return {name: values for name, values in found.items() if values.nunique() <= _MOST_DISTINCT}


def _path_counts(paths: np.ndarray, chosen: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count products in each category or below it, from those in each category itself."""
    sums: dict[str, list[int]] = {}
    for path, ours, theirs in zip(paths, chosen.tolist(), rest.tolist(), strict=True):
        levels = str(path).split(_SEPARATOR)
        for depth in range(1, len(levels) + 1):
            both = sums.setdefault(_SEPARATOR.join(levels[:depth]), [0, 0])
            both[0] += ours
            both[1] += theirs
    counts = np.array(list(sums.values()), np.int64).reshape(-1, 2)
    return np.array(list(sums), object), counts[:, 0], counts[:, 1]


def _value_counts(values: pd.Series, selected: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    codes, names = pd.factorize(values)
    known = codes >= 0
    counts = [np.bincount(codes[known & (selected == side)], minlength=len(names)) for side in (True, False)]
    return np.asarray(names, object), counts[0], counts[1]


def _traits(
    field: str, values: np.ndarray, chosen: np.ndarray, rest: np.ndarray, selected: int, others: int, compared: int
) -> list[Trait]:
    from scipy.stats import norm  # a page that shows no contrast need not load it

    shares, rest_shares = chosen / selected, rest / others
    effects = 2 * np.arcsin(np.sqrt(shares)) - 2 * np.arcsin(np.sqrt(rest_shares))
    # The difference of two arcsines of shares has the variance 1/n1 + 1/n0.
    scores = np.abs(effects) / np.sqrt(1 / selected + 1 / others)
    limit = norm.isf(_CHANCE / 2 / max(compared, 1))
    enough = np.maximum(chosen, np.minimum(rest, selected * rest_shares)) >= LEAST_PRODUCTS
    told = np.flatnonzero((scores > limit) & (np.abs(effects) >= _LEAST_EFFECT) & enough)
    return [
        Trait(
            field=field,
            value=str(values[place]),
            selected=int(chosen[place]),
            rest=int(rest[place]),
            share_selected=float(shares[place]),
            share_rest=float(rest_shares[place]),
            effect=float(effects[place]),
        )
        for place in told
    ]


def _prices(table: pd.DataFrame, selected: np.ndarray) -> PriceContrast | None:
    currencies = table["currency"].value_counts()
    if currencies.empty:
        return None
    currency = str(currencies.index[0])
    same = (table["currency"] == currency).fillna(False).to_numpy(bool) & table["price_minor_units"].notna().to_numpy()
    amounts = table["price_minor_units"].to_numpy(np.float64, na_value=np.nan)
    ours, theirs = amounts[same & selected], amounts[same & ~selected]
    if not len(ours) or not len(theirs):
        return None
    ranks = pd.Series(np.concatenate([ours, theirs])).rank().to_numpy()[: len(ours)]
    dearer = (ranks.sum() - len(ours) * (len(ours) + 1) / 2) / (len(ours) * len(theirs))
    medians = [float(to_major_units(round(float(np.median(side))), currency)) for side in (ours, theirs)]
    return PriceContrast(currency, len(ours), len(theirs), medians[0], medians[1], float(dearer))
