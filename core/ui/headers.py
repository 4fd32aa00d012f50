"""Security headers on every answer of the page server, where ``python -m core.ui.serve`` starts it.

Streamlit has no setting for them, so its list of middleware is extended before it is built. A whole content policy is
not set: Streamlit's own page needs inline scripts and workers, and a policy that allows those would say little.
"""

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from streamlit.web.server.starlette import starlette_app

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    b"content-security-policy": b"frame-ancestors 'self'",  # no other site lays itself over our buttons
    b"x-frame-options": b"SAMEORIGIN",  # the same for old browsers
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
}


class SecurityHeaders:
    """Adds the headers to answers that have none of the name yet.

    Args:
        app: What answers.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request; connections that stay open pass unchanged."""

        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _value in message.get("headers", ())}
                added = [(name, value) for name, value in HEADERS.items() if name not in said]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def send_security_headers() -> None:
    """Let the page server that starts in this process send them."""
    usual = starlette_app.create_streamlit_middleware
    if getattr(usual, "with_headers", False):
        return

    def extended() -> list[Middleware]:
        return [Middleware(SecurityHeaders), *usual()]

    extended.with_headers = True  # type: ignore[attr-defined]
    starlette_app.create_streamlit_middleware = extended  # type: ignore[assignment]
