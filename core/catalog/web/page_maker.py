"""Everything a crawl needs to get a page and read it: visits, the process that reads, and a browser when needed."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import TracebackType

from core.catalog.web.addresses import checked_url
from core.catalog.web.browser_page import BrowserPage
from core.catalog.web.client import open_client
from core.catalog.web.crawl_settings import CrawlSettings, crawl_settings
from core.catalog.web.page_browser import PageBrowser
from core.catalog.web.page_reader import PageReader
from core.catalog.web.page_reading import WHOLE, PageReading
from core.catalog.web.page_visits import FetchedPage, Visits


@dataclass(frozen=True)
class FirstLook:
    """What the first page told.

    Attributes:
        page: The page as it came.
        reading: What was read from it.
        settings: The settings, guesses filled in.
        opened: The page as it is still open in the browser; None without one.
        refused: Why requests of the page were not sent; empty without a browser.
    """

    page: FetchedPage
    reading: PageReading
    settings: CrawlSettings
    opened: BrowserPage | None = None
    refused: tuple[str, ...] = ()


class PageMaker:
    """Gets pages and reads them; use it with ``async with``.

    Args:
        settings: Of the crawl.
        allowed_hosts: Hosts that may be asked wherever they are.
    """

    def __init__(self, settings: CrawlSettings, *, allowed_hosts: tuple[str, ...] = ()) -> None:
        self._settings, self._allowed = settings, allowed_hosts
        self._stack = AsyncExitStack()
        self._browser: PageBrowser | None = None

    async def __aenter__(self) -> "PageMaker":
        client = await self._stack.enter_async_context(open_client(allowed_hosts=self._allowed))
        self.visits = Visits(client, seconds=self._settings.seconds, allowed_hosts=self._allowed)
        self.reader = await self._stack.enter_async_context(PageReader())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def browser(self) -> PageBrowser:
        """Give the browser, which starts with its first page."""
        if self._browser is None:
            self._browser = await self._stack.enter_async_context(PageBrowser(self.visits, allowed_hosts=self._allowed))
        return self._browser

    async def get(self, address: str, *, rendered: bool) -> FetchedPage:
        """Get a page as the server sends it, or as the browser makes it; raises as `Visits.get`, `PageBrowser.open`."""
        if not rendered:
            return await self.visits.get(address)
        page = await self.open(address)
        return await (await self.browser()).within(page.html(), address)

    async def open(self, address: str) -> BrowserPage:
        """Open a page in the browser, to do something with it."""
        return await (await self.browser()).open(str(checked_url(address)))

    async def first(self, address: str) -> FirstLook:
        """Get the first page and find out what the settings leave open: selectors, what comes next, the browser.

        Raises:
            SiteRefusal: The site does not want it fetched.
            FetchError: It cannot be had.
            CatalogError: It needs a browser, and there is none.
        """
        settings = self._settings
        if not settings.needs_browser:
            page = await self.visits.get(address)
            look = await self.look(page, settings)
            if settings.render == "static" or look.reading.products or not look.reading.looks_dynamic:
                return look
        opened = await self.open(address)
        page = await (await self.browser()).within(opened.html(), address)
        look = await self.look(page, settings)
        return replace(look, opened=opened, refused=tuple(opened.refused))

    async def look(self, page: FetchedPage, settings: CrawlSettings) -> FirstLook:
        """Read a page that is at hand as the first one."""
        reading = await self.read(page, settings)
        return FirstLook(page, reading, crawl_settings(reading.settings))

    async def read(
        self, page: FetchedPage, settings: CrawlSettings, *, kind: str = WHOLE, number: int = 0
    ) -> PageReading:
        """Read a page in the process for it."""
        return await self.reader.read(
            page.data, page.content_type, address=page.address, settings=settings, kind=kind, number=number
        )
