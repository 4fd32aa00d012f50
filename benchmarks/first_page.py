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
import statistics
import tempfile
import time
from pathlib import Path

import streamlit
from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.measuring import ROOT
from benchmarks.serving import open_browser, serving


def measure(browser: Browser, start: list[str], home: Path) -> float:
    """Start a server and return the seconds until its first page can be used."""
    with serving(start, {"SHELFLENS_HOME": str(home)}) as address:
        page = browser.new_context().new_page()
        started = time.perf_counter()
        page.goto(f"{address}/")
        expect(page.locator("h1").first).to_be_visible(timeout=60_000)
        idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
        expect(idle).to_be_visible(timeout=60_000)
        seconds = time.perf_counter() - started
        page.context.close()
        return seconds


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
        browser = open_browser(playwright)
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
