"""A page that is open in the browser: waited for, made to show more, and read."""

import asyncio
import re
import time
from typing import TYPE_CHECKING

from core.catalog.web.browser_requests import RequestRules
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.page_links import origin, same_site
from core.catalog.web.page_visits import MOST_PAGE_BYTES, FetchedPage, SiteRefusal, Visits
from core.errors import CatalogError

if TYPE_CHECKING:
    from playwright.async_api import Error, Locator, Page, Request, Response

LOAD_SECONDS = 30.0
SETTLE_SECONDS = 10.0
GROW_SECONDS = 8.0
_LOOK_SECONDS = 0.25
_STILL_LOOKS = 3
_LENGTH = "document.documentElement ? document.documentElement.outerHTML.length : 0"
_TO_THE_END = "window.scrollTo(0, document.documentElement.scrollHeight)"
_CONTAINS = re.compile(r":lexbor-contains\(")


class BrowserPage:
    """An open page.

    Args:
        page: As the browser knows it.
        rules: Decide on its requests.
        visits: Say when the site may be asked again.
    """

    def __init__(self, page: "Page", rules: RequestRules, visits: Visits) -> None:
        self._page, self._rules, self._visits = page, rules, visits
        self._waiting: set[Request] = set()
        page.on("request", self._note_begun)
        page.on("requestfinished", self._note_ended)
        page.on("requestfailed", self._note_ended)

    @property
    def refused(self) -> list[str]:
        """Why requests of the page were not sent."""
        return list(self._rules.refused)

    def _note_begun(self, request: "Request") -> None:
        self._waiting.add(request)

    def _note_ended(self, request: "Request") -> None:
        self._waiting.discard(request)

    async def go_to(self, address: str) -> None:
        """Load a page.

        Raises:
            SiteRefusal: The site does not want it fetched.
            FetchError: It cannot be had.
            playwright.async_api.Error: As the browser says.
        """
        answer = await self._page.goto(address, wait_until="domcontentloaded", timeout=LOAD_SECONDS * 1000)
        if answer is not None:
            _check_status(answer, address)
        if not same_site(self._page.url, address):
            raise FetchError(f"it leads to another site, {origin(self._page.url)[:200]}", reason="other_site")
        await self._visits.check(self._page.url)
        await self.settle()

    async def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until the page asks for nothing more and stays as long as it is."""
        ends, still, before = time.monotonic() + seconds, 0, -1
        while time.monotonic() < ends and still < _STILL_LOOKS:
            await asyncio.sleep(_LOOK_SECONDS)
            length = int(await self._page.evaluate(_LENGTH))
            still = still + 1 if length == before and not self._waiting else 0
            before = length

    async def press(self, selector: str, *, cards: str) -> bool:
        """Press a button that loads more.

        Returns:
            Whether there was one to press and more cards came of it.
        """
        button = self._locator(selector).first
        if not await button.count() or not await button.is_visible() or not await button.is_enabled():
            return False
        before = await self._locator(cards).count()
        await self._visits.take_turn(self._page.url)
        await button.click(timeout=GROW_SECONDS * 1000)
        return await self._has_grown(cards, before, GROW_SECONDS)

    async def scroll(self, *, cards: str) -> bool:
        """Go to the end of the page, where some load more; tell whether more cards came of it."""
        before = await self._locator(cards).count()
        await self._visits.take_turn(self._page.url)
        await self._page.evaluate(_TO_THE_END)
        if await self._has_grown(cards, before, GROW_SECONDS / 2):
            return True
        # Only then the wheel, which also reaches lists that scroll by themselves: both at once may load two pages.
        await self._page.mouse.wheel(0, 2000)
        return await self._has_grown(cards, before, GROW_SECONDS / 2)

    async def html(self) -> FetchedPage:
        """Give the page as it is now.

        Raises:
            FetchError: With reason "too_large".
        """
        if int(await self._page.evaluate(_LENGTH)) > MOST_PAGE_BYTES:
            raise FetchError(f"the page has more than {MOST_PAGE_BYTES:,} characters", reason="too_large")
        data = (await self._page.content()).encode("utf-8", "replace")
        return FetchedPage(self._page.url, data, "text/html; charset=utf-8", rendered=True)

    async def _has_grown(self, cards: str, before: int, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await asyncio.sleep(_LOOK_SECONDS)
            if await self._locator(cards).count() > before:
                await self.settle()
                return True
        return False

    def _locator(self, selector: str) -> "Locator":
        # The browser's word for what the parser of static pages calls by another.
        return self._page.locator("css=" + _CONTAINS.sub(":has-text(", selector))


def _check_status(answer: "Response", address: str) -> None:
    status = answer.status
    if status in (401, 402, 403, 407, 451):
        raise SiteRefusal(f"{origin(address)} refuses {address[:300]} ({status}): it is not fetched again")
    if status in (429, 503):
        raise SiteRefusal(f"{origin(address)} is busy and asks to come later ({status}): go on with it later")
    if status >= 400:
        raise FetchError(f"the host answers {status}", reason=f"http_{status}")


def page_failure(error: "Error") -> CatalogError:
    """Say what went wrong in the browser, in one line."""
    text = " ".join(str(error).split())[:300]
    found = re.search(r"net::(ERR_\w+)", text)
    if "Timeout" in text or (found and "TIMED_OUT" in found[1]):
        return FetchError("the page does not load in time", reason="timeout")
    if found:
        return FetchError(f"the browser cannot load it ({found[1]})", reason="disconnected")
    return FetchError(f"the browser cannot go on with it: {text}", reason="disconnected")
