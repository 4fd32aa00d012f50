"""Open the first page of a server that just came up: ShelfLens against a Streamlit app of one line.

A fresh server each time; the clock runs from the visit (the server answers its health check) until the page's title is
there and its script has ended. `shelflens` is what `make run` starts, `streamlit run` the same app without loading its
libraries beforehand. Needs Chromium and the packages of `requirements-dev.txt`.

    python -m benchmarks.first_page [--home DIR] [--rounds 3] [--json]
"""

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import streamlit
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
START_SECONDS = 60.0


def measure(browser: Browser, start: list[str], home: Path) -> float:
    """Start a server and return the seconds until its first page can be used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", *start, "--server.headless", "true"]
    command += ["--server.port", address.rpartition(":")[2], "--server.address", "127.0.0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SHELFLENS_HOME": str(home)}, **quiet)
    try:
        _wait_until_up(address)
        page = browser.new_context().new_page()
        started = time.perf_counter()
        page.goto(f"http://{address}/")
        expect(page.locator("h1").first).to_be_visible(timeout=60_000)
        idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
        expect(idle).to_be_visible(timeout=60_000)
        seconds = time.perf_counter() - started
        page.context.close()
        return seconds
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_up(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no server at {address} after {START_SECONDS:.0f} s")


def main() -> None:
    """Print both, the ratio, versions and the machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=ROOT / "artifacts", help="a home with the demo in it")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: dict[str, list[float]] = {"shelflens": [], "streamlit run": [], "one line": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        peer = Path(folder) / "one_line.py"
        peer.write_text("import streamlit as st\nst.title('One line')\n")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        for _ in range(given.rounds):  # in turn, so that whatever else the machine does hits both
            for name, start in {
                "shelflens": ["core.ui.serve"],
                "streamlit run": ["streamlit", "run", "streamlit_app.py"],
                "one line": ["streamlit", "run", str(peer)],
            }.items():
                found[name].append(measure(browser, start, given.home.absolute()))
    medians = {name: statistics.median(seconds) for name, seconds in found.items()}
    result = {"seconds": found, "medians": medians, "ratio": medians["shelflens"] / medians["one line"]}
    result |= {"streamlit": streamlit.__version__, "python": platform.python_version(), "cores": os.cpu_count()}
    if given.json:
        print(json.dumps(result))
        return
    print(f"first page of a fresh server, {given.rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"versions: python {platform.python_version()}, streamlit {streamlit.__version__}")
    for name, seconds in found.items():
        print(f"{name:13} median {medians[name]:.2f} s   {' '.join(f'{each:.2f}' for each in seconds)}")
    print(f"ratio {result['ratio']:.2f}")


if __name__ == "__main__":
    main()
