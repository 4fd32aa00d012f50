"""Connections that lead nowhere but to the public internet and to hosts the user allows by name.

The check stands where the connection is made: a name is looked up once, the addresses found are checked, and the
connection goes to the very address that was checked. So a name that answers differently the second time (DNS
rebinding) gains nothing, and neither does a redirect, whose connection is made in the same place.
"""

import asyncio
import ipaddress
import select
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from core.catalog.web.addresses import Address, check_url, host_name, is_public
from core.catalog.web.fetch_errors import FetchError, causes

CONNECT_SECONDS = 10.0

# Of several addresses of a host all but the last are given up sooner: one without a way to it must not use up the time.
ATTEMPT_SECONDS = 2.5


class SafeBackend(httpcore.AsyncNetworkBackend):
    """Makes connections after looking at where they lead.

    Args:
        allowed: Names of hosts, see :func:`core.catalog.web.addresses.allowed_names`, that may be anywhere.
    """

    def __init__(self, allowed: frozenset[str] = frozenset()) -> None:
        self._allowed = allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host, at an address that was checked.

        Raises:
            FetchError: With reason "dns", "private_address", "refused" or "unreachable".
            httpcore.ConnectTimeout: It took longer than `timeout` seconds.
        """
        ends = time.monotonic() + (timeout or CONNECT_SECONDS)
        addresses = await self._addresses(host, port, seconds=ends - time.monotonic())
        failure: Exception = httpcore.ConnectTimeout()
        for place, address in enumerate(addresses):
            left = ends - time.monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout()
            seconds = left if place == len(addresses) - 1 else min(left, ATTEMPT_SECONDS)
            try:
                return _Stream(
                    await self._network.connect_tcp(str(address), port, seconds, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise _connect_failure(failure) from failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing on this machine is fetched."""
        raise FetchError("a socket of this machine is not asked", reason="private_address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int, *, seconds: float) -> list[Address]:
        """Look a host up and leave out the addresses that may not be asked."""
        name = host_name(host)
        is_allowed = name in self._allowed
        if not is_allowed and (name == "localhost" or name.endswith(".localhost")):  # this machine, whoever is asked
            raise _private(host, "127.0.0.1")
        try:
            found = await asyncio.wait_for(_look_up(host, port), seconds)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout() from error
        if is_allowed:
            return found
        public = [address for address in found if is_public(address)]
        if not public:
            raise _private(host, str(found[0]))
        return public


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that tells quickly whether something came: the pool asks that of every idle one, each time."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self.read, self.write, self.aclose = stream.read, stream.write, stream.aclose  # type: ignore[method-assign]
        self._stream = stream
        self._socket = stream.get_extra_info("socket")

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable" or self._socket is None:
            return self._stream.get_extra_info(info)
        number = self._socket.fileno()
        if number < 0:  # closed: whoever reads will find out
            return True
        if not hasattr(select, "poll"):
            return bool(select.select([number], [], [], 0)[0])
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))


class SafeTransport(httpx.AsyncBaseTransport):
    """Sends requests over :class:`SafeBackend`, and none to an address that is not to be asked.

    Args:
        allowed: As for the backend.
        ssl_context: Decides which certificates are trusted.
        limits: How many connections are kept.
    """

    def __init__(self, *, allowed: frozenset[str], ssl_context: ssl.SSLContext, limits: httpx.Limits) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            http2=True,
            network_backend=SafeBackend(allowed),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; every redirect comes through here again."""
        check_url(request.url)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _named_as_httpx():
            answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_AnswerStream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _AnswerStream(httpx.AsyncByteStream):
    """The body of an answer."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _named_as_httpx():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _named_as_httpx() -> Iterator[None]:
    """Turn errors of the connection library into those of the same name that users of a client expect."""
    try:
        yield
    except Exception as error:
        for kind in type(error).__mro__:
            if getattr(httpcore, kind.__name__, None) is kind and hasattr(httpx, kind.__name__):
                raise getattr(httpx, kind.__name__)(str(error)) from error
        raise


async def _look_up(host: str, port: int) -> list[Address]:
    """Look a host up, in a thread that nobody waits for: the system's own look-up cannot be stopped."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(found: list[Address], error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def ask() -> None:
        found, error = _system_look_up(host, port)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, found, error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    return await answer


def _system_look_up(host: str, port: int) -> tuple[list[Address], Exception | None]:
    """Ask the system for the addresses of a host, in the order to try them."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return [], FetchError(f"the name {host} is not known: {reason}", reason="dns")
    found = list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in rows))
    return found, None if found else FetchError(f"the name {host} has no address", reason="dns")


def _private(host: str, address: str) -> FetchError:
    return FetchError(
        f"{host} is at {address}, which is no address of the public internet; if it is yours, allow it by name with "
        f"--allow-host {host_name(host)}",
        reason="private_address",
    )


def _connect_failure(error: Exception) -> Exception:
    """Say why no connection came about."""
    if isinstance(error, httpcore.ConnectTimeout):
        return error
    if any(isinstance(each, ConnectionRefusedError) for each in causes(error)):
        return FetchError("the host refuses the connection", reason="refused")
    return FetchError(f"there is no way to the host: {error}", reason="unreachable")
