"""Draw the map of the Embeddings page in a real browser: this component against plain Plotly on the same points.

For 50,000 and 100,000 products (a made table in 40 islands, 30 categories) it measures, in headless Chromium: seconds
from opening the address until points are on the screen, and until all is drawn; the bytes the server sent for that;
seconds from letting go of a loop until the page names what is selected; the same for `st.plotly_chart` with WebGL
scatter, colored by category, in a Streamlit page of its own. Servers are warm: each page is opened once before. Needs
Chromium and the packages of `requirements-dev.txt`.

    python -m benchmarks.map_page [--points 50000 100000] [--rounds 3] [--write]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measuring import markdown_table, run_command, show, versions
from benchmarks.serving import open_browser, serving
from benchmarks.synthetic_table import write_table
from core.catalog.catalogs import Catalog, find_catalog
from core.catalog.products import product_table
from core.explore.map_files import map_folder, save_map
from core.home import Home, open_home

PATIENCE_MS = 120_000
FIGURES = ("paint_seconds", "complete_seconds", "payload_mb", "lasso_seconds")
ISLANDS = 40

PEER = """
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.title("Peer")
points = st.cache_resource(pd.read_parquet)({file!r})
figure = go.Figure()
for kind, part in points.groupby("kind"):
    marker = {{"size": 3}}
    figure.add_scattergl(x=part["x"], y=part["y"], mode="markers", name=kind, marker=marker, customdata=part["row"])
figure.update_layout(dragmode="lasso", height=620)
state = st.plotly_chart(figure, key="peer", on_select="rerun", selection_mode=("lasso",))
if state.selection.points:
    st.header(f"{{len(state.selection.points):,}} products selected")
"""


def make_home(folder: Path, points: int) -> Home:
    """Import a made table and give it a map of islands, so that nothing has to be embedded."""
    home = open_home(folder / "home")
    table = folder / "products.csv"
    write_table(table, points)
    run_command("import", str(table), "--catalog", "made", home=home.root)
    catalog = find_catalog(home, "made")
    products = product_table(home, catalog)
    random = np.random.default_rng(0)
    middles = random.uniform(-12, 12, (ISLANDS, 2))
    kinds = pd.factorize(products["category"])[0] % ISLANDS
    spots = middles[kinds] + random.normal(0, 0.8, (len(products), 2))
    frame = pd.DataFrame({"product_id": products["product_id"], "x": spots[:, 0], "y": spots[:, 1]})
    keep_map(home, catalog, frame, "efficientnet-lite0")
    part = frame.assign(kind=products["category"].str.split(" > ").str[0], row=np.arange(len(frame)))
    part[["x", "y", "kind", "row"]].to_parquet(folder / "points.parquet")
    return home


def keep_map(home: Home, catalog: Catalog, frame: pd.DataFrame, embedding: str) -> None:
    """Keep made positions as a map of an embedding that is not there."""
    manifest = {
        "method": "umap",
        "settings": {},
        "seed": 0,
        "dimensions": 2,
        "backbone": embedding,
        "embedding_version": "made",
        "catalog_version": catalog.version,
        "points": len(frame),
        "placed": 0,
        "seconds": 0.0,
        "trustworthiness": None,
        "measured_products": 0,
        "asked": datetime.now(UTC).isoformat(),
    }
    signed = np.zeros((len(frame), 8), np.float32)
    save_map(map_folder(home, catalog, f"umap-{embedding}"), frame, signed=signed, manifest=manifest)


def measure(
    browser: Browser, address: str, *, shown: str, drawn: str, stage: str, before_loop: Callable[[Page], None]
) -> dict[str, float]:
    """Open a map once, warm, and draw a loop around its middle."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    received: list[int] = []
    complaints: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_function(shown)
    page.evaluate("() => new Promise((on) => requestAnimationFrame(() => requestAnimationFrame(on)))")
    painted = time.perf_counter() - started
    page.wait_for_function(drawn)
    page.screenshot()  # a picture of the page waits for what the graphics process still has to draw
    complete = time.perf_counter() - started
    payload = sum(received)
    page.wait_for_timeout(1500)
    before_loop(page)
    box = page.locator(stage).first.bounding_box()
    if box is None:
        raise SystemExit(f"{address} drew no map")
    left, top = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3
    right, bottom = box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 3)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    started = time.perf_counter()
    page.wait_for_function("[...document.querySelectorAll('h2')].some((each) => each.textContent.includes('selected'))")
    lasso = time.perf_counter() - started
    page.context.close()
    if complaints:
        raise SystemExit(f"{address}: {complaints}")
    return {"paint_seconds": painted, "complete_seconds": complete, "payload_mb": payload / 1e6, "lasso_seconds": lasso}


OURS = (
    "[...document.querySelectorAll('*')].some((each) => each.shadowRoot?.querySelector('.map[data-WHAT]')) "
    "|| document.querySelector('.map[data-WHAT]') !== null"
)
SHOWN, DRAWN = (OURS.replace("WHAT", word) for word in ("shown", "drawn"))
THEIRS = (
    "document.querySelector('.js-plotly-plot .nsewdrag') !== null && document.querySelector('.js-plotly-plot')"
    "._fullData?.length > 1 && document.querySelector('.js-plotly-plot .gl-canvas-context, .js-plotly-plot canvas')"
)


def choose_loop(page: Page) -> None:
    """Switch our map to drawing loops; Plotly's peer does nothing else."""
    page.get_by_role("button", name="Loop").click()


def compare(browser: Browser, points: int, rounds: int) -> dict[str, dict[str, float]]:
    """Measure both for so many points, in turn; give medians."""
    found: dict[str, list[dict[str, float]]] = {"ShelfLens": [], "Plotly": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = make_home(folder, points)
        (folder / "peer.py").write_text(PEER.format(file=str(folder / "points.parquet")))
        with (
            serving(["core.ui.serve"], {"SHELFLENS_HOME": str(home.root)}) as first,
            serving(
                ["streamlit", "run", str(folder / "peer.py")], {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}, folder
            ) as second,
        ):
            for place in range(rounds + 1):
                ours = f"{first}/embeddings?catalog=made"
                mine = measure(browser, ours, shown=SHOWN, drawn=DRAWN, stage=".stage", before_loop=choose_loop)
                theirs = ".js-plotly-plot .nsewdrag"
                peer = measure(browser, second, shown=THEIRS, drawn=THEIRS, stage=theirs, before_loop=lambda page: None)
                if place:  # the first opens both once
                    found["ShelfLens"].append(mine)
                    found["Plotly"].append(peer)
    return {
        each: {figure: statistics.median(one[figure] for one in all_of) for figure in all_of[0]}
        for each, all_of in found.items()
    }


def main() -> None:
    """Print the table and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="+", default=[50_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", help="not used; the table is made")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    result: dict[str, Any] = {"rounds": given.rounds, "points": {}}
    with sync_playwright() as playwright:
        browser = open_browser(playwright, webgl=True)
        result["chromium"] = browser.version
        for points in given.points:
            result["points"][str(points)] = compare(browser, points, given.rounds)
    rows = [
        [f"{int(points):,}", who, *(f"{one[name]:.2f}" for name in FIGURES)]
        for points, both in result["points"].items()
        for who, one in both.items()
    ]
    result["versions"] = versions("streamlit", "plotly", "playwright")
    titles = ["products", "drawn by", "address opened to points on screen, s", "to all drawn, s"]
    titles += ["received, MB", "loop to page, s"]
    body = (
        f"{markdown_table(titles, rows)}\n\nMedians of {given.rounds} rounds in headless Chromium "
        f"{result['chromium']} without a graphics card (SwiftShader); the servers are warm. Points are on screen two "
        "frames after they were drawn; all is drawn when a screenshot of the page is there. What is received is "
        "everything the page's socket carried until then, our component's own 0.8 MB among it."
    )
    show("map_page", "The map in a browser", body, result, write=given.write)


if __name__ == "__main__":
    main()
