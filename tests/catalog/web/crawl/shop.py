"""A small shop on loopback that counts its visitors: pages that are sent whole, and pages that scripts fill."""

import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from PIL import Image

HOST = "127.0.0.1"
A_PAGE = 6
PRODUCTS = 15

Answer = tuple[int, dict[str, str], bytes]


def page(body: str, *, head: str = "") -> Answer:
    text = f"<!doctype html><html><head><title>A shop</title>{head}</head><body>{body}</body></html>"
    return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode()


def card(number: int, *, title: str | None = None, link: str | None = None) -> str:
    name = f"Shirt {number}" if title is None else title
    address = f"/product/{number}" if link is None else link
    return (
        f'<li class="product"><a href="{address}"><img class="photo" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" '
        f'srcset="/photo/{number}-small.png 80w, /photo/{number}.png 400w"></a>'
        f'<h3><a href="{address}">{name}</a></h3><span class="brand">Maker</span>'
        f'<span class="price">€ {10 + number},50</span></li>'
    )


def listing(numbers: list[int], *, after: str = "", head: str = "") -> Answer:
    crumbs = '<ol class="breadcrumb"><li>Home</li><li>Clothing</li><li>Shirts</li></ol>'
    cards = "".join(map(card, numbers))
    return page(f'<header><img src="/logo.png"></header>{crumbs}<ul class="results">{cards}</ul>{after}', head=head)


def numbers_of(number: int) -> list[int]:
    """The products of one page, from 1; the last page is shorter."""
    return list(range((number - 1) * A_PAGE + 1, min(number * A_PAGE, PRODUCTS) + 1))


@dataclass
class Shop:
    """A running shop.

    Attributes:
        answers: What to answer by path, instead of what the shop has; a function gets the query.
        asked: How often each path with its query was asked for.
        robots: Its robots.txt; None answers 404, a number that status.
    """

    port: int = 0
    robots: str | int | None = None
    answers: dict[str, Answer | Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        made = self.answers.get(parts.path)
        if made is not None:
            return made(query) if callable(made) else made
        if parts.path == "/robots.txt":
            return self._robots()
        if parts.path == "/shirts":
            return self._shirts(int(query.get("page", "1")))
        if parts.path == "/api":
            return _json([{"number": number} for number in numbers_of(int(query["page"]))])
        if parts.path in ("/more", "/scroll"):
            return page(_DYNAMIC.replace("WAY", parts.path[1:]))
        if parts.path.startswith("/product/"):
            return _product(int(parts.path.rsplit("/", 1)[1]))
        if parts.path.startswith("/photo/"):
            return 200, {"Content-Type": "image/png"}, _picture(parts.path)
        return 404, {"Content-Type": "text/html"}, b"nothing here"

    def _robots(self) -> Answer:
        if self.robots is None or isinstance(self.robots, int):
            return self.robots or 404, {"Content-Type": "text/plain"}, b""
        return 200, {"Content-Type": "text/plain"}, self.robots.encode()

    def _shirts(self, number: int) -> Answer:
        last = -(-PRODUCTS // A_PAGE)
        after = f'<a class="next" href="?page={number + 1}">Next</a>' if number < last else ""
        return listing(numbers_of(number), after=after)


def _product(number: int) -> Answer:
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": f"Shirt {number} of linen",
        "description": f"Number {number}, cool in summer.",
        "color": "white",
        "image": [f"/photo/{number}.png", f"/photo/{number}-back.png"],
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    return page(f"<h1>Shirt {number}</h1><p class='size'>M</p>", head=head)


_DYNAMIC = """
<ul id="list"></ul><button id="more">Load more</button>
<script>
let next = 1, busy = false;
async function load() {
  if (busy) return;
  busy = true;
  const found = await (await fetch('/api?page=' + next)).json();
  next += 1; busy = false;
  for (const each of found) {
    const card = document.createElement('li');
    card.className = 'product';
    card.innerHTML = `<a href="/product/${each.number}"><img src="/photo/${each.number}.png"
      onerror="this.src='/broken.png'"><h3>Shirt ${each.number}</h3></a><span class="price">€ ${each.number},00</span>`;
    list.append(card);
  }
  if (found.length < 6) more.remove();
}
if ('WAY' === 'more') more.onclick = load;
else { more.remove(); document.body.style.paddingBottom = '3000px';
  addEventListener('scroll', () => { if (innerHeight + scrollY >= document.body.scrollHeight - 50) load(); }); }
load();
</script>"""


def _json(value: object) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _picture(path: str) -> bytes:
    color = sum(path.encode()) % 256
    data = io.BytesIO()
    Image.new("RGB", (32, 32), (color, 255 - color, len(path) % 256)).save(data, "PNG")
    return data.getvalue()


@contextmanager
def open_shop() -> Iterator[Shop]:
    """Serve a shop until the block ends."""
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with shop.lock:
                shop.asked[self.path] += 1
                shop.names.add(self.headers.get("User-Agent", ""))
            status, headers, body = shop.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    shop.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
