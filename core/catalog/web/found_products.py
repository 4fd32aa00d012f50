"""A product as a page shows it: texts and addresses, not yet read as prices and categories."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.catalog.web.page_links import canonical, whole_address
from core.catalog.web.page_pictures import MOST_PICTURES
from core.catalog.web.page_text import clean_text

LONGEST_ID = 300
"""Characters of a product's id; a longer address is cut and told apart by its hash."""

LONGEST_DESCRIPTION = 20_000
MOST_LEVELS = 12
_TEXTS = ("title", "price", "currency", "brand", "color", "description")


@dataclass(frozen=True)
class FoundProduct:
    """What a page says of one product.

    Attributes:
        link: Address of the product's page, or None.
        title: Its name; empty where the page has none, like the other texts.
        price: The price as written.
        currency: The currency as written.
        brand: The maker.
        color: The color.
        description: Free text.
        category: Levels from the broadest down.
        pictures: Addresses, the best first.
        attributes: Further texts by name.
    """

    link: str | None = None
    title: str = ""
    price: str = ""
    currency: str = ""
    brand: str = ""
    color: str = ""
    description: str = ""
    category: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def product_id(self) -> str | None:
        """The address that names the product: of its page, else of its first picture; None without either."""
        address = self.link or next(iter(self.pictures), None)
        if address is None:
            return None
        name = canonical(address)
        if len(name) <= LONGEST_ID:
            return name
        return f"{name[: LONGEST_ID - 40]}#{hashlib.sha256(name.encode()).hexdigest()[:32]}"

    def filled_from(self, other: "FoundProduct") -> "FoundProduct":
        """Give this product with what it lacks taken from another description of it."""
        missing: dict[str, Any] = {
            name: getattr(other, name)
            for name in ("link", *_TEXTS, "category", "pictures")
            if not getattr(self, name) and getattr(other, name)
        }
        if self.price and "currency" in missing and not other.price:
            del missing["currency"]
        return replace(self, **missing, attributes={**other.attributes, **self.attributes})

    def to_json(self) -> dict[str, Any]:
        """Give what is known as JSON values, for :func:`read_product`."""
        return {name: value for name, value in asdict(self).items() if value}


def found_product(base: str, **texts: Any) -> FoundProduct:
    """Make a product of foreign values, whatever they are.

    Args:
        base: Address of the page, for relative links.
        **texts: By field: texts; for ``picture`` and ``category`` texts or lists; ``attributes`` by name.
    """
    pictures = [whole_address(text, base) for text in _texts(texts.get("picture"))[:200]]
    plain = {name: _text(texts.get(name)) for name in _TEXTS if name != "description"}
    return FoundProduct(
        link=next((whole_address(text, base) for text in _texts(texts.get("link"))[:1]), None),
        description=_text(texts.get("description"), longest=LONGEST_DESCRIPTION),
        category=_levels(texts.get("category")),
        pictures=tuple(dict.fromkeys(each for each in pictures if each))[:MOST_PICTURES],
        attributes={
            clean_text(name, longest=100): _text(value) for name, value in (texts.get("attributes") or {}).items()
        },
        **plain,
    )


def read_product(values: Mapping[str, Any]) -> FoundProduct:
    """Read a product of :meth:`FoundProduct.to_json`, from a file that may have been changed.

    Raises:
        ValueError: The values are of no product.
    """
    if not isinstance(values, Mapping) or not isinstance(values.get("attributes", {}), Mapping):
        raise ValueError("expected a product as JSON values")
    base = values.get("link") or ""
    texts = {name: value for name, value in values.items() if name in (*_TEXTS, "link", "category", "attributes")}
    return found_product(str(base), picture=values.get("pictures"), **texts)


def _levels(value: Any) -> tuple[str, ...]:
    """Part a category into levels: a list has them, a text may be written ``Clothing > Shirts``."""
    texts = _texts(value)
    if len(texts) == 1:
        for sign in (">", "›", "»", "→"):
            if sign in texts[0]:
                texts = texts[0].split(sign)
                break
    levels = (clean_text(text, longest=200).strip(" /|>›»→") for text in texts[: MOST_LEVELS * 2])
    return tuple(level for level in levels if level)[:MOST_LEVELS]


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [text for text in values if isinstance(text, str) and text.strip()]


def _text(value: Any, *, longest: int = 2000) -> str:
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return clean_text(value, longest=longest) if plain else ""
