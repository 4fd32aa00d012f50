"""What a crawl would find on its first page, before anything is imported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.catalog.web.addresses import checked_url
from core.catalog.web.crawl_pages import CrawlState
from core.catalog.web.crawl_settings import CrawlSettings
from core.catalog.web.crawl_thread import run_apart
from core.catalog.web.found_products import FoundProduct
from core.catalog.web.page_cache import cache_page, cached_page
from core.catalog.web.page_links import origin
from core.catalog.web.page_maker import FirstLook, PageMaker
from core.catalog.web.page_visits import LEAST_SECONDS
from core.catalog.web.robots import SiteRules
from core.home import Home
from core.progress import Progress, SilentProgress

SHOWN_PRODUCTS = 20
_IN_BROWSER_ONLY = {"button": "a button that loads more", "scroll": "more when scrolled to the end"}


@dataclass(frozen=True)
class CrawlPreview:
    """What the first page holds.

    Attributes:
        address: The page, where it was found in the end.
        title: Its title.
        products: The first 20 products.
        found: How many there are on the page.
        matches: How many cards each selector found something in; "product" counts the cards.
        next: What comes next, in words; empty when nothing does.
        next_address: Its address, where it has one.
        rendered: "static" or "browser".
        robots: What the site asks of crawlers, in words.
        seconds: Time between two requests that will be kept.
        settings: The settings with the guesses filled in.
        warnings: What should be looked at before importing.
    """

    address: str
    title: str
    products: tuple[FoundProduct, ...]
    found: int
    matches: dict[str, int]
    next: str
    next_address: str | None
    rendered: str
    robots: str
    seconds: float
    settings: CrawlSettings
    warnings: tuple[str, ...] = field(default=())


def preview_crawl(
    home: Home,
    address: str,
    settings: CrawlSettings,
    *,
    allowed_hosts: Sequence[str] = (),
    progress: Progress | None = None,
    fresh: bool = False,
) -> CrawlPreview:
    """Look at the first page of a crawl. A page looked at a moment ago is not asked for again.

    Args:
        home: Where looked-at pages are kept for some minutes.
        address: Of a result page.
        settings: How to read it; what is left open is guessed.
        allowed_hosts: Hosts that may be asked wherever they are.
        progress: May cancel it; None tells nobody.
        fresh: Ask for the page even if it is at hand.

    Raises:
        CatalogError: The site does not want it, it cannot be had, or it needs a browser and there is none.
    """
    start = str(checked_url(address))

    async def look() -> CrawlPreview:
        async with PageMaker(settings, allowed_hosts=tuple(allowed_hosts)) as maker:
            rules = await maker.visits.rules(start)
            found = await _first(home, start, settings, maker, fresh=fresh)
            return _preview(found, start, rules, settings)

    state = CrawlState(message=f"looking at {origin(start)[:100]}")
    return run_apart(look, state=state, progress=progress or SilentProgress())


async def _first(home: Home, start: str, settings: CrawlSettings, maker: PageMaker, *, fresh: bool) -> FirstLook:
    """Look at the page: at the one that is at hand, or ask for it."""
    await maker.visits.check(start)
    if not fresh:
        # What a browser made is the truer picture of a page, unless the user wants to see the other.
        kinds = [True] if settings.needs_browser else [False] if settings.render == "static" else [True, False]
        for rendered in kinds:
            page = cached_page(home, start, rendered=rendered)
            if page is not None:
                return await maker.look(page, settings)
    found = await maker.first(start)
    cache_page(home, start, found.page)
    return found


def _preview(found: FirstLook, start: str, rules: SiteRules, asked: CrawlSettings) -> CrawlPreview:
    reading, chosen = found.reading, found.settings
    return CrawlPreview(
        address=found.page.address,
        title=reading.title,
        products=reading.products[:SHOWN_PRODUCTS],
        found=len(reading.products),
        matches=reading.matches,
        next=_next_in_words(chosen, reading.next_address),
        next_address=reading.next_address,
        rendered="browser" if found.page.rendered else "static",
        robots=_robots_in_words(rules, start),
        seconds=max(chosen.seconds, rules.delay_seconds),
        settings=chosen,
        warnings=tuple(_warnings(found, asked)),
    )


def _next_in_words(settings: CrawlSettings, following: str | None) -> str:
    if following is not None:
        return "the next page"
    return _IN_BROWSER_ONLY.get(settings.next, "")


def _robots_in_words(rules: SiteRules, start: str) -> str:
    if not rules.found:
        return f"{origin(start)} has no robots.txt: nothing is forbidden"
    asks = rules.delay_seconds > LEAST_SECONDS
    paced = f" and asks for {rules.delay_seconds:g} s between two requests" if asks else ""
    return f"the robots.txt of {origin(start)} allows this page{paced}"


def _warnings(found: FirstLook, asked: CrawlSettings) -> Iterator[str]:
    reading, chosen = found.reading, found.settings
    if not reading.products:
        yield (
            "no product was found on this page: name the card that holds one product"
            if not asked.product
            else f"nothing on this page matches {asked.product!r}"
        )
        if reading.looks_dynamic and not found.page.rendered:
            yield "scripts seem to fill this page: let a browser read it (render: browser)"
    cards = reading.matches.get("product", 0)
    for name in chosen.selectors:
        if cards and not reading.matches.get(name):
            yield f"the selector of {name} finds nothing in the {cards:,} cards"
    unnamed = sum(product.product_id is None for product in reading.products)
    if unnamed:
        yield f"{unnamed:,} cards hold neither link nor picture and will be left out"
    if reading.products and not any(product.pictures for product in reading.products):
        yield "no card has a picture: look at the selector of the picture"
    yield from found.refused
