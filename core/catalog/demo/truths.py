"""Planted truths: what is wrong in the demo catalog on purpose, for tests and for the app to reveal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.catalog.demo.assortment import CONFUSABLE, category_of
from core.catalog.demo.products import DemoProduct, copied

WRONG_SHARE = 0.05
EXACT_GROUPS = 9
NEAR_GROUPS = 12
ODD_PRICES = 14
_SHARES = (("test", 0.2), ("validation", 0.1))


@dataclass(frozen=True)
class Listed:
    """A product as the catalog lists it, with id and split; the last two tell what was planted."""

    product_id: str
    product: DemoProduct
    split: str
    true_category: tuple[str, ...]
    price_factor: float = 1.0


def plant(products: list[DemoProduct], seed: int) -> list[Listed]:
    """Add copies, move some products to wrong categories, spoil some prices, give ids and splits.

    The three kinds of fault hit different products, so that each finding has one cause.
    """
    chance = np.random.default_rng([seed, 1000])
    order = chance.permutation(len(products))
    wrong = round(len(products) * WRONG_SHARE)
    cuts = np.cumsum([EXACT_GROUPS, NEAR_GROUPS, ODD_PRICES, wrong])
    exact, near, odd, moved = np.split(order, cuts)[:4]
    listed = list(products)
    for index in exact:
        twice = 2 if chance.random() < 0.25 else 1
        listed += [copied(products[index], "exact", chance) for _ in range(twice)]
    listed += [copied(products[index], "near", chance) for index in near]
    current = {int(index): _wrong_category(products[index], chance) for index in moved}
    factors = {int(index): 8.0 if k % 2 else 1 / 8 for k, index in enumerate(odd)}
    shown = [
        replace(p, category=current.get(i, p.category), price=_spoiled(p.price, factors.get(i, 1.0)))
        for i, p in enumerate(listed)
    ]
    splits = _splits(shown, chance)
    places = chance.permutation(len(shown))
    return [
        Listed(f"D{place + 1:04d}", shown[i], splits[shown[i].group], listed[i].category, factors.get(int(i), 1.0))
        for place, i in enumerate(places)
    ]


def truths_of(listed: list[Listed]) -> dict[str, Any]:
    """Write down what was planted, as in the file `truths.json` (without the shoppers)."""
    groups: dict[int, list[Listed]] = defaultdict(list)
    for entry in listed:
        groups[entry.product.group].append(entry)
    copies = {
        kind: [sorted(e.product_id for e in g) for g in groups.values() if any(e.product.copy == kind for e in g)]
        for kind in ("exact", "near")
    }
    return {
        "wrong_category": [
            {"product_id": e.product_id, "current": " > ".join(e.product.category), "true": " > ".join(e.true_category)}
            for e in listed
            if e.product.category != e.true_category
        ],
        "exact_duplicates": sorted(copies["exact"]),
        "near_duplicates": sorted(copies["near"]),
        "odd_prices": [{"product_id": e.product_id, "factor": e.price_factor} for e in listed if e.price_factor != 1.0],
    }


def _wrong_category(product: DemoProduct, chance: np.random.Generator) -> tuple[str, ...]:
    return category_of(str(chance.choice(CONFUSABLE[product.look.family]))).path


def _spoiled(cents: int, factor: float) -> int:
    return max(1, round(cents * factor))


def _splits(shown: list[DemoProduct], chance: np.random.Generator) -> dict[int, str]:
    """Share groups out by listed category: 20 % test, 10 % validation, the rest for training; copies stay together."""
    by_category: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for product in shown:
        if not product.copy:
            by_category[product.category].append(product.group)
    splits: dict[int, str] = {}
    for groups in by_category.values():
        mixed = [int(group) for group in chance.permutation(groups)]
        for split, share in _SHARES:
            for _ in range(max(1, round(len(groups) * share))):
                splits[mixed.pop()] = split
        splits.update(dict.fromkeys(mixed, "train"))
    return splits
