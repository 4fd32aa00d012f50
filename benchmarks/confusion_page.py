"""Open the confusion of 5,270 classes and 100,000 predictions in a browser, and click through to the pictures.

Catalog, classes and predictions are generated: three levels, most mistakes near the true class, as in a real shop.
Timed in Chromium on a server that is up: from the visit until the matrix is drawn (nothing of the run is in memory)
and from a click on a square until what it leads to is drawn: a closer look, then the pictures of one pair. The peer is
the plain Plotly heat map of the full matrix on a Streamlit page of three lines, given three minutes.

    python -m benchmarks.confusion_page [--classes 5270] [--predictions 100000] [--clicks 5] [--no-peer] [--write]
"""

import argparse
import csv
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.measuring import markdown_table, run_command, show, versions
from benchmarks.serving import open_browser, serving
from core.catalog.catalogs import find_catalog
from core.catalog.products import picture_table
from core.files import write_json_whole
from core.home import Home, open_home
from core.models.run_writer import split_metrics
from core.models.runs import MANIFEST, ROWS, register_run

RUN, CATALOG = "linear-20260101-000000-0000", "huge"
PICTURES, PEER_SECONDS = 200, 180
_CANVAS = ".st-key-confusion canvas"
_CELL = """(canvas, [row, column]) => {
  const {left, top, width, height} = canvas.squares, box = canvas.getBoundingClientRect();
  return [box.left + left + (column + 0.5) * width, box.top + top + (row + 0.5) * height];
}"""
_DRAWN = "(canvas) => canvas.squares?.cells.length > 0"


def build_home(folder: Path, classes: int, predictions: int) -> Home:
    """Make a home with a catalog of one product a prediction, and a run without probabilities: the page reads none."""
    random = np.random.default_rng(7)
    names = [f"Top {each // 500:02} > Group {each // 25:03} > Category {each:04}" for each in range(classes)]
    true = np.minimum(random.integers(0, classes, predictions), random.integers(0, classes, predictions))
    near = np.clip(true + np.round(random.laplace(0, 6, predictions)).astype(int), 0, classes - 1)
    predicted = np.where(random.random(predictions) < 0.7, true, near)
    home = open_home(folder / "home")
    _import_products(folder, home, [names[each] for each in true])
    catalog = find_catalog(home, CATALOG)
    rows = picture_table(home, catalog)[["product_id", "picture_hash"]].reset_index(drop=True)
    place = rows["product_id"].astype(int).to_numpy()
    rows["label"], rows["split"] = np.array(names, dtype=object)[true[place]], "test"
    rows["predicted"] = np.array(names, dtype=object)[predicted[place]]
    right = true[place] == predicted[place]
    rows["probability"] = random.uniform(0.3, 1.0, len(rows)).astype(np.float32)
    rows["label_probability"] = np.where(right, rows["probability"], 0.1).astype(np.float32)
    rows["label_rank"] = np.where(right, 1, 2).astype(np.int32)
    _write_run(home, rows, tuple(names), catalog.catalog_id, catalog.version)
    return home


def _import_products(folder: Path, home: Home, categories: list[str]) -> None:
    images = folder / "images"
    images.mkdir()
    random = np.random.default_rng(0)
    for number in range(PICTURES):
        Image.fromarray(random.integers(0, 255, (96, 96, 3), dtype=np.uint8)).save(images / f"{number}.png")
    with (folder / "shop.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["product_id", "title", "category", "picture"])
        for number, category in enumerate(categories):
            writer.writerow([f"{number:06}", f"Product {number}", category, f"{number % PICTURES}.png"])
    run_command("import", str(folder / "shop.csv"), "--images", str(images), "--catalog", CATALOG, home=home.root)


def _write_run(home: Home, rows: pd.DataFrame, classes: tuple[str, ...], catalog_id: int, version: int) -> None:
    folder = home.runs / RUN
    folder.mkdir(parents=True)
    rows.to_parquet(folder / ROWS, index=False)
    manifest: dict[str, Any] = {
        "run": RUN,
        "name": "Generated predictions",
        "catalog": CATALOG,
        "catalog_id": catalog_id,
        "catalog_version": version,
        "recipe": "linear",
        "backbone": "efficientnet-lite0",
        "weights_hash": "",
        "feature_dimensions": 1280,
        "target": "category",
        "classes": list(classes),
        "pictures": {"test": len(rows)},
        "warnings": [],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": 0.0,
        "metrics": {"test": split_metrics(rows, classes)["test"]},
    }
    write_json_whole(folder / MANIFEST, manifest)
    register_run(home, manifest, actor="benchmark")


def measure_page(browser: Browser, address: str, clicks: int) -> dict[str, list[float]]:
    """Time the first paint of the page, then clicks into the matrix and on to pictures."""
    warm = browser.new_page(viewport={"width": 1400, "height": 1400})  # the whole matrix can be clicked
    warm.goto(f"{address}/overview")  # libraries and the browser's files are loaded; nothing of the run is
    expect(warm.locator("h1").first).to_be_visible(timeout=60_000)
    _settle(warm)
    found: dict[str, list[float]] = {"rolled up, first paint": [], "all classes, first paint": []}
    found |= {"click on a square": [], "click on a pair": []}
    query = f"/evaluate?show=Confusion&catalog={CATALOG}&run={RUN}"
    for name, more in (("rolled up, first paint", ""), ("all classes, first paint", "&level=All")):
        started = time.perf_counter()
        warm.goto(address + query + more)
        _wait_until_drawn(warm)
        found[name].append(time.perf_counter() - started)
        print(f"{name}: {found[name][-1]:.2f} s", file=sys.stderr, flush=True)
    random = np.random.default_rng(1)
    for _ in range(clicks):
        warm.goto(f"{address}{query}&level=All")
        _settle(warm)
        found["click on a square"].append(_click(warm, random, ".st-key-whole_matrix button"))
        _settle(warm)
        found["click on a pair"].append(_click(warm, random, ".card"))
    return found


def _click(page: Page, random: np.random.Generator, leads_to: str) -> float:
    _wait_until_drawn(page)
    canvas = page.locator(_CANVAS)
    full = canvas.evaluate("(canvas) => canvas.squares.cells.map((cell) => cell.slice(0, 2))")
    x, y = canvas.evaluate(_CELL, full[int(random.integers(len(full)))])
    page.mouse.move(x, y)
    started = time.perf_counter()
    page.mouse.click(x, y)
    page.locator(leads_to).first.wait_for(timeout=60_000)
    seconds = time.perf_counter() - started
    print(f"a click: {seconds:.2f} s", file=sys.stderr, flush=True)
    return seconds


def _wait_until_drawn(page: Page) -> None:
    canvas, deadline = page.locator(_CANVAS), time.monotonic() + 60
    canvas.wait_for(timeout=60_000)
    while not canvas.evaluate(_DRAWN):
        if time.monotonic() > deadline:
            raise SystemExit("the matrix is not drawn after a minute")
        time.sleep(0.01)


def _settle(page: Page) -> None:
    page.wait_for_timeout(1500)
    idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    expect(idle).to_be_visible(timeout=60_000)
    page.wait_for_timeout(1000)


def measure_peer(browser: Browser, folder: Path, home: Home) -> float | None:
    """Time the plain heat map of the full matrix; None when it is not there after three minutes."""
    script = folder / "plain.py"
    script.write_text(
        "import numpy as np, pandas as pd, plotly.express as px, streamlit as st\n"
        f"rows = pd.read_parquet({str(home.runs / RUN / ROWS)!r})\n"
        "names = sorted(set(rows['label']) | set(rows['predicted']))\n"
        "st.plotly_chart(px.imshow(pd.crosstab(rows['label'], rows['predicted']).reindex(index=names, columns=names,"
        " fill_value=0).to_numpy()))\n"
    )
    with serving(["streamlit", "run", str(script)]) as address:
        page = browser.new_context().new_page()
        started = time.perf_counter()
        try:
            page.goto(address)
            page.locator(".js-plotly-plot .heatmaplayer image").first.wait_for(timeout=1000 * PEER_SECONDS)
        except Exception as error:  # noqa: BLE001 - a browser that gives up is what is being measured
            print(f"the peer gave up: {str(error)[:200]}", file=sys.stderr)
            return None
        return time.perf_counter() - started


def main() -> None:
    """Print the times, versions and the machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="not needed: everything is generated")
    parser.add_argument("--classes", type=int, default=5270)
    parser.add_argument("--predictions", type=int, default=100_000)
    parser.add_argument("--clicks", type=int, default=5)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        home = build_home(folder, given.classes, given.predictions)
        browser = open_browser(playwright)
        with serving(["core.ui.serve"], {"SHELFLENS_HOME": str(home.root)}) as address:
            found = measure_page(browser, address, given.clicks)
        peer = None if given.no_peer else measure_peer(browser, folder, home)
    limits = {"rolled up, first paint": 3.0, "all classes, first paint": 3.0}
    rows = [
        [name, f"{statistics.median(times):.2f} s", f"{max(times):.2f} s", f"{limits.get(name, 0.5)} s"]
        for name, times in found.items()
    ]
    if not given.no_peer:
        said = f"more than {PEER_SECONDS} s, or the page broke" if peer is None else f"{peer:.2f} s"
        rows.append(["plain Plotly heat map, first paint", said, said, "-"])
    body = (
        f"{given.classes:,} classes, {given.predictions:,} generated predictions, in Chromium; "
        f"{given.clicks} clicks of each kind.\n\n"
    ) + markdown_table(["what", "median", "most", "limit"], rows)
    result = {"seconds": found, "peer_seconds": peer, "versions": versions("streamlit", "plotly", "playwright")}
    show("confusion_page", "The confusion of thousands of classes", body, result, write=given.write)


if __name__ == "__main__":
    main()
