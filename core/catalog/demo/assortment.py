"""What the demo shop sells, and how categories relate."""

from __future__ import annotations

from core.catalog.demo.carried_range import CARRIED_RANGE
from core.catalog.demo.categories import Category
from core.catalog.demo.clothing_range import CLOTHING_RANGE
from core.catalog.demo.home_range import HOME_RANGE

CURRENCY = "EUR"

CATEGORIES: tuple[Category, ...] = (*CLOTHING_RANGE, *CARRIED_RANGE, *HOME_RANGE)

STYLE_FACTOR = {
    "t-shirt": 0.5,
    "polo": 0.85,
    "coat": 1.5,
    "biker": 1.1,
    "maxi": 1.15,
    "joggers": 0.75,
    "knee-high": 1.3,
    "ballerina": 0.75,
    "mini": 0.8,
    "chronograph": 1.35,
    "diver": 1.3,
    "espresso": 1.1,
    "floor": 1.5,
    "desk": 0.95,
    "stool": 0.6,
    "upholstered": 1.25,
    "dining": 1.5,
    "coffee": 0.65,
    "armchair": 0.6,
    "three-seater": 1.35,
}

PLAIN_STYLES = frozenset({"jeans", "joggers", "desk", "coat", "runner"})

CONFUSABLE = {
    "shirts": ("sweaters", "jackets"),
    "sweaters": ("shirts", "jackets"),
    "jackets": ("shirts", "sweaters"),
    "dresses": ("shirts", "trousers"),
    "trousers": ("dresses", "shirts"),
    "sneakers": ("boots", "pumps"),
    "boots": ("sneakers", "pumps"),
    "pumps": ("boots", "sneakers"),
    "backpacks": ("totes", "handbags"),
    "handbags": ("totes", "backpacks"),
    "totes": ("handbags", "backpacks"),
    "watches": ("handbags",),
    "mugs": ("vases",),
    "vases": ("mugs", "lamps"),
    "lamps": ("vases",),
    "chairs": ("tables", "sofas"),
    "tables": ("chairs",),
    "sofas": ("chairs",),
}


def category_of(family: str) -> Category:
    """Find the category of a drawing family."""
    return next(category for category in CATEGORIES if category.family == family)
