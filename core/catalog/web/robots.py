"""What a site asks of crawlers: its robots.txt.

Source: RFC 9309; Crawl-delay as many sites write it and no standard says.
"""

import math
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from protego import Protego

from core.catalog.web.fetch_errors import FetchError, fetch_error
from core.catalog.web.page_links import origin

ROBOT_NAME = "ShelfLens"
MOST_BYTES = 500 * 1024
"""As much of the file is read; the standard asks for at least that."""


@dataclass(frozen=True)
class SiteRules:
    """What one site asks.

    Attributes:
        delay_seconds: Time between two requests that it asks for; 0 when it asks for none.
        closed: Why nothing may be fetched; empty when `allows` decides.
        found: Whether the site has rules at all.
    """

    rules: Protego | None = None
    delay_seconds: float = 0.0
    closed: str = ""
    found: bool = False

    def allows(self, address: str) -> bool:
        """Tell whether the site lets this crawler fetch an address."""
        if self.closed:
            return False
        if self.rules is None or urlsplit(address).path == "/robots.txt":
            return True
        return bool(self.rules.can_fetch(address, ROBOT_NAME))


def read_rules(text: str) -> SiteRules:
    """Read a robots.txt, however broken it is: a line that means nothing asks for nothing."""
    # Marks of an encoding or of bytes that are none must not hide the first line, whom the rules are for.
    rules = Protego.parse(text[:MOST_BYTES].replace("\x00", "").lstrip("\ufeff\ufffd"))
    delay = rules.crawl_delay(ROBOT_NAME)
    rate = rules.request_rate(ROBOT_NAME)
    paced = rate.seconds / rate.requests if rate is not None and rate.requests else 0.0
    asked = max(float(delay or 0.0), float(paced))
    return SiteRules(rules=rules, delay_seconds=asked if math.isfinite(asked) and asked > 0 else 0.0, found=True)


async def fetch_rules(client: httpx.AsyncClient, address: str) -> SiteRules:
    """Fetch the rules of the site that an address is of.

    A site without the file (4xx) allows everything. One whose file cannot be had (5xx, too many requests, no
    answer) allows nothing for now.

    Raises:
        FetchError: The site is on a private network or its address cannot be asked: there is nobody to ask.
    """
    try:
        async with client.stream("GET", f"{origin(address)}/robots.txt", follow_redirects=True) as answer:
            if answer.status_code >= 500 or answer.status_code == 429:
                return SiteRules(closed=f"its robots.txt answers {answer.status_code}: try again later")
            if answer.status_code >= 400:
                return SiteRules()
            data = bytearray()
            async for part in answer.aiter_bytes():
                data += part
                if len(data) >= MOST_BYTES:
                    break
    except (httpx.HTTPError, httpx.StreamError, FetchError, OSError, ValueError) as error:
        failure = fetch_error(error)
        if failure.reason in ("private_address", "bad_url", "dns", "refused", "unreachable", "tls"):
            raise failure from error
        return SiteRules(closed=f"its robots.txt cannot be had ({failure}): try again later")
    return read_rules(bytes(data[:MOST_BYTES]).decode("utf-8-sig", "replace"))
