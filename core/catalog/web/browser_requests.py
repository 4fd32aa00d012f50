"""What a page in the browser may ask for."""

import base64
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.page_gate import PageGate
from core.catalog.web.page_links import origin, same_site
from core.catalog.web.page_visits import SiteRefusal, Visits

if TYPE_CHECKING:
    from playwright.async_api import Request, Route, WebSocketRoute

MOST_REQUESTS = 400
"""Requests that one page may send."""

_NEEDED = frozenset(["document", "script", "stylesheet", "xhr", "fetch"])
# A page that hears its pictures failed may put others in their place, so each gets this one: a transparent dot.
_DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class RequestRules:
    """Decides on every request of one page.

    Args:
        visits: Knows what sites allow.
        gate: Is told which hosts to let through.
        address: The page.

    Attributes:
        refused: Why requests were not sent, each reason once.
    """

    def __init__(self, visits: Visits, gate: PageGate, address: str) -> None:
        self._visits, self._gate, self._address = visits, gate, address
        self._asked = 0
        self.refused: dict[str, None] = {}

    async def decide(self, route: "Route", request: "Request") -> None:
        """Send a request on, answer it with a dot, or refuse it."""
        from playwright.async_api import Error

        with suppress(Error):  # the page was closed meanwhile: nobody waits for the answer
            if request.resource_type == "image":
                await route.fulfill(status=200, content_type="image/gif", body=_DOT)
                return
            self._asked += 1
            why = await self._objection(request)
            if why is None:
                self._gate.let_through(urlsplit(request.url).hostname or "")
                await route.continue_()
                return
            if why:
                self.refused[why] = None
            await route.abort("blockedbyclient")

    async def refuse_socket(self, socket: "WebSocketRoute") -> None:
        """Close a page's socket: what comes over it is bound by no rule."""
        await socket.close()

    async def _objection(self, request: "Request") -> str | None:
        """Say why a request is not sent: empty where nobody needs to know, None where it is."""
        if request.resource_type not in _NEEDED or not request.url.startswith(("http://", "https://")):
            return ""
        if self._asked > MOST_REQUESTS:
            return f"the page asks for more than {MOST_REQUESTS} files; the others were not loaded"
        if request.is_navigation_request():
            if not _is_of_the_page(request):
                return ""
            if not same_site(request.url, self._address):
                return f"the page leads to another site, {origin(request.url)}"
        try:
            await self._visits.check(request.url)
        except (SiteRefusal, FetchError) as error:
            return str(error)
        return None


def _is_of_the_page(request: "Request") -> bool:
    """Tell whether the page itself goes somewhere, not a frame in it or a window it opens."""
    from playwright.async_api import Error

    try:
        return request.frame.parent_frame is None
    except Error:  # a window so new that it has no frame yet
        return False
