"""Result pages nobody should serve: a shop on loopback that means harm."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from core.catalog.source_settings import SourceSettings
from tests.hostile.hostile_file import HostileFile

_HOST = "127.0.0.1"
_CARD = '<li class="product"><a href="{link}"><img src="{picture}"><h3>{title}</h3></a></li>'
_MEBIBYTE = 2**20


def _card(link: str = "/product/1", picture: str = "/photo/1.png", title: str = "A shirt") -> str:
    return _CARD.format(link=link, picture=picture, title=title)


def _page(body: str, head: str = "") -> tuple[int, dict[str, str], bytes]:
    text = f"<!doctype html><html><head>{head}</head><body><ul>{body}</ul></body></html>"
    return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode("utf-8", "surrogatepass")


_NESTED_JSON = "[" * 200_000
_PAGES = {
    "/megabytes": _page("x" * 10 * _MEBIBYTE),
    "/attribute": _page(_card(link="/" + "y" * 4 * _MEBIBYTE) + _card("/product/2", title="z" * _MEBIBYTE)),
    "/schemes": _page(
        _card("javascript:alert(1)")
        + _card("data:text/html,x", "/photo/2.png")
        + _card("file:///etc/passwd", "file:///x")
    ),
    "/marks": _page(_card(title="\u202egnp.exe\x07\x1b[31m") + _card("/product/2", title="<script>alert(1)</script>")),
    "/json": _page(_card() + _card("/product/2"), f'<script type="application/ld+json">{_NESTED_JSON}</script>'),
    "/circle": _page(_card() + _card("/product/2") + '<a rel="next" href="/circle?again=1">on</a>'),
    "/private": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
    "/local": (302, {"Location": "file:///etc/passwd"}, b""),
    "/round": (302, {"Location": "/round"}, b""),
    "/refusal": (403, {}, b""),
    "/torn": (200, {"Content-Type": "text/html", "Content-Length": "100000"}, b"<html><li class=product>"),
    "/packed": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"this is no gzip"),
    "/binary": (200, {"Content-Type": "text/html; charset=rot13"}, bytes(range(256)) * 4000),
    "/later": (429, {"Retry-After": "86400"}, b""),
    "/forbidden": _page(_card()),
    "/robots.txt": (
        200,
        {"Content-Type": "text/plain"},
        b"\xff\x00User-agent: *\nDisallow: /forbidden\nCrawl-delay: nan\n",
    ),
}

_EXPECTED = {
    "/megabytes": ("a page of ten megabytes", "more than 8,388,608 bytes"),
    "/attribute": ("an attribute of four megabytes", ""),
    "/schemes": ("links to scripts, data and files", "no_link"),
    "/marks": ("names with marks that turn and ring", ""),
    "/json": ("data nested two hundred thousand deep", ""),
    "/circle": ("a next page that is the same page", ""),
    "/private": ("a redirect to a cloud machine's metadata", "it leads to another site"),
    "/local": ("a redirect to a file", "it sends on to nowhere"),
    "/round": ("a redirect to itself", "it leads on and on"),
    "/refusal": ("a page that is refused", "(403): it is not fetched again"),
    "/torn": ("a page that ends too early", "was stopped"),
    "/packed": ("a page that cannot be unpacked", "was stopped"),
    "/binary": ("a page of every byte in no encoding", "no product was found"),
    "/later": ("a page that wants a day of patience", "asks to come back in 86,400 s"),
    "/forbidden": ("a page that robots.txt forbids", "asks not to fetch"),
}


def files(folder: Path) -> list[HostileFile]:
    """Serve the pages as long as this process lives, and list them; a private address is asked without leave."""
    address = _serve()
    settings = SourceSettings(
        format="web", allowed_hosts=(_HOST,), crawl={"seconds": 0, "render": "static", "stop_pages": 3}
    )
    entries = [
        HostileFile(f"crawl: {name}", address + path, expected, settings)
        for path, (name, expected) in _EXPECTED.items()
    ]
    closed = SourceSettings(format="web", crawl={"seconds": 0})
    return [
        *entries,
        HostileFile(
            "crawl: an address on this machine", f"{address}/marks", "no address of the public internet", closed
        ),
        HostileFile(
            "crawl: a password in the address", "http://user:pass@shop.example/", "user name or password", closed
        ),
    ]


def _serve() -> str:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = _PAGES.get(self.path.partition("?")[0], (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer((_HOST, 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{_HOST}:{server.server_port}"
