"""The products of the demo shop: looks, titles, prices, attributes, descriptions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.catalog.demo.assortment import CATEGORIES, PLAIN_STYLES, STYLE_FACTOR
from core.catalog.demo.brands import TIER_FACTOR, Brand
from core.catalog.demo.categories import Category
from core.catalog.demo.studio.looks import Look

_ADJECTIVES = {
    "Clothing": ("Relaxed", "Classic", "Slim", "Everyday", "Weekend", "Heritage", "Soft", "Tailored", "Easy", "Modern"),
    "Shoes": ("Classic", "Urban", "Weekend", "Heritage", "Light", "City", "Everyday", "Signature"),
    "Bags": ("City", "Classic", "Travel", "Everyday", "Small", "Signature", "Soft", "Commuter"),
    "Accessories": ("Classic", "Slim", "Heritage", "Signature", "Automatic", "Minimal"),
    "Kitchen": ("Everyday", "Handmade", "Morning", "Classic", "Studio", "Nordic"),
    "Home": ("Studio", "Handmade", "Slender", "Nordic", "Sculptural", "Quiet"),
    "Furniture": ("Nordic", "Classic", "Solid", "Slender", "Workshop", "Quiet"),
}
_CLOSINGS = (
    "Made to be used every day.",
    "A quiet piece that goes with almost everything.",
    "Checked by hand before it leaves the workshop.",
    "Part of the permanent collection.",
    "Feels as good as it looks.",
)
_ALWAYS_PLAIN = frozenset(
    {"leather", "suede", "denim", "corduroy", "boucle", "straw", "marble", "steel", "brass", "patent leather"}
)
_TIMBER_COLOR = {"oak": "camel", "walnut": "brown", "ash": "beige", "beech": "beige"}
_METAL_COLOR = {"steel": ("silver", "charcoal"), "brass": ("gold",)}


@dataclass(frozen=True)
class DemoProduct:
    """A product of the demo before it has an id; `group` joins copies of one picture, `price` is in cents."""

    look: Look
    category: tuple[str, ...]
    title: str
    brand: Brand
    price: int
    description: str
    views: int
    group: int
    attributes: dict[str, Any] = field(default_factory=dict)
    copy: str = ""


def make_products(seed: int) -> list[DemoProduct]:
    """Make the whole assortment, category by category, the same for the same seed."""
    made: list[DemoProduct] = []
    for category in CATEGORIES:
        for index in range(category.count):
            number = len(made)
            made.append(_product(category, index, seed=seed, number=number))
    return made


def _product(category: Category, index: int, *, seed: int, number: int) -> DemoProduct:
    chance = np.random.default_rng([seed, number, 77])
    style = list(category.styles)[index % len(category.styles)]
    material = str(chance.choice(category.style_materials.get(style) or tuple(category.materials)))
    pattern = "plain" if style in PLAIN_STYLES or material in _ALWAYS_PLAIN else str(chance.choice(category.patterns))
    color = _color(category, material, chance)
    brand = category.brands[int(chance.integers(len(category.brands)))]
    look = Look(category.family, style, color, material, pattern, seed, number)
    adjective = str(chance.choice(_ADJECTIVES[category.path[0]]))
    price = _price(category, style, material, brand, chance)
    return DemoProduct(
        look=look,
        category=category.path,
        title=title_of(look, category, brand, adjective),
        brand=brand,
        price=price,
        description=_description(look, category, brand, chance),
        views=int(chance.choice([1, 2, 3], p=[0.84, 0.12, 0.04])),
        group=number,
        attributes={"material": material, "pattern": pattern, "style": style, "tier": brand.tier},
    )


def _color(category: Category, material: str, chance: np.random.Generator) -> str:
    if material in _TIMBER_COLOR:
        return _TIMBER_COLOR[material]
    if material in _METAL_COLOR:
        return str(chance.choice(_METAL_COLOR[material]))
    return str(chance.choice(category.colors))


def title_of(look: Look, category: Category, brand: Brand, adjective: str) -> str:
    """Write a title: brand, adjective, pattern or material, noun, color."""
    noun = category.styles[look.style]
    words = [brand.name, adjective]
    if look.pattern != "plain":
        words.append(look.pattern.title())
    if look.material.split()[-1] not in noun.lower():
        words.append(look.material.title())
    return f"{' '.join(words)} {noun} in {look.color.title()}"


def _price(category: Category, style: str, material: str, brand: Brand, chance: np.random.Generator) -> int:
    euros = (
        category.euros * TIER_FACTOR[brand.tier] * category.materials.get(material, 1.0) * STYLE_FACTOR.get(style, 1.0)
    )
    return shop_price(euros * float(np.exp(chance.normal(0, 0.1))), brand.tier)


def shop_price(euros: float, tier: str) -> int:
    """Round to the endings shops use: .99 for budget, .90 for mid, whole euros for premium. Returns cents."""
    if tier == "premium":
        step = 10 if euros >= 200 else 5 if euros >= 50 else 1
        return max(1, round(euros / step)) * step * 100
    whole = max(2, round(euros))
    if whole >= 60:
        whole = round(whole / 5) * 5
    return whole * 100 - (1 if tier == "budget" else 10)


def _description(look: Look, category: Category, brand: Brand, chance: np.random.Generator) -> str:
    noun = category.styles[look.style].lower()
    pattern = "" if look.pattern == "plain" else f", {look.pattern}"
    article = "An" if noun[0] in "aeiou" else "A"
    start = noun.capitalize() if noun.endswith("s") else f"{article} {noun}"
    return f"{start} in {look.color} {look.material}{pattern}, by {brand.name}. {chance.choice(_CLOSINGS)}"


def copied(product: DemoProduct, kind: str, chance: np.random.Generator) -> DemoProduct:
    """List a product a second time, as another seller would: same picture, own wording, nearly the same price."""
    words = product.title.split(" in ")
    title = f"{words[0]}, {words[-1]}" if chance.random() < 0.5 else f"{words[0]} - {words[-1]} (new)"
    euros = product.price / 100 * float(chance.uniform(0.94, 1.06))
    return replace(product, title=title, price=shop_price(euros, product.brand.tier), views=1, copy=kind)
