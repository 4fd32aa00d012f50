"""The real application in a real browser: a server on a free loopback port, Chromium, and what both said on failure."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from core.home import Home
from core.jobs.status import list_jobs
from core.jobs.supervise import cancel_job, kill_job
from tests.connections import foreign_hosts, watched
from tests.home_copies import copy_home

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("SHELFLENS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
START_SECONDS = 60
PATIENCE_MS = 30_000

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(str(item.path)).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass
class Server:
    """A running application."""

    address: str
    log: Path
    process: subprocess.Popen
    home: Home

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(20)


@dataclass
class Visitor:
    """A browser tab and everything it asked for and complained about."""

    page: Page
    server: Server
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.server.address}{path}")
        expect(self.page.locator("h1").first).to_be_visible()
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the script has run and drawn; a click may take a moment to start it, so look twice."""
        for _ in range(2):
            self.page.wait_for_timeout(300)
            expect(self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible()

    def note_console(self, message: ConsoleMessage) -> None:
        # For a deep link Streamlit first asks /page/_stcore/... and goes on at the root after the 404.
        probe = "/_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type == "error" and not probe:
            self.complaints.append(message.text)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(home: Home, log: Path) -> Server:
    port = free_port()
    environment = watched({**os.environ, "SHELFLENS_HOME": str(home.root)}, log.with_suffix(".connections"))
    command = [sys.executable, "-m", "core.ui.serve", "--server.port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--server.headless", "true"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    server = Server(f"http://127.0.0.1:{port}", log, process, home)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return server
        except OSError:
            time.sleep(0.2)
    process.kill()
    pytest.fail(f"the server did not come up:\n{log.read_text(errors='replace')[-4000:]}")


def end_jobs(home: Home) -> None:
    """Leave no worker behind; those in line first, for the end of one starts the next."""
    for job in list_jobs(home):
        if job.state == "waiting":
            cancel_job(home, job.job)
    for job in list_jobs(home):
        if job.state in ("queued", "running"):
            kill_job(home, job.job)


# Of this folder alone: while it runs, Playwright keeps an event loop in this thread, beside which no other can start.
@pytest.fixture(scope="package")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(_playwright) -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: install the package `chromium` or set SHELFLENS_CHROMIUM")
        pytest.skip("no Chromium: install the package `chromium` or set SHELFLENS_CHROMIUM")
    chromium = _playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield chromium
    chromium.close()


@pytest.fixture
def demo_copy(demo_home, tmp_path) -> Home:
    """The demo, free to be changed."""
    copy_home(demo_home.root, tmp_path / "demo")
    return Home(tmp_path / "demo")


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[[Home], Server]]:
    """Start servers; all of them and their jobs end with the test."""
    servers: list[Server] = []

    def start(home: Home) -> Server:
        servers.append(start_server(home, tmp_path / f"server_{len(servers)}.log"))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.stop()
        end_jobs(server.home)
    # Whatever a journey did, neither the server nor its workers may have asked another host.
    for server in servers:
        assert foreign_hosts(server.log.with_suffix(".connections")) == []


@pytest.fixture(scope="package")
def demo_server(demo_home, tmp_path_factory) -> Iterator[Server]:
    """One server of the demo for all journeys that change nothing."""
    folder = tmp_path_factory.mktemp("shown")
    copy_home(demo_home.root, folder / "demo")
    server = start_server(Home(folder / "demo"), folder / "server.log")
    yield server
    server.stop()
    assert foreign_hosts(server.log.with_suffix(".connections")) == []


@pytest.fixture
def visit(browser, request, tmp_path) -> Iterator[Callable[..., Visitor]]:
    """Open tabs: ``visit(server)``. Afterwards every tab must have asked only its own server, without complaint."""
    visitors: list[Visitor] = []

    def start(server: Server, *, width: int = 1400, scheme: str = "light", language: str = "en-US") -> Visitor:
        size = {"width": width, "height": 1000}
        context = browser.new_context(viewport=size, color_scheme=scheme, locale=language)
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(context.new_page(), server)
        visitor.page.on(
            "request", lambda asked: visitor.hosts.add(re.sub(r"^(blob:)?\w+://([^/]+).*", r"\2", asked.url))
        )
        visitor.page.on("console", visitor.note_console)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield start
    failed = getattr(request.node, "failed_call", False)
    for place, visitor in enumerate(visitors):
        if failed:
            visitor.page.screenshot(path=tmp_path / f"tab_{place}.png", full_page=True)
            print(f"--- tab {place}: {visitor.page.url}; screenshot {tmp_path / f'tab_{place}.png'}")
            print(f"--- server log\n{visitor.server.log.read_text(errors='replace')[-4000:]}")
        visitor.page.context.close()
    if failed:
        return
    for visitor in visitors:
        own = visitor.server.address.removeprefix("http://")
        others = {host for host in visitor.hosts if host != own and not host.startswith("data:")}
        assert others == set(), f"a page asked other hosts: {others}"
        assert visitor.complaints == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed_call = outcome.get_result().failed
