"""Pages that scripts put together, made by a real browser that is kept on a short lead.

Chromium without a window, driven through Playwright. It reaches the network only through
:class:`core.catalog.web.page_gate.PageGate`; every request of a page is looked at before it is sent: the site's
robots.txt must allow it, and only what a page needs to put itself together is loaded, no pictures, films or fonts.
"""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.web.addresses import host_name
from core.catalog.web.browser_page import BrowserPage, page_failure
from core.catalog.web.browser_process import (
    ARGUMENTS,
    MOST_MEMORY_BYTES,
    browser_environment,
    browser_program,
    find_browser,
    has_own_sandbox,
    kill_browser,
    memory_of,
)
from core.catalog.web.browser_requests import RequestRules
from core.catalog.web.client import USER_AGENT
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.page_gate import PageGate
from core.catalog.web.page_visits import PAGE_SECONDS, Visits
from core.errors import CatalogError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

START_SECONDS = 60.0
_CLOSE_SECONDS = 5.0
_LOOK_SECONDS = 1.0

T = TypeVar("T")


class PageBrowser:
    """A browser for the pages of one crawl; use it with ``async with``. It starts with the first page.

    Args:
        visits: Knows what sites allow and when they may be asked again.
        allowed_hosts: Hosts that may be asked wherever they are.
    """

    def __init__(self, visits: Visits, *, allowed_hosts: tuple[str, ...] = ()) -> None:
        self._visits = visits
        self._gate = PageGate(allowed_hosts)
        self._mark = f"--shelflens-crawl={secrets.token_hex(8)}"
        self._driver: Playwright | None = None
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None
        self._folder: Path | None = None
        self._too_large = False

    async def __aenter__(self) -> "PageBrowser":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()
        if self._driver is not None:
            await _at_most(_CLOSE_SECONDS, self._driver.stop())
            self._driver = None
        await self._gate.__aexit__(None, None, None)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def open(self, address: str) -> BrowserPage:
        """Open a page and wait until it has put itself together; the one before is closed.

        Raises:
            SiteRefusal: The site does not want it fetched.
            FetchError: It cannot be had, or not within 60 s and 2 GiB.
            CatalogError: There is no browser.
        """
        await self._visits.check(address)
        await self._visits.take_turn(address)
        return await self.within(self._opened(address), address)

    async def within(self, work: Awaitable[T], address: str) -> T:
        """Do something with a page, but not for longer, or with more memory, than a page may take.

        Raises:
            FetchError: With reason "timeout" or "too_large"; the browser is ended then.
        """
        from playwright.async_api import Error

        watch = asyncio.ensure_future(self._watch_memory())
        try:
            return await asyncio.wait_for(work, PAGE_SECONDS)
        except TimeoutError as error:
            await self._end()
            raise FetchError(
                f"the page takes more than {PAGE_SECONDS:.0f} s in the browser", reason="timeout"
            ) from error
        except Error as error:
            if self._too_large:
                await self._end()
                raise FetchError("the page takes too much memory in the browser", reason="too_large") from error
            failed = self._gate.failures
            raise failed.get(_host(address)) or next(iter(failed.values()), None) or page_failure(error) from error
        finally:
            watch.cancel()

    async def _opened(self, address: str) -> BrowserPage:
        browser = await self._started()
        if self._context is not None:
            await _at_most(_CLOSE_SECONDS, self._context.close())
        self._gate.begin()
        self._context = await browser.new_context(
            user_agent=USER_AGENT,
            accept_downloads=False,
            service_workers="block",
            viewport={"width": 1280, "height": 1600},
        )
        rules = RequestRules(self._visits, self._gate, address)
        await self._context.route("**/*", rules.decide)
        await self._context.route_web_socket("**/*", rules.refuse_socket)
        page = await self._context.new_page()
        self._context.on("page", lambda other: asyncio.ensure_future(_at_most(_CLOSE_SECONDS, other.close())))
        opened = BrowserPage(page, rules, self._visits)
        await opened.go_to(address)
        return opened

    async def _started(self) -> "Browser":
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        program = browser_program()
        from playwright.async_api import Error, async_playwright

        if self._driver is None:
            self._driver = await async_playwright().start()
            await self._gate.__aenter__()
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="shelflens-browser-"))
        self._too_large = False
        try:
            self._browser = await self._driver.chromium.launch(
                executable_path=program,
                args=[*ARGUMENTS, self._mark],
                chromium_sandbox=has_own_sandbox(),
                env=browser_environment(self._folder),
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=START_SECONDS * 1000,
                proxy={
                    "server": f"http://127.0.0.1:{self._gate.port}",
                    "username": "shelflens",
                    "password": self._gate.password,
                    "bypass": "<-loopback>",
                },
            )
        except Error as error:
            raise CatalogError(
                f"the browser {program} does not start: {_first_line(error)}; name another in SHELFLENS_CHROMIUM, or "
                "read the pages without one with render=static"
            ) from error
        return self._browser

    async def _watch_memory(self) -> None:
        """End the browser as soon as it takes more memory than pages may; looked at where the system tells."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            pid = await asyncio.to_thread(find_browser, self._mark)
            if pid is not None and await asyncio.to_thread(memory_of, pid) > MOST_MEMORY_BYTES:
                self._too_large = True
                kill_browser(self._mark)

    async def _end(self) -> None:
        """Close the browser, by force when it does not listen."""
        browser, self._browser, self._context = self._browser, None, None
        if browser is not None:
            await _at_most(_CLOSE_SECONDS, browser.close())
            kill_browser(self._mark)


async def _at_most(seconds: float, work: Awaitable[Any]) -> None:
    """Wait for something, but not for longer, and not for its success: it is closed anyway."""
    from playwright.async_api import Error

    with suppress(TimeoutError, Error):
        await asyncio.wait_for(work, seconds)


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    return host_name(urlsplit(address).hostname or "")


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or ["no reason given"])[0][:300]
