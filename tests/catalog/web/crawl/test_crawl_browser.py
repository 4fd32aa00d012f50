"""Pages that scripts fill, in the real Chromium."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.catalog.web import page_browser
from core.catalog.web.client import USER_AGENT
from core.errors import CatalogError
from tests.catalog.web.crawl.conftest import ids
from tests.catalog.web.crawl.shop import open_shop, page

CHROMIUM = os.environ.get("SHELFLENS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(autouse=True)
def _chromium(request):
    if request.node.get_closest_marker("browser") and CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: install the package `chromium` or set SHELFLENS_CHROMIUM")
        pytest.skip("no Chromium: install the package `chromium` or set SHELFLENS_CHROMIUM")


def left_over(mark: str) -> list[str]:
    """Processes of a crawl's browser that are still there."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes()
        except OSError:
            continue
        if mark.encode() in words and b"pytest" not in words:
            found.append(str(each.parent.name))
    return found


@pytest.mark.browser
def test_a_page_that_scripts_fill_is_noticed_and_its_button_pressed(crawl, shop):
    source = crawl("/more")
    # The page comes empty; the browser finds six cards and a button, presses it twice, and it goes away.
    assert ids(source) == [f"{shop.address}/product/{number}" for number in range(1, 16)]
    first = next(source.records())
    assert (first.title, first.price_minor_units) == ("Shirt 1", 100)  # "€ 1,00"
    # Pictures are answered with a dot, so the page's own answer to a failed picture never comes.
    assert [picture.url for picture in first.pictures] == [f"{shop.address}/photo/1.png"]
    assert not any(path.startswith(("/photo", "/broken")) for path in shop.asked)
    assert shop.names == {USER_AGENT}


@pytest.mark.browser
def test_scrolling_loads_more_until_enough(crawl, shop):
    source = crawl("/scroll", next="scroll", stop_products=10)
    assert ids(source) == [f"{shop.address}/product/{number}" for number in range(1, 11)]
    assert shop.asked["/scroll"] == 1 and shop.asked["/api?page=3"] == 0


@pytest.mark.browser
def test_robots_rule_over_what_scripts_ask_for(crawl, shop):
    shop.robots = "User-agent: *\nDisallow: /api"
    with pytest.raises(CatalogError, match=r"no product was found at .*asks not to fetch .*/api"):
        crawl("/more", render="browser")
    assert shop.asked["/more"] == 1 and not any(path.startswith("/api") for path in shop.asked)


@pytest.mark.browser
def test_a_page_reaches_no_private_address_by_any_way(crawl, shop):
    """Fetches, frames, windows, beacons, sockets, calls from browser to browser, workers, styles: none arrives."""
    with open_shop() as other:
        target = f"http://localhost:{other.port}"  # the shop's own name is allowed, this one is not
        shop.answers["/attack"] = page(
            f"""<ul><li class="product"><a href="/product/1"><img src="/photo/1.png"><h3>One</h3></a></li></ul>
            <link rel="stylesheet" href="{target}/style.css"><link rel="prefetch" href="{target}/prefetch">
            <link rel="preconnect" href="{target}"><iframe src="{target}/frame"></iframe>
            <object data="{target}/object"></object><form id="f" method="post" action="{target}/form"></form>
            <script>
            fetch('{target}/fetch', {{mode: 'no-cors'}}).catch(() => 0);
            fetch('/away').catch(() => 0);
            navigator.sendBeacon('{target}/beacon', 'x');
            new WebSocket('{target.replace("http", "ws")}/socket');
            new EventSource('{target}/events');
            new Image().src = '{target}/image';
            open('{target}/window');
            const call = new RTCPeerConnection({{iceServers: [{{urls: 'turn:localhost:{other.port}?transport=tcp',
              username: 'a', credential: 'b'}}, {{urls: 'stun:localhost:{other.port}'}}]}});
            call.createDataChannel('x'); call.createOffer().then(offer => call.setLocalDescription(offer));
            const code = URL.createObjectURL(new Blob(["fetch('{target}/worker', {{mode: 'no-cors'}})"]));
            new Worker(code);
            </script>"""
        )
        shop.answers["/away"] = (302, {"Location": f"{target}/redirected"}, b"")
        assert len(ids(crawl("/attack", render="browser", product="li.product", next="none"))) == 1
        assert not other.asked


@pytest.mark.browser
def test_a_page_that_goes_elsewhere_by_itself_is_refused(crawl, shop):
    shop.answers["/leave"] = (302, {"Location": f"http://localhost:{shop.port}/shirts"}, b"")
    with pytest.raises(CatalogError, match="it leads to another site, localhost"):
        crawl("/leave", render="browser")


@pytest.mark.browser
def test_a_page_that_never_rests_is_given_up_and_leaves_nothing_behind(crawl, shop, monkeypatch):
    monkeypatch.setattr(page_browser, "PAGE_SECONDS", 8)
    shop.answers["/busy"] = page("<p>x</p><script>setTimeout(() => { while (true) {} }, 200)</script>")
    with pytest.raises(CatalogError, match="the page takes more than 8 s in the browser"):
        crawl("/busy", render="browser")
    assert gone("--shelflens-crawl=")


@pytest.mark.browser
@pytest.mark.faults
def test_the_browser_ends_with_a_worker_that_is_killed(home, shop):
    command = [
        sys.executable,
        "-c",
        "import sys\n"
        "from pathlib import Path\n"
        "from core.catalog.source_settings import SourceSettings\n"
        "from core.catalog.web.crawl_source import open_crawl_source\n"
        "from core.home import Home\n"
        "from core.progress import SilentProgress\n"
        "settings = SourceSettings(allowed_hosts=('127.0.0.1',), crawl={'render': 'browser', 'seconds': 30})\n"
        "open_crawl_source(Home(Path(sys.argv[1])), sys.argv[2], settings, SilentProgress())\n",
        str(home.root),
        f"{shop.address}/more",
    ]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while not shop.asked["/api?page=1"]:  # the browser is up and runs the page's scripts
        assert time.monotonic() < deadline and worker.poll() is None
        time.sleep(0.1)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert gone("--shelflens-crawl=")


def test_without_a_browser_the_message_says_how_to_get_one(crawl, shop, monkeypatch):
    monkeypatch.delenv("SHELFLENS_CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(CatalogError, match=r"no Chromium was found.*install the package `chromium`"):
        crawl("/more")


def test_a_named_browser_must_be_there(crawl, shop, monkeypatch):
    monkeypatch.setenv("SHELFLENS_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(CatalogError, match="SHELFLENS_CHROMIUM names /nowhere/chromium, which is no program"):
        crawl("/more")


def gone(mark: str) -> bool:
    """Wait until no process of a crawl's browser is left; False when some stay."""
    deadline = time.monotonic() + 20
    while left_over(mark) and time.monotonic() < deadline:
        time.sleep(0.2)
    return not left_over(mark)
