"""How a crawl over result pages is to be done: what is read from a page, what comes next, when it ends."""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from core.catalog.web.selectors import check_selector
from core.errors import SettingsError

FIELDS = ("link", "picture", "title", "price", "currency", "category", "brand", "color", "description")
"""What can be read of a product, beside ``attribute.NAME``; each is also a setting that holds a selector."""

NEXT = ("auto", "none", "link", "button", "scroll", "pages")
RENDER = ("auto", "static", "browser")

STRUCTURED = "schema.org"
"""In place of the product's selector: take the products that the page itself describes for search engines."""

MOST_PRODUCTS = 100_000
MOST_PAGES = 10_000
LONGEST_PAUSE = 300.0
PAGE_NUMBER = "{page}"

_ATTRIBUTE, _DETAIL = "attribute.", "detail."
_LIMITS = {"stop_products": (1, MOST_PRODUCTS), "stop_pages": (1, MOST_PAGES), "first_page": (0, 10**6)}
_CHOICES = {"next": NEXT, "render": RENDER}
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True)
class CrawlSettings:
    """Choices for one crawl; whatever is left empty is guessed from the first page.

    A selector is CSS, looked up inside the product's card; ``CSS@NAME`` takes an attribute instead of the text, and
    ``@NAME`` an attribute of the card itself.

    Attributes:
        product: Selects the card of each product; empty guesses; :data:`STRUCTURED` reads the page's own data.
        link: Leads to the product's page.
        picture: Selects pictures; the largest that each offers is taken.
        title: Selects the name.
        price: Selects the price as written.
        currency: Selects the currency, where the price does not name it.
        category: Selects the category's levels; where the card has none, they are looked up in the whole page.
        brand: Selects the maker.
        color: Selects the color.
        description: Selects the description.
        attributes: Selectors of further attributes by name.
        fixed_category: Category of every product, ``Clothing > Shirts``; it goes before whatever a page says.
        follow: Whether each product's own page is read too.
        detail: Selectors by field for the products' own pages; what is missing comes from the pages' own data.
        next: How the next results come: "link", "button" (load more), "scroll", "pages" (a number in the address),
            "none"; "auto" looks for a link.
        next_selector: Selects that link or button; empty guesses.
        page_address: Address with ``{page}`` in place of the number, for "pages".
        first_page: The number of the page after the first one, for "pages".
        stop_products: Most products, 1 to 100,000.
        stop_pages: Most result pages, 1 to 10,000.
        seconds: Least time between two requests to a host, 0 to 300; a longer Crawl-delay of the site counts.
        render: "static" reads what the server sends, "browser" what a browser makes of it, "auto" finds out.
        keep_hours: Results younger than this are taken again instead of being fetched again.
    """

    product: str = ""
    link: str = ""
    picture: str = ""
    title: str = ""
    price: str = ""
    currency: str = ""
    category: str = ""
    brand: str = ""
    color: str = ""
    description: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    fixed_category: str = ""
    follow: bool = False
    detail: dict[str, str] = field(default_factory=dict)
    next: str = "auto"
    next_selector: str = ""
    page_address: str = ""
    first_page: int = 2
    stop_products: int = 1000
    stop_pages: int = 50
    seconds: float = 1.0
    render: str = "auto"
    keep_hours: float = 1.0

    def __post_init__(self) -> None:
        """Check every choice.

        Raises:
            SettingsError: One is unknown, of the wrong type or out of its range.
        """
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingsError(_expected(name, f"one of {', '.join(choices)}", getattr(self, name)))
        for name, (least, most) in _LIMITS.items():
            _check_number(name, getattr(self, name), least=least, most=most, kind=int)
        _check_number("seconds", self.seconds, least=0, most=LONGEST_PAUSE, kind=float)
        _check_number("keep_hours", self.keep_hours, least=0, most=24 * 365, kind=float)
        if not isinstance(self.follow, bool):
            raise SettingsError(_expected("follow", "yes or no", self.follow))
        self._check_selectors()
        if self.next == "pages" and self.page_address.count(PAGE_NUMBER) != 1:
            raise SettingsError(
                f"page_address must hold {PAGE_NUMBER} once, in place of the page's number, not {self.page_address!r}"
            )

    def _check_selectors(self) -> None:
        if self.product != STRUCTURED:
            check_selector("product", self.product, attribute=False)
        check_selector("next_selector", self.next_selector, attribute=False)
        for name in FIELDS:
            check_selector(name, getattr(self, name))
        for prefix, selectors in ((_ATTRIBUTE, self.attributes), (_DETAIL, self.detail)):
            if not isinstance(selectors, dict):
                raise SettingsError(_expected(prefix.rstrip("."), "selectors by name", selectors))
            for name, selector in selectors.items():
                check_selector(f"{prefix}{name}", selector)
        for name in self.detail:
            _check_field(f"{_DETAIL}{name}", name)
        for name in ("fixed_category", "page_address"):
            if not isinstance(getattr(self, name), str):
                raise SettingsError(_expected(name, "a text", getattr(self, name)))

    @property
    def selectors(self) -> dict[str, str]:
        """Selectors by field, ``attribute.NAME`` among them; fields without one are left out."""
        named = {name: getattr(self, name) for name in FIELDS}
        named |= {f"{_ATTRIBUTE}{name}": selector for name, selector in self.attributes.items()}
        return {name: selector for name, selector in named.items() if selector}

    @property
    def needs_browser(self) -> bool:
        """Whether the choices make sense in a browser only."""
        return self.render == "browser" or self.next in ("button", "scroll")

    def to_json(self) -> dict[str, Any]:
        """Give the choices that differ from the defaults as JSON values, for :func:`crawl_settings`."""
        plain = asdict(CrawlSettings())
        return {name: value for name, value in asdict(self).items() if value != plain[name]}

    def fingerprint(self, address: str) -> str:
        """Give a hash of all that decides what a crawl finds."""
        decisive = {name: value for name, value in self.to_json().items() if name not in ("keep_hours", "seconds")}
        text = json.dumps([address, decisive], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def crawl_settings(values: Mapping[str, Any]) -> CrawlSettings:
    """Make settings of JSON values or of what a user wrote as ``KEY=VALUE``.

    Args:
        values: Choices by name; ``attribute.NAME`` and ``detail.FIELD`` name selectors in those two groups.

    Raises:
        SettingsError: One is unknown or cannot be read.
    """
    types = {each.name: each.type for each in fields(CrawlSettings)}
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        group, dot, rest = str(name).partition(".")
        if dot and rest and f"{group}." in (_ATTRIBUTE, _DETAIL):
            chosen.setdefault("attributes" if group == "attribute" else "detail", {})[rest] = value
        elif name not in types:
            raise SettingsError(
                f"no crawl setting is called {str(name)[:60]!r}; expected one of {', '.join(sorted(types))}, "
                f"{_ATTRIBUTE}NAME or {_DETAIL}FIELD"
            )
        elif types[name] in (dict, dict[str, str]):
            chosen.setdefault(name, {}).update(_group(name, value))
        else:
            chosen[name] = _typed(name, value, types[name])
    return CrawlSettings(**chosen)


def _group(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise SettingsError(_expected(name, "selectors by name", value))
    return dict(value)


def _typed(name: str, value: Any, kind: Any) -> Any:
    """Read a choice that may have come as text."""
    if not isinstance(value, str) or kind is str:
        return value
    text = value.strip()
    if kind is bool:
        return _YES.get(text.lower(), value)
    try:
        return kind(text)
    except (ValueError, OverflowError) as error:
        raise SettingsError(_expected(name, "a number", value)) from error


def _check_number(name: str, value: Any, *, least: float, most: float, kind: type) -> None:
    numbers = (int,) if kind is int else (int, float)
    fits = isinstance(value, numbers) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    if not fits or not least <= value <= most:
        whole = "a whole number" if kind is int else "a number"
        raise SettingsError(_expected(name, f"{whole} from {least:,} to {most:,}", value))


def _check_field(shown: str, name: str) -> None:
    if name not in FIELDS and not (name.startswith(_ATTRIBUTE) and len(name) > len(_ATTRIBUTE)):
        raise SettingsError(_expected(shown, f"one of {', '.join(FIELDS)} or {_ATTRIBUTE}NAME after the dot", name))


def _expected(name: str, expected: str, value: Any) -> str:
    return f"the crawl's {name[:60]} must be {expected}, not {str(value)[:80]!r}"
