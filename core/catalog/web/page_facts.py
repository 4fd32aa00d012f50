"""What a page says of its products for search engines: JSON-LD, microdata, OpenGraph.

Source: schema.org's Product, Offer, ItemList and BreadcrumbList; the OpenGraph protocol.
"""

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.catalog.web.found_products import FoundProduct, found_product

MOST_BLOCKS = 50
MOST_BYTES = 4 * 2**20
MOST_STEPS = 100_000
MOST_PRODUCTS = 2_000

_PRODUCT_TYPES = frozenset(["product", "productgroup", "individualproduct", "productmodel", "someproducts", "vehicle"])
_OPEN_GRAPH = {
    "title": ("og:title",),
    "picture": ("og:image:secure_url", "og:image", "og:image:url"),
    "price": ("product:price:amount", "og:price:amount"),
    "currency": ("product:price:currency", "og:price:currency"),
    "brand": ("product:brand", "og:brand"),
    "color": ("product:color",),
    "category": ("product:category",),
    "description": ("og:description",),
    "link": ("og:url",),
}


def described_products(page: LexborHTMLParser, base: str) -> list[FoundProduct]:
    """List the products a page describes, those of JSON-LD before those of microdata."""
    blocks = list(linked_data(page))
    found = [_of_linked(entry, base) for entry in _products(blocks)]
    found += [_of_microdata(node, base) for node in page.css("[itemtype]")[:MOST_PRODUCTS] if _is_product_node(node)]
    return [product for product in found[:MOST_PRODUCTS] if product.title or product.pictures]


def described_product(page: LexborHTMLParser, base: str) -> FoundProduct:
    """Gather what a product's own page says of it, OpenGraph filling what the others leave out."""
    named = described_products(page, base)[:1]
    graph = {name: _first_meta(page, keys) for name, keys in _OPEN_GRAPH.items()}
    general = found_product(base, **{name: text for name, text in graph.items() if text})
    trail = breadcrumb(page)
    crumbs = found_product(base, category=list(trail))
    return (named[0] if named else general).filled_from(general).filled_from(crumbs)


def breadcrumb(page: LexborHTMLParser) -> tuple[str, ...]:
    """Give the levels of the page's breadcrumb as JSON-LD says them; empty without one."""
    for entry in _walk(list(linked_data(page))):
        if "breadcrumblist" in _types(entry):
            places = [place for place in _list(entry.get("itemListElement")) if isinstance(place, dict)]
            names = [place.get("name") or _name(place.get("item")) for place in places]
            return tuple(name for name in names if isinstance(name, str) and name.strip())
    return ()


def linked_data(page: LexborHTMLParser) -> Iterator[Any]:
    """Yield the JSON-LD blocks of a page that can be read."""
    for script in page.css('script[type="application/ld+json"]')[:MOST_BLOCKS]:
        text = script.text(deep=True)
        if len(text) > MOST_BYTES:
            continue
        try:
            yield json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):  # foreign text: a block that is no JSON says nothing
            continue


def _walk(blocks: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield every object of some JSON values, in order, however they are nested."""
    waiting = list(reversed(blocks))
    for _ in range(MOST_STEPS):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _products(blocks: list[Any]) -> Iterator[dict[str, Any]]:
    return (entry for entry in _walk(blocks) if _types(entry) & _PRODUCT_TYPES)


def _of_linked(entry: dict[str, Any], base: str) -> FoundProduct:
    first = next(iter(_list(entry.get("offers"))), None)
    offer: dict[str, Any] = first if isinstance(first, dict) else {}
    return found_product(
        base,
        link=entry.get("url") or entry.get("@id") or offer.get("url"),
        title=_name(entry.get("name")),
        price=_price(offer),
        currency=offer.get("priceCurrency"),
        brand=_name(entry.get("brand")) or _name(entry.get("manufacturer")),
        color=_name(entry.get("color")),
        description=_name(entry.get("description")),
        category=_name(entry.get("category")),
        picture=[_address(picture) for picture in _list(entry.get("image"))],
    )


def _price(offer: dict[str, Any]) -> Any:
    detail = next(iter(_list(offer.get("priceSpecification"))), None)
    inner = detail.get("price") if isinstance(detail, dict) else None
    for price in (offer.get("price"), offer.get("lowPrice"), inner):
        if isinstance(price, str | int | float) and not isinstance(price, bool) and price != "":
            return price
    return None


def _is_product_node(node: LexborNode) -> bool:
    return (node.attributes.get("itemtype") or "").rstrip("/").rsplit("/", 1)[-1].lower() in _PRODUCT_TYPES


def _of_microdata(node: LexborNode, base: str) -> FoundProduct:
    texts: dict[str, Any] = {}
    names = {"url": "link", "image": "picture", "name": "title", "price": "price", "priceCurrency": "currency"}
    names |= {"lowPrice": "price", "brand": "brand", "color": "color", "category": "category"}
    names |= {"description": "description"}
    for part in node.css("[itemprop]")[:200]:
        name = names.get(part.attributes.get("itemprop") or "")
        if name == "picture":
            texts.setdefault(name, []).append(_value(part, ("content", "src", "data-src", "href")))
        elif name and name not in texts:
            texts[name] = _value(part, ("content", "href") if name == "link" else ("content",))
    return found_product(base, **texts)


def _value(node: LexborNode, attributes: tuple[str, ...]) -> str:
    given = (node.attributes.get(name) for name in attributes)
    return next((text for text in given if text), None) or node.text(deep=True, separator=" ")


def _first_meta(page: LexborHTMLParser, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        for node in page.css(f'meta[property="{key}"], meta[name="{key}"]')[:1]:
            if node.attributes.get("content"):
                return node.attributes["content"]
    return None


def _types(entry: dict[str, Any]) -> set[str]:
    return {str(each).rsplit("/", 1)[-1].lower() for each in _list(entry.get("@type")) if isinstance(each, str)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(value: Any) -> str | None:
    first = next(iter(_list(value)), None)
    named = first.get("name") if isinstance(first, dict) else first
    return named if isinstance(named, str) else None


def _address(value: Any) -> Any:
    return (value.get("contentUrl") or value.get("url")) if isinstance(value, dict) else value
