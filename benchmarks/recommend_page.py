"""From the press of an arrow key on a slider to the reordered grid, in a real browser, at 100,000 products.

The catalog is made: 100,000 products with prices, brands and categories of three levels that share 2,000 drawn
pictures, so that embedding stays short; everything is imported, embedded and served as a user does it. Timed inside
Chromium, from the key event until the frame after the grid changed, for three sliders in turn. The peer is a plain
Streamlit page on the same machine: eight known columns in pandas, a weighted mean, `nlargest`, 24 pictures in columns.

    python -m benchmarks.recommend_page [--products 100000] [--presses 30] [--write]
"""

import argparse
import csv
import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.measuring import markdown_table, run_command, show, versions
from benchmarks.serving import open_browser, serving
from benchmarks.synthetic_pictures import drawings

PICTURES, SIDE_PX, LIMIT_MS = 2000, 120, 200
SLIDERS = ("Color", "Price", "Visual")
_PAGE_SECONDS = 120_000

# Resolves with milliseconds between the next key event and the first frame in which what `shown` gives has changed.
_WATCH = """(shown) => {
  const give = new Function('return ' + shown);
  const before = give();
  window.measured = new Promise((resolve) => addEventListener('keydown', () => {
    const began = performance.now();
    const look = () => {
      if (give() !== before) requestAnimationFrame(() => resolve(performance.now() - began));
      else if (performance.now() - began > 20000) resolve(null);
      else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true}));
}"""
_OUR_GRID = """(() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((each) => each.shadowRoot).filter(Boolean)];
  const lists = roots.flatMap((root) => [...root.querySelectorAll('ul[aria-label^="matches"]')]);
  return lists.map((list) => list.innerHTML).join();
})()"""
_PEER_GRID = "document.querySelector('.st-key-grid')?.innerText"
_PEER = """
import numpy as np, pandas as pd, streamlit as st

@st.cache_resource
def table():
    random = np.random.default_rng(0)
    return pd.DataFrame(random.random(({products}, 8)), columns=list("abcdefgh"))

weights = [st.slider(name, 0.0, 2.0, 1.0, 0.05) for name in ("Color", "Price", "Visual", "d", "e", "f", "g", "h")]
found = table().mul(weights).sum(axis=1).div(sum(weights) or 1).nlargest(24)
with st.container(key="grid"):
    for start in range(0, 24, 6):
        for column, (row, score) in zip(st.columns(6), list(found.items())[start:start + 6]):
            column.image({folder!r} + "/" + str(row % {pictures}) + ".jpg")
            column.caption(f"Product {{row}}, score {{score:.4f}}")
"""


def make_home(folder: Path, products: int) -> Path:
    """Import and embed the made catalog; gives the home."""
    random = np.random.default_rng(3)
    images, table = folder / "images", folder / "shop.csv"
    images.mkdir()
    for number, drawing in enumerate(drawings(PICTURES, side_px=SIDE_PX)):
        (images / f"{number}.jpg").write_bytes(drawing)
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["product_id", "title", "category", "price", "currency", "brand", "picture"])
        for number in range(products):
            top, group, kind = random.integers(0, (10, 5, 8))
            price = f"{np.exp(random.normal(3, 1)):.2f}" if random.random() > 0.05 else ""
            words = f"Product {number} of kind {kind}"
            category = f"Top {top} > Group {top}{group} > Kind {top}{group}{kind}"
            brand = f"Brand {random.integers(0, 2000)}"
            writer.writerow([f"{number:06}", words, category, price, "EUR", brand, f"{number % PICTURES}.jpg"])
    home = folder / "home"
    run_command("import", str(table), "--images", str(images), "--catalog", "made", home=home)
    run_command("embed", "made", home=home)
    return home


def measure(browser: Browser, address: str, grid: str, presses: int) -> list[float]:
    """Press keys on the sliders in turn; gives milliseconds of each press but the first of each slider."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(address)
    expect(_slider(page, SLIDERS[0])).to_be_attached(timeout=_PAGE_SECONDS)
    _settle(page)
    found: list[float] = []
    for slider in SLIDERS:
        _slider(page, slider).focus()
        for press in range(1 + presses // len(SLIDERS)):
            page.evaluate(_WATCH, grid)
            page.keyboard.press("ArrowLeft" if press % 2 else "ArrowRight")
            milliseconds = page.evaluate("window.measured")
            if milliseconds is None:
                raise SystemExit(f"{address}: the grid did not change on a key press on {slider}")
            found += [float(milliseconds)] if press else []
            _settle(page)
    page.close()
    return found


def _slider(page: Page, label: str) -> Locator:
    return page.get_by_role("slider", name=re.compile(f"^{label}"))


def _settle(page: Page) -> None:
    page.wait_for_timeout(400)
    idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    expect(idle).to_be_visible(timeout=_PAGE_SECONDS)


def main() -> None:
    """Print the times, versions and the machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="not needed: everything is made")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=30)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        home = make_home(folder, given.products)
        peer = folder / "peer.py"
        peer.write_text(_PEER.format(products=given.products, folder=str(folder / "images"), pictures=PICTURES))
        browser = open_browser(playwright)
        with serving(["core.ui.serve"], {"SHELFLENS_HOME": str(home)}) as address:
            query = "/recommend?catalog=made&query=000007"
            measure(browser, address + query, _OUR_GRID, len(SLIDERS))  # warm
            ours = measure(browser, address + query, _OUR_GRID, given.presses)
        with serving(["streamlit", "run", str(peer)], {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}) as address:
            measure(browser, address, _PEER_GRID, len(SLIDERS))
            theirs = measure(browser, address, _PEER_GRID, given.presses)
    figures: dict[str, Any] = {
        who: {
            "median_ms": round(statistics.median(times), 1),
            "p95_ms": round(float(np.percentile(times, 95)), 1),
            "most_ms": round(max(times), 1),
        }
        for who, times in (("ShelfLens", ours), ("plain Streamlit page", theirs))
    }
    rows = [[who, *(f"{value:.0f}" for value in each.values())] for who, each in figures.items()]
    body = (
        f"{given.products:,} products, {given.presses} key presses, in headless Chromium on the same machine. "
        f"Goal: under {LIMIT_MS} ms; {np.mean(np.array(ours) < LIMIT_MS):.0%} of ours are.\n\n"
    ) + markdown_table(["page", "median ms", "95 % ms", "most ms"], rows)
    result = {"figures": figures, "versions": versions("streamlit", "playwright", "numpy", "pandas")}
    show("recommend_page", "A slider on the page Recommend", body, result, write=given.write)


if __name__ == "__main__":
    main()
