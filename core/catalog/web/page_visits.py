"""Asking a site for pages as a polite visitor: with an honest name, one at a time, slowly, and only where allowed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from core.catalog.web.addresses import allowed_names, checked_url, host_name
from core.catalog.web.fetch_errors import FetchError, fetch_error
from core.catalog.web.page_links import origin, same_site, whole_address
from core.catalog.web.robots import SiteRules, fetch_rules
from core.errors import CatalogError

MOST_PAGE_BYTES = 8 * 2**20
MOST_REDIRECTS = 5
MOST_TRIES = 3
LONGEST_WAIT = 120.0
"""Seconds that a site may ask to wait, by Crawl-delay or Retry-After; one that asks for more is left alone."""

LEAST_SECONDS = 0.5
"""Between two requests to a host, whatever the settings say; hosts allowed by name are the user's own."""

PAGE_SECONDS = 60.0
_PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")
_REFUSALS = (401, 402, 403, 407, 451)
_BUSY = (429, 503)
_REDIRECTS = (301, 302, 303, 307, 308)


class SiteRefusal(CatalogError):
    """The site does not want to be crawled, here or now.

    Args:
        message: What it says no to.
        only_this: Whether other pages of the site may be fetched all the same.
    """

    reason = "robots"

    def __init__(self, message: str, *, only_this: bool = False) -> None:
        super().__init__(message)
        self.only_this = only_this


@dataclass(frozen=True)
class FetchedPage:
    """A page as it came.

    Attributes:
        address: Where it was found in the end.
        data: Its bytes.
        content_type: What the server said of it.
        rendered: Whether a browser made it.
    """

    address: str
    data: bytes
    content_type: str | None
    rendered: bool = False


class Visits:
    """Visits to sites over one client.

    Args:
        client: As :func:`core.catalog.web.client.open_client` opens it.
        seconds: Least time between two requests to a host.
        allowed_hosts: Hosts the user allows by name.
        sleep: Waits so many seconds; tests hand in their own.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        seconds: float,
        allowed_hosts: tuple[str, ...] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client, self._seconds, self._sleep = client, seconds, sleep
        self._own = allowed_names(allowed_hosts)
        self._rules: dict[str, asyncio.Task[SiteRules]] = {}
        self._next_turn: dict[str, float] = {}

    async def rules(self, address: str) -> SiteRules:
        """Give the rules of a site, fetched once.

        Raises:
            FetchError: The site cannot be asked.
        """
        site = origin(address)
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(fetch_rules(self._client, address))
        return await asyncio.shield(self._rules[site])

    async def check(self, address: str) -> None:
        """Refuse an address that the site does not want fetched.

        Raises:
            SiteRefusal: Its robots.txt says so, or cannot be had.
            FetchError: The site cannot be asked.
        """
        rules = await self.rules(address)
        if rules.closed:
            raise SiteRefusal(f"{origin(address)} is not crawled: {rules.closed}")
        if not rules.allows(address):
            raise SiteRefusal(f"the robots.txt of {origin(address)} asks not to fetch {address[:300]}", only_this=True)
        if rules.delay_seconds > LONGEST_WAIT:
            raise SiteRefusal(
                f"the robots.txt of {origin(address)} asks for {rules.delay_seconds:,.0f} s between two requests: "
                f"more than {LONGEST_WAIT:.0f} s is not waited, ask the shop for its data instead"
            )

    async def take_turn(self, address: str) -> None:
        """Wait until the host may be asked again."""
        host = host_name(httpx.URL(address).host)
        least = self._seconds if host in self._own else max(self._seconds, LEAST_SECONDS)
        pause = max(least, (await self.rules(address)).delay_seconds)
        now = time.monotonic()
        turn = max(now, self._next_turn.get(host, now))
        self._next_turn[host] = turn + pause
        if turn > now:
            await self._sleep(turn - now)

    async def get(self, address: str) -> FetchedPage:
        """Fetch a page.

        Raises:
            SiteRefusal: The site does not want it fetched: by robots.txt, 401, 403, 429 and the like.
            FetchError: It cannot be had: with a reason such as "http_404", "timeout" or "too_large".
        """
        first = str(checked_url(address))
        current = first
        for _ in range(MOST_REDIRECTS + 1):
            await self.check(current)
            answer = await self._ask(current)
            if isinstance(answer, FetchedPage):
                return answer
            if not same_site(answer, first):
                raise FetchError(f"it leads to another site, {origin(answer)}", reason="other_site")
            current = answer
        raise FetchError("it leads on and on", reason="too_many_redirects")

    async def _ask(self, address: str) -> FetchedPage | str:
        """Fetch a page, waiting when the site is busy; an address where it sends on."""
        for tries in range(1, MOST_TRIES + 1):
            await self.take_turn(address)
            try:
                found = await asyncio.wait_for(self._once(address), PAGE_SECONDS)
            except (httpx.HTTPError, httpx.StreamError, OSError, ValueError) as error:
                failure = fetch_error(error)
                if tries == MOST_TRIES or failure.reason not in ("timeout", "disconnected", "truncated"):
                    raise failure from error
                wait = float(tries)
            else:
                if not isinstance(found, float):
                    return found
                wait = found
            if tries < MOST_TRIES:
                await self._sleep(wait)
        raise SiteRefusal(f"{origin(address)} is busy and asks to come later (429 or 503): go on with it later")

    async def _once(self, address: str) -> FetchedPage | str | float:
        """Ask once: a page, an address to go to, or seconds to wait."""
        async with self._client.stream("GET", address, headers=_HEADERS, follow_redirects=False) as answer:
            status = answer.status_code
            if status in _REDIRECTS:
                target = whole_address(answer.headers.get("location"), address)
                if target is None:
                    raise FetchError("it sends on to nowhere", reason="bad_url")
                return target
            if status in _BUSY:
                return _waiting(answer.headers.get("retry-after"), address)
            if status in _REFUSALS:
                raise SiteRefusal(f"{origin(address)} refuses {address[:300]} ({status}): it is not fetched again")
            if status >= 400:
                raise FetchError(f"the host answers {status}", reason=f"http_{status}")
            kind = answer.headers.get("content-type")
            if kind and not kind.lower().strip().startswith(_PAGE_TYPES):
                raise FetchError(f"it is no page but {kind[:60]!r}", reason="wrong_type")
            return FetchedPage(address, await _body(answer), kind)


_HEADERS = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"}


async def _body(answer: httpx.Response) -> bytes:
    data = bytearray()
    async for part in answer.aiter_bytes(65536):
        data += part
        if len(data) > MOST_PAGE_BYTES:
            raise FetchError(f"the page has more than {MOST_PAGE_BYTES:,} bytes", reason="too_large")
    return bytes(data)


def _waiting(header: str | None, address: str) -> float:
    """Read Retry-After: seconds or a date.

    Raises:
        SiteRefusal: The site asks for more patience than there is.
    """
    seconds = 5.0
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    elif text:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            seconds = 5.0
    if seconds > LONGEST_WAIT:
        raise SiteRefusal(f"{origin(address)} asks to come back in {seconds:,.0f} s: go on with it then")
    return max(0.0, seconds)
