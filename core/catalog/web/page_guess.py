"""Guessing where a result page keeps its products, so that nobody has to begin with an empty form."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.catalog.web.crawl_settings import STRUCTURED, CrawlSettings
from core.catalog.web.page_cards import field_of
from core.catalog.web.page_facts import breadcrumb, described_products
from core.catalog.web.page_links import canonical, same_site, whole_address
from core.catalog.web.page_next import more_selector, next_selector
from core.catalog.web.page_pictures import pictures_of
from core.catalog.web.selectors import read_selector

NEEDED = ("link", "picture", "title")
"""Fields that are guessed even when the user named others: a product is not much without them."""

_MOST_PICTURES = 1_500
_MOST_SELECTORS = 60
_MOST_JUDGED = 40
_DEEPEST = 8
_FEWEST_CARDS = 2
_FRAME = frozenset(["nav", "header", "footer", "aside"])

_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
# Classes that tell where an element stands or how it is, not what it is.
_PASSING = re.compile(
    r".*\d{3}.*|(is|has|js)-.*|active|first|last|odd|even|selected|hover|lazy\w*|hidden|visible|col(-\w+)*|in-?stock|sale|"
    r"post-\d+|(xs|sm|md|lg|xl)-\d+|clearfix|new"
)
_PRICE = re.compile(r"\d[\d.,'\s\xa0]*")
_MONEY = re.compile(r"[$€£¥₹₽₩]|\b(EUR|USD|GBP|INR|CHF|JPY|PLN|SEK|NOK|DKK|CZK|kr|zł|Rs)\b", re.IGNORECASE)

_LINKS = (
    'a[itemprop="url"]',
    "h2 a",
    "h3 a",
    "h4 a",
    "h1 a",
    "h5 a",
    '[class*="title" i] a',
    '[class*="name" i] a',
    "a",
)
_TITLES = (
    '[itemprop="name"]',
    "h2",
    "h3",
    "h4",
    "h1",
    "h5",
    '[class*="title" i]',
    '[class*="name" i]',
    "a[title]@title",
    "img[alt]@alt",
    "a",
)
_PRICES = (
    '[itemprop="price"]@content',
    '[itemprop="price"]',
    "[data-price]@data-price",
    '[class*="price" i] ins',
    '[class*="price" i][class*="sale" i]',
    '[class*="price" i][class*="current" i]',
    '[class*="price" i]',
    '[class*="amount" i]',
)
_BRANDS = ('[itemprop="brand"]', ".brand", '[class*="brand" i]', '[class*="vendor" i]', '[class*="manufacturer" i]')
_COLORS = ('[itemprop="color"]', ".color", ".colour")
_CURRENCIES = ('[itemprop="priceCurrency"]@content', '[itemprop="priceCurrency"]')
_TRAILS = ('[class*="breadcrumb" i] li', 'nav[aria-label*="breadcrumb" i] a', '[class*="breadcrumb" i] a')


def guessed_settings(page: LexborHTMLParser, settings: CrawlSettings, *, base: str, address: str) -> CrawlSettings:
    """Fill in what the user left empty: the product's card, its fields, and what comes next.

    Args:
        page: A result page.
        settings: What the user said; it stays as it is. Where it names a selector, only :data:`NEEDED` are added.
        base: Address against which links are read.
        address: Address of the page.

    Returns:
        The settings; ``product`` stays empty when nothing repeats on the page.
    """
    if settings.product == STRUCTURED or all(getattr(settings, name) for name in ("product", *NEEDED)):
        return _with_next(page, settings, base=base, address=address)
    if settings.product:
        cards, selector = page.css(settings.product), settings.product
    else:
        cards, selector = _repeated_cards(page, base)
    guessed: dict[str, Any] = {}
    if cards:
        guessed = {"product": selector, **_guessed_fields(cards, base)}
        guessed |= _guessed_trail(page)
    elif described_products(page, base):
        guessed = {"product": STRUCTURED}
    wanted = guessed if not settings.selectors else ("product", *NEEDED)
    missing: dict[str, Any] = {
        name: text for name, text in guessed.items() if name in wanted and not getattr(settings, name)
    }
    return _with_next(page, replace(settings, **missing), base=base, address=address)


def _with_next(page: LexborHTMLParser, settings: CrawlSettings, *, base: str, address: str) -> CrawlSettings:
    if settings.next == "auto":
        link = next_selector(page, base=base, address=address)
        more = "" if link else more_selector(page)
        way = "link" if link else "button" if more and settings.render != "static" else "none"
        return replace(settings, next=way, next_selector=settings.next_selector or link or more)
    if settings.next == "button" and not settings.next_selector:
        return replace(settings, next_selector=more_selector(page))
    return settings


def _repeated_cards(page: LexborHTMLParser, base: str) -> tuple[list[LexborNode], str]:
    """Find the elements that each hold one product: repeated, with a link, a picture and words of their own."""
    seen: dict[str, dict[int, LexborNode]] = {}
    for picture in page.css("img, picture, [style*='url(']")[:_MOST_PICTURES]:
        if next(pictures_of(picture, base), None) is None:
            continue
        for node in _ancestors(picture):
            for selector in _selectors(node):
                seen.setdefault(selector, {})[node.mem_id] = node
    often = sorted(seen.items(), key=lambda each: -len(each[1]))[:_MOST_SELECTORS]
    best: tuple[float, int, str] = (0.0, 0, "")
    for place, (selector, nodes) in enumerate(often):
        if len(nodes) >= _FEWEST_CARDS:
            best = max(best, (_worth(page, selector, list(nodes.values()), base), place, selector))
    return list(seen[best[2]].values()) if best[2] else [], best[2]


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield what an element stands in, from the inside out; nothing when that is the frame of the page."""
    found: list[LexborNode] = []
    parent = node.parent
    while parent is not None and parent.tag not in ("body", "html", "-document"):
        if parent.tag in _FRAME:
            return
        found.append(parent)
        if len(found) > 100:
            return
        parent = parent.parent
    yield from found[:_DEEPEST]


def _selectors(node: LexborNode) -> Iterator[str]:
    """Yield selectors for an element: by its classes, else by those of what it stands in."""
    own = _plain(node)
    if "." in own:
        yield own
    elif node.parent is not None and node.parent.tag and node.parent.tag[0].isalpha():
        name = node.parent.attributes.get("id")
        outer = f"#{name}" if name and _CLASS.fullmatch(name) else _plain(node.parent)
        yield f"{outer} > {own}"


def _plain(node: LexborNode) -> str:
    classes = (node.attributes.get("class") or "").split()[:20]
    kept = [each for each in classes if _CLASS.fullmatch(each) and not _PASSING.fullmatch(each)]
    return ".".join([node.tag or "div", *kept[:2]])


def _worth(page: LexborHTMLParser, selector: str, nodes: list[LexborNode], base: str) -> float:
    """Judge a selector: how many cards it gives, how complete they are, and how much else it catches."""
    judged = nodes[:_MOST_JUDGED]
    links: set[str] = set()
    words = prices = 0
    for node in judged:
        found = [
            address for text in _hrefs(node) if (address := whole_address(text, base)) and same_site(address, base)
        ]
        links.update(canonical(address) for address in found[:1])
        text = node.text(deep=True, separator=" ")[:2000].strip()
        words += bool(text)
        prices += bool(_MONEY.search(text) and _PRICE.search(text))
    share = len(nodes) / max(1, len(page.css(selector)))
    distinct = len(links) / len(judged)
    if distinct < 0.5:
        return 0.0
    return len(nodes) * distinct * share * (0.2 + words / len(judged) + prices / len(judged))


def _hrefs(node: LexborNode) -> list[str | None]:
    own = node.attributes.get("href") if node.tag == "a" else None
    return [own] if own else [each.attributes.get("href") for each in node.css("a[href]")[:5]]


def _guessed_fields(cards: list[LexborNode], base: str) -> dict[str, str]:
    """Choose for each field the first way to find it that works in most of the cards."""
    judged = cards[:_MOST_JUDGED]
    link = "@href" if judged[0].tag == "a" and judged[0].attributes.get("href") else ""
    whole = ("",) if link else ()
    chosen = {
        "link": link or _first_that_fits(judged, "link", _LINKS, base, least=0.7, distinct=0.5),
        "picture": _first_that_fits(judged, "picture", ("picture", "img", "[style*='url(']"), base, least=0.5),
        "title": _first_that_fits(judged, "title", (*_TITLES, *whole), base, least=0.7, distinct=0.3),
        "price": _first_that_fits(judged, "price", _PRICES, base, least=0.4, pattern=_PRICE),
        "currency": _first_that_fits(judged, "currency", _CURRENCIES, base, least=0.4),
        "brand": _first_that_fits(judged, "brand", _BRANDS, base, least=0.4),
        "color": _first_that_fits(judged, "color", _COLORS, base, least=0.4),
    }
    return {name: selector for name, selector in chosen.items() if selector}


def _first_that_fits(
    cards: list[LexborNode],
    name: str,
    selectors: tuple[str, ...],
    base: str,
    *,
    least: float,
    distinct: float = 0.0,
    pattern: re.Pattern[str] | None = None,
) -> str:
    """Give the first selector that finds something in enough cards, different things where that matters."""
    for selector in selectors:
        found = [texts[0] for card in cards if (texts := field_of(card, selector, name, base))]
        found = [text for text in found if pattern is None or pattern.search(text)]
        if len(found) >= least * len(cards) and len(set(found)) >= distinct * len(cards):
            return selector
    return ""


def _guessed_trail(page: LexborHTMLParser) -> dict[str, str]:
    """Find the breadcrumb, unless the page tells it by itself."""
    if breadcrumb(page):
        return {}
    found = next((each for each in _TRAILS if page.css(read_selector(each).css)), None)
    return {} if found is None else {"category": found}
