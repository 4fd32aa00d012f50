"""Going through result pages: one after another, each product once, until they end or enough were found."""

from dataclasses import dataclass, replace

from core.catalog.web.crawl_journal import CrawlJournal
from core.catalog.web.crawl_settings import STRUCTURED, CrawlSettings
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.found_products import FoundProduct
from core.catalog.web.page_links import canonical, same_site
from core.catalog.web.page_maker import FirstLook, PageMaker
from core.catalog.web.page_reading import DETAIL, PageReading
from core.catalog.web.page_visits import SiteRefusal
from core.errors import CatalogError

_BARREN_PAGES = 2
"""So many pages without a new product end a crawl: the shop sends the same results again and again."""


@dataclass
class CrawlState:
    """How far a crawl is, for whoever watches it from another thread."""

    done: int = 0
    total: int | None = None
    message: str = "asking the site what it allows"


class Crawl:
    """One crawl.

    Args:
        maker: Gets and reads pages.
        journal: Keeps what was found; a crawl goes on from it.
        state: Is told how far the crawl is.
    """

    def __init__(self, maker: PageMaker, journal: CrawlJournal, state: CrawlState) -> None:
        self._maker, self._journal, self._state = maker, journal, state

    async def run(self, address: str) -> None:
        """Crawl from an address until there is nothing more, or enough.

        Raises:
            SiteRefusal: The site does not want it; what was found is kept.
            FetchError: The first page cannot be had, or another one for now; what was found is kept.
            CatalogError: The page needs a browser, and there is none.
        """
        if self._journal.ended:
            return
        first: FirstLook | None = None
        if self._journal.settings is None:
            first = await self._maker.first(address)
            rendered = first.page.rendered or first.settings.needs_browser
            self._journal.note_settings(first.settings, rendered=rendered)
            for why in first.refused:
                self._journal.note_skipped(f"a part of {address}", "robots", why)
            if not first.settings.product:
                self._journal.note_end("nothing repeats on the page")
                return
        await self._follow_all()
        if self._settings.next in ("button", "scroll"):
            why = await self._grow(address, first)
        else:
            why = await self._turn_pages(self._journal.next_address or address, first)
        await self._follow_all()
        self._journal.note_end(why)

    @property
    def _settings(self) -> CrawlSettings:
        assert self._journal.settings is not None
        return self._journal.settings

    async def _turn_pages(self, address: str, first: FirstLook | None) -> str:
        """Read page after page; say why there are no more."""
        journal, barren = self._journal, 0
        if journal.pages and journal.next_address is None:
            return "the results end"
        while journal.pages < self._settings.stop_pages:
            try:
                reading = first.reading if first else await self._reading(address)
            except (FetchError, SiteRefusal) as error:
                if not journal.pages or not _ends_results(error):
                    raise
                journal.note_skipped(address, error.reason, str(error))
                return "the next page cannot be had"
            first = None
            following = self._unvisited(reading.next_address, address)
            fresh = self._note(reading, address, following)
            await self._follow_all()
            barren = 0 if fresh else barren + 1
            if self._is_enough():
                return "enough products"
            if following is None:
                return "the results end"
            if barren >= (1 if self._settings.next == "pages" else _BARREN_PAGES):
                return "the pages hold nothing new"
            address = following
        return "enough pages"

    async def _reading(self, address: str) -> PageReading:
        page = await self._maker.get(address, rendered=self._journal.rendered)
        return await self._maker.read(page, self._settings, number=self._journal.pages)

    def _unvisited(self, following: str | None, address: str) -> str | None:
        """Drop a next page that was read before, or is none of this site's."""
        if following is None or not same_site(following, address):
            return None
        return None if canonical(following) in self._journal.visited | {canonical(address)} else following

    def _note(self, reading: PageReading, address: str, following: str | None) -> int:
        """Keep what a page has that is new; give how much that is."""
        journal = self._journal
        left = self._settings.stop_products - len(journal.found)
        fresh: dict[str, FoundProduct] = {}
        for product in reading.products:
            key = product.product_id
            if key is not None and key not in journal.found and len(fresh) < left:
                fresh.setdefault(key, product)
        unnamed = sum(product.product_id is None for product in reading.products)
        journal.note_page(address, fresh, next_address=following, unnamed=unnamed)
        self._tell()
        return len(fresh)

    def _is_enough(self) -> bool:
        return len(self._journal.found) >= self._settings.stop_products

    def _tell(self) -> None:
        self._state.done = len(self._journal.found)
        self._state.total = self._settings.stop_products
        self._state.message = f"page {self._journal.pages:,}, {len(self._journal.found):,} products found"

    async def _grow(self, address: str, first: FirstLook | None) -> str:
        """Let one page load more and more; say why it ended. After a kill the page is opened again."""
        browser = await self._maker.browser()
        page = first.opened if first and first.opened else await self._maker.open(address)
        settings = self._settings
        cards = settings.product if settings.product != STRUCTURED else "body *"
        for step in range(settings.stop_pages):
            made = await browser.within(page.html(), address)
            reading = await self._maker.read(made, settings)
            self._note(reading, f"{address}#{step}", None)
            if self._is_enough():
                return "enough products"
            if settings.next == "button":
                grown = await browser.within(page.press(settings.next_selector or "button", cards=cards), address)
            else:
                grown = await browser.within(page.scroll(cards=cards), address)
            if not grown:
                return "the results end"
        return "enough pages"

    async def _follow_all(self) -> None:
        """Read the own page of every product that waits for it."""
        for key, product in self._journal.unfollowed():
            self._journal.note_product(key, await self._followed(product))
            self._tell()

    async def _followed(self, product: FoundProduct) -> FoundProduct:
        """Give a product with what its own page says; as the card shows it where that page cannot be had."""
        if product.link is None:
            return product
        try:
            page = await self._maker.get(product.link, rendered=self._journal.rendered)
            reading = await self._maker.read(page, self._settings, kind=DETAIL)
        except (FetchError, SiteRefusal) as error:
            if _is_for_all(error):
                raise
            self._journal.note_skipped(product.link, error.reason, str(error))
            return product
        except CatalogError as error:
            self._journal.note_skipped(product.link, "unreadable_page", str(error))
            return product
        return merged(product, next(iter(reading.products), FoundProduct()), self._settings)


def merged(card: FoundProduct, own: FoundProduct, settings: CrawlSettings) -> FoundProduct:
    """Join what a card and the product's own page say: the page goes first where the user chose its selectors.

    The page's pictures are larger and more; a category the user fixed stays.
    """
    named = {name: getattr(own, name) for name in settings.detail if name in ("title", "price", "brand", "color")}
    card = replace(card, **{name: text for name, text in named.items() if text})
    if own.pictures:
        card = replace(card, pictures=own.pictures)
    if own.category and not settings.fixed_category.strip():
        card = replace(card, category=own.category)
    return card.filled_from(replace(own, link=None))


def _is_for_all(error: FetchError | SiteRefusal) -> bool:
    """Tell whether a failure is the site's, so that the next page would fail as well."""
    if isinstance(error, SiteRefusal):
        return not error.only_this
    return error.reason in ("dns", "refused", "unreachable", "tls", "private_address")


def _ends_results(error: FetchError | SiteRefusal) -> bool:
    """Tell whether a next page that cannot be had is simply the end: it is not there, or not for crawlers."""
    if isinstance(error, SiteRefusal):
        return error.only_this
    return error.reason.startswith("http_4") or error.reason in ("other_site", "wrong_type")
