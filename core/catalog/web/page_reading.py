"""Reading one page: its products, what comes next, and what could not be found."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from core.catalog.web.crawl_settings import CrawlSettings, crawl_settings
from core.catalog.web.found_products import FoundProduct, read_product
from core.catalog.web.page_cards import product_of, products_of
from core.catalog.web.page_guess import guessed_settings
from core.catalog.web.page_links import whole_address
from core.catalog.web.page_next import next_address
from core.catalog.web.page_text import clean_text, decode_page
from core.errors import CatalogError

WHOLE, DETAIL = "results", "product"
"""What a page may be: one of results, or a product's own."""


@dataclass(frozen=True)
class PageReading:
    """What was read from a page.

    Attributes:
        title: Title of the page.
        products: Its products; of a product's own page that one.
        matches: How many cards each selector found something in, "product" the cards themselves.
        next_address: Where the results go on; None at their end, or when they come without another address.
        settings: The settings it was read with, guesses filled in, as JSON values.
        looks_dynamic: Whether scripts seem to fill the page later.
    """

    title: str = ""
    products: tuple[FoundProduct, ...] = ()
    matches: dict[str, int] = field(default_factory=dict)
    next_address: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    looks_dynamic: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the reading as JSON values, for :func:`as_reading`."""
        return asdict(self) | {"products": [product.to_json() for product in self.products]}


def as_reading(values: dict[str, Any]) -> PageReading:
    """Make a reading of its JSON values."""
    return PageReading(**values | {"products": tuple(read_product(each) for each in values["products"])})


def read_page(
    data: bytes, content_type: str | None, *, address: str, settings: CrawlSettings, kind: str = WHOLE, number: int = 0
) -> PageReading:
    """Read a page. Call it where foreign pages may use up memory and time: in a process of its own.

    Args:
        data: The page as it was sent.
        content_type: What the server said of it.
        address: Where it was found in the end.
        settings: Selectors; without one for the product they are guessed.
        kind: "results" or "product".
        number: How many result pages came before this one.

    Raises:
        CatalogError: The parser refuses a selector.
    """
    page = LexborHTMLParser(decode_page(data, content_type))
    base = _base(page, address)
    try:
        if kind == DETAIL:
            product = product_of(page, settings, base)
            return PageReading(title=_title(page), products=(product,), settings=settings.to_json())
        settings = guessed_settings(page, settings, base=base, address=address)
        products, matches = products_of(page, settings, base) if settings.product else ([], {"product": 0})
        following = next_address(page, settings, base=base, address=address, number=number)
    except SelectolaxError as error:
        raise CatalogError(f"a selector cannot be used: {clean_text(error)}") from error
    return PageReading(
        title=_title(page),
        products=tuple(products),
        matches=matches,
        next_address=following,
        settings=settings.to_json(),
        looks_dynamic=not products and _has_scripts(page),
    )


def read_request(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Read a page for another process: settings and answer as JSON values."""
    asked = replace(crawl_settings(request["settings"]))
    reading = read_page(
        data,
        request["content_type"],
        address=request["address"],
        settings=asked,
        kind=request["kind"],
        number=request["number"],
    )
    return reading.to_json()


def _base(page: LexborHTMLParser, address: str) -> str:
    """Give the address against which the page's links are read: its ``base``, when that is one."""
    node = page.css_first("base[href]")
    return (whole_address(node.attributes.get("href"), address) if node is not None else None) or address


def _title(page: LexborHTMLParser) -> str:
    node = page.css_first("title")
    return clean_text(node.text(deep=True), longest=300) if node is not None else ""


def _has_scripts(page: LexborHTMLParser) -> bool:
    return (
        page.css_first('script[src], script:not([type]), script[type="module"], script[type="text/javascript"]')
        is not None
    )
