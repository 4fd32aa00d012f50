"""Why something could not be fetched, as short codes that can be counted."""

import ssl
from collections.abc import Iterator

import httpx

from core.catalog.picture_formats import printable
from core.catalog.sources import SKIP_REASONS
from core.errors import CatalogError


class FetchError(CatalogError):
    """Something could not be fetched.

    Args:
        message: What is wrong, without the address.
        reason: A key of :data:`core.catalog.sources.SKIP_REASONS` or ``http_<status>``.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def fetch_error(error: Exception) -> FetchError:
    """Turn what the HTTP library raises into an error with a reason.

    Args:
        error: A :class:`FetchError`, which stays as it is, or an error of httpx.
    """
    for each in causes(error):
        if isinstance(each, FetchError):
            return each
        if isinstance(each, ssl.SSLError):
            return FetchError(f"no trusted connection: {_short(each)}", reason="tls")
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return FetchError(f"{SKIP_REASONS[reason]} ({_short(error)})", reason=reason)
    return FetchError(f"the host's answer cannot be read ({_short(error)})", reason="disconnected")


# The first that fits counts, so narrow ones stand before wide ones.
_REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    ((httpx.TimeoutException, TimeoutError), "timeout"),
    (httpx.TooManyRedirects, "too_many_redirects"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError), "bad_url"),
    (httpx.DecodingError, "wrong_encoding"),
    (httpx.ConnectError, "unreachable"),
    ((httpx.HTTPError, httpx.StreamError), "disconnected"),
)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it, the latest first; a circle of causes ends."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _short(error: BaseException) -> str:
    return printable(str(error) or type(error).__name__)[:200]
