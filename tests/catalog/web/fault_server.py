"""A small HTTP server on loopback that answers well, badly, late or not at all, and counts what it was asked."""

import hashlib
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler"], None]

WRONG_PAGE = b"<!doctype html><html><body>Not here any more, but all is well</body></html>"
LAST_MODIFIED = "Mon, 05 Jan 2026 10:00:00 GMT"


@dataclass
class FaultServer:
    """Serves bytes by path. Use it with ``with``.

    Attributes:
        files: What is served.
        faults: How to answer instead, by path; see the functions below.
        latency_seconds: Waited before every answer.
        validators: Whether an ETag and Last-Modified are sent, and conditions honored.
        ranges: Whether parts can be asked for.
        requests: How often each path was asked for.
        complete: How often each path was served to its end with a body.
        headers: The headers of every request, by path.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, Answer] = field(default_factory=dict)
    latency_seconds: float = 0.0
    validators: bool = True
    ranges: bool = True
    requests: Counter = field(default_factory=Counter)
    complete: Counter = field(default_factory=Counter)
    headers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    most_at_once: int = 0

    def __enter__(self) -> "FaultServer":
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.at_once = 0
        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.faults = self
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return self.server.server_port

    def wait_until_idle(self) -> None:
        """Wait until every answer is counted: a client may have the last byte before the server knows it sent it."""
        deadline = time.monotonic() + 10
        while self.at_once and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not self.at_once, "an answer is still on its way"

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests hang up on purpose."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        server = self.server.faults
        with server.lock:
            server.requests[self.path] += 1
            server.headers.setdefault(self.path, []).append(dict(self.headers))
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            if server.latency_seconds:
                time.sleep(server.latency_seconds)
            server.faults.get(self.path, serve)(self)
        finally:
            with server.lock:
                server.at_once -= 1

    def answer(self, status: int, body: bytes = b"", *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def serve(handler: Handler) -> None:
    """Answer as a good server does: conditions, parts, 404."""
    server = handler.server.faults
    body = server.files.get(handler.path)
    if body is None:
        handler.answer(404, b"no such file")
        return
    headers = {"Accept_Ranges": "bytes" if server.ranges else "none"}
    if server.validators:
        headers |= {"ETag": etag(body), "Last_Modified": LAST_MODIFIED}
        if handler.headers.get("If-None-Match") == etag(body):
            handler.answer(304, ETag=etag(body))
            return
    start = _range_start(handler, body)
    if start is None:
        handler.answer(200, body, Content_Type="image/jpeg", **headers)
    else:
        headers["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        handler.answer(206, body[start:], Content_Type="image/jpeg", **headers)
    with server.lock:
        server.complete[handler.path] += 1


def _range_start(handler: Handler, body: bytes) -> int | None:
    server = handler.server.faults
    found = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    if not (found and server.ranges and handler.headers.get("If-Range") == etag(body)):
        return None
    start = int(found[1])
    return start if start < len(body) else None


def status(code: int, **headers: str) -> Answer:
    """Answer with a status."""
    return lambda handler: handler.answer(code, b"no", **headers)


def never(handler: Handler) -> None:
    """Take the request and say nothing until the server stops."""
    handler.server.faults.stopping.wait(30)
    handler.hang_up()


def stalled(handler: Handler) -> None:
    """Send the first half, then nothing more."""
    body = handler.server.faults.files[handler.path]
    handler.answer(200, body[: len(body) // 2], length=len(body))
    handler.server.faults.stopping.wait(30)
    handler.hang_up()


def truncated(handler: Handler) -> None:
    """Announce everything, send half of it and hang up."""
    body = handler.server.faults.files[handler.path]
    handler.answer(200, body[: len(body) // 2], length=len(body), ETag=etag(body), Accept_Ranges="bytes")
    handler.hang_up()


def cut(handler: Handler) -> None:
    """Serve a picture that is cut where it lies: as many bytes as announced."""
    body = handler.server.faults.files[handler.path]
    handler.answer(200, body[: len(body) // 2])


def wrong_type(handler: Handler) -> None:
    """Say that all is well and send a page instead."""
    handler.answer(200, WRONG_PAGE, Content_Type="image/jpeg")


def redirect(to: str, code: int = 302) -> Answer:
    """Send on to another address."""
    return lambda handler: handler.answer(code, Location=to)


def body(data: bytes, **headers: str) -> Answer:
    """Serve exactly this."""
    return lambda handler: handler.answer(200, data, **headers)


def at_first(times: int, fault: Answer) -> Answer:
    """Answer so the first times, then well."""
    left = [times]

    def choose(handler: Handler) -> None:
        left[0] -= 1
        (fault if left[0] >= 0 else serve)(handler)

    return choose
