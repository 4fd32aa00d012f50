"""The HTTP API as a Starlette application: three questions, one form of error, nothing that writes.

Everything else a browser or a stranger may try is refused: other hosts' names (DNS rebinding), other methods, unknown
parameters, numbers out of range. The documentation page is plain HTML of our own, so it needs no network.
"""

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import __version__
from core.errors import HomeError, ShelfLensError
from core.home import Home
from core.monitoring.journal import note_fault
from core.service.openapi import describe_api, docs_page
from core.service.published import MOST_K, NotServed, PublishedAnswers

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_K = 10
_LONGEST_PATH = 4_096
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": _POLICY.encode(),
    b"cache-control": b"no-cache",
    b"referrer-policy": b"no-referrer",
}
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 409: "not_ready", 421: "wrong_host"}


def build_app(home: Home, *, allowed_hosts: Sequence[str] = LOOPBACK) -> Starlette:
    """Build the application.

    Args:
        home: What it answers from.
        allowed_hosts: Names that a request's Host header may have, without the port.
    """
    answers = PublishedAnswers(home)

    def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "shelflens": __version__})

    def catalogs(request: Request) -> Response:
        _refuse_parameters(request, known=())
        return JSONResponse({"catalogs": answers.catalogs()})

    def matches(request: Request) -> Response:
        _refuse_parameters(request, known=("k",))
        named = request.path_params
        return JSONResponse(answers.matches(named["catalog"], named["product_id"], k=_wanted_k(request)))

    def openapi(request: Request) -> Response:
        return JSONResponse(describe_api())

    def docs(request: Request) -> Response:
        return HTMLResponse(docs_page())

    app = Starlette(
        routes=[
            Route("/health", health),
            Route("/v1/catalogs", catalogs),
            Route("/v1/catalogs/{catalog}/products/{product_id:path}/matches", matches),
            Route("/openapi.json", openapi),
            Route("/docs", docs),
        ],
        exception_handlers={
            HTTPException: _on_http_error,
            NotServed: _on_not_served,
            ShelfLensError: _on_problem,
            Exception: _on_fault,
        },
    )
    app.add_middleware(_Gate, allowed_hosts=tuple(host.lower() for host in allowed_hosts))
    return app


class _Gate:
    """Lets only requests for our own names through and puts the same headers on every answer."""

    def __init__(self, app: ASGIApp, allowed_hosts: tuple[str, ...]) -> None:
        self._app, self._allowed = app, allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or _host_name(hosts[0].decode("latin-1")) not in self._allowed:
            refusal = _error(421, "this server does not answer under that name; start it with --allow-host NAME")
            await refusal(scope, receive, send_with_headers)
        elif len(scope.get("raw_path") or b"") > _LONGEST_PATH:
            await _error(400, "the address is too long")(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def _host_name(header: str) -> str:
    """Give the name in a Host header, without its port."""
    name, colon, port = header.rpartition(":")
    return (name if colon and port.isdigit() else header).lower()


def _wanted_k(request: Request) -> int:
    given = request.query_params.getlist("k")
    text = given[0] if given else str(DEFAULT_K)
    number = int(text) if len(given) < 2 and text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= number <= MOST_K:
        raise HTTPException(400, f"k must be one whole number from 1 to {MOST_K}")
    return number


def _refuse_parameters(request: Request, *, known: Sequence[str]) -> None:
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        expected = ", ".join(known) or "none"
        raise HTTPException(400, f"unknown parameter {unknown[0][:60]!r}: expected {expected}")


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": _CODES.get(status, "internal_fault"), "message": message}}, status)


def _on_http_error(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    own = {404: "there is nothing at this address; /docs lists what there is", 405: "only GET is answered"}
    response = _error(status, own.get(status, str(getattr(error, "detail", ""))))
    if status == 405:
        response.headers["Allow"] = "GET, HEAD"
    return response


def _on_not_served(request: Request, error: Exception) -> Response:
    return _error(404, str(error))


def _on_problem(request: Request, error: Exception) -> Response:
    if isinstance(error, HomeError):  # it names folders of this machine, which are nobody's business
        return _on_fault(request, error)
    return _error(409, str(error))


def _on_fault(request: Request, error: Exception) -> Response:
    error_id = note_fault("service_fault", error, path=request.url.path[:200])
    return _error(500, f"something broke inside; the journal has it as {error_id}")


def route_paths(app: Starlette) -> list[str]:
    """List the paths an application answers, as OpenAPI writes them."""
    found: list[Any] = [route for route in app.routes if isinstance(route, Route)]
    return [route.path.replace(":path}", "}") for route in found]
