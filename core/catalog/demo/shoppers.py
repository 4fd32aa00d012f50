"""Four hundred shoppers with tastes, and what they looked at, wished for and bought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from core.catalog.demo.truths import Listed

SHOPPERS = 400
_START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_DAYS = 170
_TASTE = {"categories": 14.0, "colors": 4.0, "tier": 3.0}


def make_shoppers(listed: list[Listed], seed: int) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """Make shoppers and their histories.

    A product is drawn with a weight that multiplies for every taste it meets, so tastes show in a history without
    deciding it. Wishes and purchases follow a view of the same product.

    Returns:
        Shoppers `{"user", "tastes": {"categories", "colors", "tier"}}` and rows (user, product_id, event, at) in
        order of time for each shopper; `at` is ISO 8601 in UTC.
    """
    categories = np.array([" > ".join(entry.product.category) for entry in listed])
    colors = np.array([entry.product.look.color for entry in listed])
    tiers = np.array([entry.product.brand.tier for entry in listed])
    names = sorted(set(categories))
    tones = sorted(set(colors))
    popularity = np.random.default_rng([seed, 2000]).lognormal(0, 0.5, len(listed))
    shoppers, rows = [], []
    for number in range(SHOPPERS):
        chance = np.random.default_rng([seed, 2001, number])
        user = f"U{number + 1:03d}"
        tastes = {
            "categories": sorted(str(v) for v in chance.choice(names, int(chance.integers(2, 5)), replace=False)),
            "colors": sorted(str(v) for v in chance.choice(tones, int(chance.integers(2, 5)), replace=False)),
            "tier": str(chance.choice(["budget", "mid", "premium"], p=[0.35, 0.42, 0.23])),
        }
        weight = popularity * np.where(np.isin(categories, tastes["categories"]), _TASTE["categories"], 1)
        weight *= np.where(np.isin(colors, tastes["colors"]), _TASTE["colors"], 1)
        weight *= np.where(tiers == tastes["tier"], _TASTE["tier"], 1)
        shoppers.append({"user": user, "tastes": tastes})
        rows += [
            [user, listed[index].product_id, event, at] for index, event, at in _events(weight / weight.sum(), chance)
        ]
    return shoppers, rows


def _events(weight: np.ndarray, chance: np.random.Generator) -> list[tuple[int, str, str]]:
    """Draw 8 to 30 events of one shopper: visits on some days, a few products each."""
    wanted = int(chance.integers(8, 31))
    seen = [int(index) for index in chance.choice(len(weight), 30, replace=False, p=weight)]
    events: list[tuple[int, str, str]] = []
    days = np.sort(chance.uniform(0, _DAYS, 30))
    for day, index in zip(days, seen, strict=True):
        at = _START + timedelta(days=int(day), minutes=int(chance.integers(0, 14 * 60)))
        steps = ["view"]
        if chance.random() < 0.4:
            steps.append("wish")
        if chance.random() < 0.28:
            steps.append("buy")
        for step in steps:
            events.append((index, step, at.isoformat()))
            at += timedelta(minutes=int(chance.integers(1, 9)), seconds=int(chance.integers(0, 60)))
        if len(events) >= wanted:
            break
    return sorted(events[:wanted], key=lambda event: event[2])
