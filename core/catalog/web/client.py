"""The one HTTP client: everything ShelfLens asks on the web goes through it."""

import ssl
from collections.abc import Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from core import __version__
from core.catalog.web.addresses import allowed_names
from core.catalog.web.safe_transport import CONNECT_SECONDS, SafeTransport

USER_AGENT = f"ShelfLens/{__version__} (open-source workbench for product pictures)"
READ_SECONDS = 20.0
MOST_REDIRECTS = 5
MOST_CONNECTIONS = 64


def open_client(
    *,
    allowed_hosts: Sequence[str] = (),
    user_agent: str = USER_AGENT,
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
    most_redirects: int = MOST_REDIRECTS,
    most_connections: int = MOST_CONNECTIONS,
    keep_cookies: bool = False,
) -> httpx.AsyncClient:
    """Open a client that asks only http and https addresses of the public internet.

    Private, loopback, link-local and other special addresses are refused when the connection is made, after the name
    was looked up and again at every redirect. Proxies, credentials (``.netrc``) and anything else the environment
    offers are not used: a proxy would look names up and connect by itself, behind the check. Certificates are always
    verified, against the authorities ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` name where a company has its own.

    Redirects are followed; credentials of a request are not sent on to another host.

    Args:
        allowed_hosts: Names of hosts that may be asked wherever they are.
        user_agent: What the client calls itself.
        connect_seconds: Most time for a connection.
        read_seconds: Most time between two pieces of an answer.
        most_redirects: More raise ``httpx.TooManyRedirects``.
        most_connections: At one time, over all hosts.
        keep_cookies: Whether a host's cookies are sent back to it.

    Returns:
        A client, to be used with ``async with``. Beside the errors of httpx, its requests raise
        :class:`core.catalog.web.fetch_errors.FetchError`; :func:`core.catalog.web.fetch_errors.fetch_error` turns
        either into one with a reason.
    """
    limits = httpx.Limits(max_connections=most_connections, max_keepalive_connections=most_connections // 2)
    return httpx.AsyncClient(
        transport=SafeTransport(allowed=allowed_names(allowed_hosts), ssl_context=_trusting_context(), limits=limits),
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"},
        timeout=httpx.Timeout(read_seconds, connect=connect_seconds),
        follow_redirects=True,
        max_redirects=most_redirects,
        trust_env=False,
        cookies=None if keep_cookies else CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def _trusting_context() -> ssl.SSLContext:
    """Make the context that verifies certificates and offers HTTP/2."""
    context = httpx.create_ssl_context(verify=True, trust_env=True)
    context.set_alpn_protocols(["http/1.1", "h2"])
    return context
