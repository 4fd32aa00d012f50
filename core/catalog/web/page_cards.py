"""The products of a result page, read with the selectors of a crawl."""

from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.catalog.web.crawl_settings import STRUCTURED, CrawlSettings
from core.catalog.web.found_products import MOST_LEVELS, FoundProduct, found_product
from core.catalog.web.page_facts import breadcrumb, described_product, described_products
from core.catalog.web.page_links import canonical, same_site
from core.catalog.web.page_pictures import MOST_PICTURES, pictures_of
from core.catalog.web.selectors import read_selector

MOST_CARDS = 2_000
"""Cards read of one page."""

_ATTRIBUTE = "attribute."


def products_of(
    page: LexborHTMLParser, settings: CrawlSettings, base: str
) -> tuple[list[FoundProduct], dict[str, int]]:
    """Read the products of a result page.

    Args:
        page: The page.
        settings: Selectors; the product's must be given.
        base: Address against which links are read.

    Returns:
        The products in order, each once, and how many cards each selector found something in, by field;
        "product" counts the cards themselves.
    """
    described = {canonical(each.link): each for each in described_products(page, base) if each.link}
    if settings.product == STRUCTURED:
        found = described_products(page, base)
        matches = {"product": len(found)}
    else:
        cards = page.css(settings.product)[:MOST_CARDS]
        matches = {"product": len(cards), **dict.fromkeys(settings.selectors, 0)}
        found = [_of_card(card, settings, base, matches) for card in cards]
        # The page's own data fills what the card does not show; only a link tells which is which.
        found = [each.filled_from(described.get(canonical(each.link or ""), FoundProduct())) for each in found]
    shared = _page_category(page, settings, base)
    products = [_placed(_on_site(each, base), settings, shared) for each in found]
    matches |= {"category": len(products)} if shared and settings.category and not matches.get("category") else {}
    return _each_once(products), matches


def product_of(page: LexborHTMLParser, settings: CrawlSettings, base: str) -> FoundProduct:
    """Read a product's own page: by the detail selectors, then what the page says of itself."""
    root = page.root
    texts = {} if root is None else {name: field_of(root, text, name, base) for name, text in settings.detail.items()}
    chosen = found_product(base, **_grouped(texts))
    said = described_product(page, base)
    heading = page.css_first("h1")
    plain = found_product(base, title=heading.text(deep=True, separator=" ") if heading is not None else "")
    return _on_site(chosen.filled_from(said).filled_from(plain), base)


def field_of(card: LexborNode, selector: str, name: str, base: str) -> list[str]:
    """Give the texts or addresses a selector finds in a card, in order."""
    parted = read_selector(selector)
    nodes = [card] if not parted.css else [node for node in card.css(parted.css) if node.mem_id != card.mem_id]
    if name == "picture":
        lists = [list(pictures_of(node, base, attribute=parted.attribute)) for node in nodes[:MOST_PICTURES]]
        return [addresses[0] for addresses in lists if addresses]
    attribute = parted.attribute or ("href" if name == "link" else "")
    if attribute:
        return [text for node in nodes[:MOST_LEVELS] if (text := node.attributes.get(attribute))]
    return [text for node in nodes[:MOST_LEVELS] if (text := node.text(deep=True, separator=" ").strip())]


def _of_card(card: LexborNode, settings: CrawlSettings, base: str, matches: dict[str, int]) -> FoundProduct:
    texts = {name: field_of(card, selector, name, base) for name, selector in settings.selectors.items()}
    for name, found in texts.items():
        matches[name] += bool(found)
    return found_product(base, **_grouped(texts))


def _grouped(texts: dict[str, list[str]]) -> dict[str, object]:
    """Take the first text of a field, all of pictures and levels, and gather attributes."""
    fields: dict[str, object] = {}
    attributes: dict[str, str] = {}
    for name, found in texts.items():
        if name.startswith(_ATTRIBUTE) and found:
            attributes[name.removeprefix(_ATTRIBUTE)] = found[0]
        elif name in ("picture", "category"):
            fields[name] = found
        elif found:
            fields[name] = found[0]
    return fields | {"attributes": attributes}


def _page_category(page: LexborHTMLParser, settings: CrawlSettings, base: str) -> tuple[str, ...]:
    """Read the category that the whole page is about."""
    if settings.category and page.root is not None:
        levels = found_product(base, category=field_of(page.root, settings.category, "category", base)).category
    else:
        levels = found_product(base, category=list(breadcrumb(page))).category
    return levels


def _placed(product: FoundProduct, settings: CrawlSettings, shared: tuple[str, ...]) -> FoundProduct:
    if settings.fixed_category.strip():
        return replace(product, category=found_product("", category=settings.fixed_category).category)
    return replace(product, category=without_start(product.category or shared))


_START = frozenset(["home", "homepage", "start", "startseite", "accueil", "inicio", "início", "shop", "all"])


def without_start(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Drop the way to the shop's first page, with which breadcrumbs begin."""
    return levels[1:] if levels and levels[0].lower() in _START else levels


def _on_site(product: FoundProduct, base: str) -> FoundProduct:
    """Forget a link that leads to another site: that is an advertisement's, not the product's."""
    return product if product.link is None or same_site(product.link, base) else replace(product, link=None)


def _each_once(products: list[FoundProduct]) -> list[FoundProduct]:
    """Keep the first of several cards of one product, and every card that names none."""
    kept: dict[str, FoundProduct] = {}
    for place, product in enumerate(products):
        kept.setdefault(product.product_id or f"#{place}", product)
    return list(kept.values())
