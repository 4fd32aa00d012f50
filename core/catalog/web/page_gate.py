"""The only way out for a browser: a proxy on this machine that connects where pages may be asked, and nowhere else.

Every connection is made by :class:`core.catalog.web.safe_transport.SafeBackend`, as those of the client are: names
are looked up here, the addresses are checked, and the connection goes to the one that was checked. Hosts must be let
through by name first, and only a browser that knows the password gets an answer.
"""

import asyncio
import base64
import hmac
import secrets
from types import TracebackType
from urllib.parse import urlsplit

import httpcore

from core.catalog.web.addresses import allowed_names, host_name
from core.catalog.web.fetch_errors import FetchError, fetch_error
from core.catalog.web.safe_transport import SafeBackend

MOST_BYTES = 64 * 2**20
"""Bytes that the pages of one browser may load between two calls of `begin`."""

_HEAD_BYTES = 64 * 1024
_HEAD_SECONDS = 15.0
_IDLE_SECONDS = 30.0
_PIECE = 64 * 1024
# Meant for the proxy, or promising a connection that stays open: it ends with its answer.
_DROPPED = frozenset([b"proxy-authorization", b"proxy-connection", b"connection", b"keep-alive", b"upgrade"])


class PageGate:
    """A proxy for one browser; use it with ``async with``.

    Args:
        allowed_hosts: Hosts that may be asked wherever they are.

    Attributes:
        port: Where it listens on the loopback interface.
        password: What the browser must say; the user name is "shelflens".
        failures: Why hosts could not be asked, by name.
        loaded_bytes: What was loaded since `begin`.
    """

    def __init__(self, allowed_hosts: tuple[str, ...] = ()) -> None:
        self._backend = SafeBackend(allowed_names(allowed_hosts))
        self._let_through: set[str] = set()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.failures: dict[str, FetchError] = {}
        self.loaded_bytes = 0

    async def __aenter__(self) -> "PageGate":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_HEAD_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def begin(self) -> None:
        """Begin a page: what was loaded and what failed before does not count."""
        self.loaded_bytes = 0
        self.failures.clear()

    def let_through(self, host: str) -> None:
        """Let requests to a host pass."""
        self._let_through.add(host_name(host))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._answer(reader, writer)
        except (FetchError, httpcore.NetworkError, httpcore.TimeoutException, OSError, ValueError, EOFError):
            pass  # the browser sees a connection that ends; what failed stands in `failures`
        except asyncio.LimitOverrunError:
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
        method, target, headers = _parted(head)
        if not self._knows_password(headers):
            _say(writer, 407, b'Proxy-Authenticate: Basic realm="ShelfLens"\r\n')
            return
        host, port, path = _place(method, target)
        try:
            stream = await self._connect(host, port)
        except FetchError as error:
            self.failures[host_name(host)] = error
            _say(writer, 403)
            return
        try:
            if method == b"CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                sending = asyncio.ensure_future(_send(reader, stream, None))
            else:
                await stream.write(_head_for_host(method, path, headers))
                sending = asyncio.ensure_future(_send(reader, stream, _body_bytes(headers)))
            try:
                await self._receive(stream, writer)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        finally:
            await stream.aclose()

    async def _connect(self, host: str, port: int) -> httpcore.AsyncNetworkStream:
        if host_name(host) not in self._let_through:
            raise FetchError(f"it leads to another site, {host[:100]}", reason="other_site")
        try:
            return await self._backend.connect_tcp(host, port)
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
            raise fetch_error(error) from error

    def _knows_password(self, headers: list[tuple[bytes, bytes]]) -> bool:
        expected = b"Basic " + base64.b64encode(f"shelflens:{self.password}".encode())
        given = next((value for name, value in headers if name.lower() == b"proxy-authorization"), b"")
        return hmac.compare_digest(given.strip(), expected)

    async def _receive(self, stream: httpcore.AsyncNetworkStream, writer: asyncio.StreamWriter) -> None:
        while self.loaded_bytes <= MOST_BYTES:
            piece = await stream.read(_PIECE, timeout=_IDLE_SECONDS)
            if not piece:
                return
            self.loaded_bytes += len(piece)
            writer.write(piece)
            await writer.drain()


async def _send(reader: asyncio.StreamReader, stream: httpcore.AsyncNetworkStream, left: int | None) -> None:
    """Hand on what the browser sends: all of it, or only so many bytes of one request."""
    while left is None or left > 0:
        piece = await reader.read(_PIECE if left is None else min(_PIECE, left))
        if not piece:
            return
        await stream.write(piece)
        left = None if left is None else left - len(piece)


def _parted(head: bytes) -> tuple[bytes, bytes, list[tuple[bytes, bytes]]]:
    first, *lines = head[:-4].split(b"\r\n")
    method, target, _version = first.split(b" ")
    headers = [(name.strip(), value.strip()) for name, sign, value in (line.partition(b":") for line in lines) if sign]
    return method, target, headers


def _place(method: bytes, target: bytes) -> tuple[str, int, bytes]:
    """Give host, port and path of a request; a ValueError where it names none."""
    text = target.decode("ascii")
    parts = urlsplit(f"//{text}" if method == b"CONNECT" else text)
    if not parts.hostname or (method != b"CONNECT" and parts.scheme != "http"):
        raise ValueError("no place that can be asked")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.hostname, parts.port or (443 if method == b"CONNECT" else 80), path.encode("ascii")


def _head_for_host(method: bytes, path: bytes, headers: list[tuple[bytes, bytes]]) -> bytes:
    kept = [name + b": " + value for name, value in headers if name.lower() not in _DROPPED]
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", *kept, b"Connection: close", b"", b""])


def _body_bytes(headers: list[tuple[bytes, bytes]]) -> int:
    return next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)


def _say(writer: asyncio.StreamWriter, status: int, headers: bytes = b"") -> None:
    line = f"HTTP/1.1 {status} ShelfLens\r\n".encode()
    writer.write(line + headers + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
