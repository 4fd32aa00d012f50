"""Many visitors at once: sessions that browse, slide and watch jobs on one server, over real websockets.

Each visitor has a product of its own and weights of its own, acts every few seconds (mostly a slider of Recommend, now
and then a page), and checks what comes back: its own product, its own weights, its own ranking as the same library
ranks it outside of the server. A training runs meanwhile, which every visitor watches in the sidebar. Then all go away
without a word, and the server must forget them. The peer is the same server with one visitor, measured first.

    python -m benchmarks.many_sessions [--home DIR] [--sessions 25] [--minutes 5] [--every 5] [--write]
"""

import argparse
import asyncio
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import ROOT, markdown_table, show, versions
from benchmarks.session_server import SessionServer, start_session_server
from benchmarks.streamlit_tab import Tab
from core.catalog.catalogs import find_catalog
from core.home import Home, open_home
from core.jobs.status import job_status
from core.jobs.supervise import cancel_job, kill_job, submit
from core.recommend.index import CatalogIndex, open_index
from core.recommend.rank_products import rank_in
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import RankWeights

CATALOG = "demo"
PARTS = ("visual", "color", "price", "category")
MATCHES = "matches, best first"
PAGES = ("catalog", "overview", "quality", "recommend")
SLIDES_OF_TEN = 7
MOST_P95_SECONDS = 1.0
MOST_MIB_A_SESSION = 30.0
ANSWERED_SECONDS = 10.0
"""What is not there by then counts as another's."""

FORGET_SECONDS = 3
"""How long this server remembers a visitor who went away; Streamlit's own is two minutes."""


@dataclass
class Visitor:
    """A visitor and what it found.

    Attributes:
        number: From 0.
        product: The product its matches are sought for.
        slides: Seconds each slider took.
        opens: Seconds each page took.
        wrong: What was another's, or nobody's.
    """

    number: int
    product: str
    tab: Tab
    random: random.Random
    weights: dict[str, float] = field(default_factory=dict)
    slides: list[float] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


Rank = Callable[[str, dict[str, float]], list[str]]
"""Gives the ids of the matches of a product for weights."""


def ranking_of(home: Home, catalog_name: str) -> tuple[list[str], Rank]:
    """Open the catalog as the server does; gives its product ids and a function that ranks."""
    catalog = find_catalog(home, catalog_name)
    index: CatalogIndex = open_index(home, catalog)

    def rank(product: str, weights: dict[str, float]) -> list[str]:
        settings = RankingSettings(weights=RankWeights(**weights), embedding=index.encoder)
        return list(rank_in(home, catalog, index, product, settings, k=24).product_ids)

    return list(index.product_ids), rank


async def visit(visitor: Visitor, rank: Rank, *, until: float, every: float) -> None:
    """Act every few seconds until it is time to go; stays connected."""
    await asyncio.sleep(visitor.random.uniform(0, every))
    await _come(visitor, rank)
    await _slide(visitor, rank)
    while time.monotonic() < until:
        started = time.monotonic()
        if visitor.random.randrange(10) < SLIDES_OF_TEN:
            await _slide(visitor, rank)
        else:
            page = visitor.random.choice(PAGES[:-1])
            visitor.opens.append(await visitor.tab.open(page, catalog=CATALOG))
            await asyncio.sleep(max(0.0, every - (time.monotonic() - started)))
            started = time.monotonic()
            await _come(visitor, rank)
        await asyncio.sleep(max(0.0, min(every - (time.monotonic() - started), until - time.monotonic())))


async def _come(visitor: Visitor, rank: Rank) -> None:
    query = {"catalog": CATALOG, "query": visitor.product}
    written = {f"weight_{part}": f"{value:g}" for part, value in visitor.weights.items()}
    visitor.opens.append(await visitor.tab.open("recommend", **query, **written))
    visitor.wrong += problems_of(visitor, rank)


async def _slide(visitor: Visitor, rank: Rank) -> None:
    part = visitor.random.choice(PARTS)
    # Steps of 0.05, each visitor on its own: a weight that two have at once is rare, four are nobody else's.
    value = round(0.05 * visitor.random.randint(1, 40), 2)
    visitor.weights[part] = value
    seconds = await visitor.tab.slide(part.capitalize(), value, name=f"weight_{part}")
    # Where a page was being drawn already, its end may come before the answer: what counts is when the answer is there.
    began = time.perf_counter() - seconds
    while (problems := problems_of(visitor, rank)) and seconds < ANSWERED_SECONDS:
        await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
    visitor.slides.append(seconds)
    visitor.wrong += problems


def problems_of(visitor: Visitor, rank: Rank) -> list[str]:
    """Compare what the server sent with what this visitor asked for; names what is another's or out of date."""
    grids, found = visitor.tab.grids, []
    asked = [card["id"] for card in grids.get("the product asked for", [])]
    if asked != [visitor.product]:
        found.append(f"asked for {visitor.product}, was shown {asked}")
    cards = grids.get(MATCHES, [])
    expected = rank(visitor.product, {**_standard(), **visitor.weights})
    if [card["id"] for card in cards] != expected:
        found.append(f"matches of {visitor.product} by {visitor.weights} are not its own")
    if cards and not _own_weights(cards[0], {**_standard(), **visitor.weights}):
        found.append(f"the weights sent back are not {visitor.weights}")
    return found


def _standard() -> dict[str, float]:
    plain = RankWeights()
    return {part: float(getattr(plain, part)) for part in PARTS}


def _own_weights(card: dict[str, Any], weights: dict[str, float]) -> bool:
    """Tell whether the shares of a card's bar are those of the weights: share = weight x value / sum of weights."""
    pieces = {each["name"]: each for each in card["parts"] or [] if each["value"] is not None}
    total = sum(weights.get(name, 0.0) for name in pieces) or 1.0
    return all(
        abs(piece["share"] - piece["value"] * weights.get(name, 0.0) / total) < 1e-6 for name, piece in pieces.items()
    )


async def come_and_go(
    server: SessionServer, home: Home, *, sessions: int, seconds: float, every: float, seed: int = 7
) -> dict[str, Any]:
    """Let visitors come, act and go; measure the server before, at the end of it and after.

    Returns:
        Every figure, as `main` prints them.
    """
    products, rank = ranking_of(home, CATALOG)
    chosen = random.Random(seed).sample(products, sessions)
    visitors = [
        Visitor(number, product, Tab(server.address), random.Random(seed + number))
        for number, product in enumerate(chosen)
    ]
    await _warm_up(server, products[0])
    before = server.look()
    for visitor in visitors:
        await visitor.tab.connect()
    until = time.monotonic() + seconds
    ended = await asyncio.gather(
        *(visit(each, rank, until=until, every=every) for each in visitors), return_exceptions=True
    )
    busy = server.look()
    for visitor in visitors:
        await visitor.tab.vanish()
    after = await _forgotten(server)
    problems = [str(each) or type(each).__name__ for each in ended if isinstance(each, BaseException)]
    problems += [problem for visitor in visitors for problem in visitor.tab.problems]
    return {
        "sessions": sessions,
        "seconds": seconds,
        **_figures("slider", [each for visitor in visitors for each in visitor.slides]),
        **_figures("page", [each for visitor in visitors for each in visitor.opens]),
        "reruns": sum(visitor.tab.reruns for visitor in visitors),
        "mib_received": round(sum(visitor.tab.bytes_received for visitor in visitors) / 2**20, 1),
        "errors": len(problems),
        "error_examples": problems[:3],
        "cross_talk": sum(len(visitor.wrong) for visitor in visitors),
        "cross_talk_examples": [each for visitor in visitors for each in visitor.wrong][:3],
        "faults_noted": busy["errors"] - before["errors"],
        "rss_before_mib": before["rss_mib"],
        "rss_busy_mib": busy["rss_mib"],
        "rss_after_mib": after["rss_mib"],
        "mib_a_session": round((busy["rss_mib"] - before["rss_mib"]) / sessions, 2),
        "connected_before": before["sessions"],
        "connected_busy": busy["sessions"],
        "connected_after": after["sessions"],
        "alive_busy": busy["alive"],
        "alive_after": after["alive"],
    }


def _figures(name: str, seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        return {f"{name}_actions": 0, f"{name}_median_s": None, f"{name}_p95_s": None}
    return {
        f"{name}_actions": len(seconds),
        f"{name}_median_s": round(statistics.median(seconds), 3),
        f"{name}_p95_s": round(float(np.percentile(seconds, 95)), 3),
    }


async def _warm_up(server: SessionServer, product: str) -> None:
    """Visit each page once, so that what all visitors share is not counted as the first one's."""
    tab = Tab(server.address)
    await tab.connect()
    for page in PAGES:
        await tab.open(page, catalog=CATALOG, query=product)
    await tab.close()
    await asyncio.sleep(FORGET_SECONDS + 0.5)


async def _forgotten(server: SessionServer) -> dict[str, float]:
    """Wait until the server has forgotten its visitors: what they were remembered for is over, and one more has gone.

    Streamlit lets the old ones go when another leaves; a server that is used has those all the time.
    """
    await _until_nobody_is_connected(server)
    await asyncio.sleep(FORGET_SECONDS + 0.5)
    last = Tab(server.address)
    await last.connect()
    await last.open("overview")
    await last.close()
    await _until_nobody_is_connected(server)
    return server.look()


async def _until_nobody_is_connected(server: SessionServer) -> None:
    deadline = time.monotonic() + 30
    while server.look()["sessions"] and time.monotonic() < deadline:
        await asyncio.sleep(0.2)


def judge(result: dict[str, Any]) -> list[str]:
    """Name what does not hold of what is promised."""
    held = {
        "no error": result["errors"] == 0 and result["faults_noted"] == 0,
        "no cross-talk": result["cross_talk"] == 0,
        "everybody was connected": result["connected_busy"] == result["sessions"],
        "nobody is connected afterwards": result["connected_after"] == 0,
        "they are let go": result["alive_after"] <= 1,  # the last one is let go when the next one leaves
        f"p95 of a slider under {MOST_P95_SECONDS:g} s": (result["slider_p95_s"] or 0.0) < MOST_P95_SECONDS,
        f"at most {MOST_MIB_A_SESSION:g} MiB a session": result["mib_a_session"] <= MOST_MIB_A_SESSION,
    }
    return [name for name, holds in held.items() if not holds]


def table(alone: dict[str, Any], many: dict[str, Any]) -> str:
    """Lay both out beside one another."""
    lines = {
        "sessions": "sessions",
        "slider actions": "slider_actions",
        "slider, median (s)": "slider_median_s",
        "slider, p95 (s)": "slider_p95_s",
        "pages opened": "page_actions",
        "page, median (s)": "page_median_s",
        "page, p95 (s)": "page_p95_s",
        "runs of scripts, refreshing included": "reruns",
        "received (MiB)": "mib_received",
        "errors": "errors",
        "answers that were another's": "cross_talk",
        "server before (MiB)": "rss_before_mib",
        "server busy (MiB)": "rss_busy_mib",
        "server after (MiB)": "rss_after_mib",
        "growth a session (MiB)": "mib_a_session",
        "connected at the end": "connected_busy",
        "connected after they left": "connected_after",
        "visitors in memory at the end": "alive_busy",
        "in memory after they left": "alive_after",
    }
    rows = [[name, alone[key], many[key]] for name, key in lines.items()]
    return markdown_table(["", "one visitor", "many"], rows)


def _end(home: Home, job: str) -> None:
    """Cancel the job and wait for its worker, whose folder goes away."""
    active = ("waiting", "queued", "running")
    if job_status(home, job).state in active:
        cancel_job(home, job)
    deadline = time.monotonic() + 30
    while job_status(home, job).state in active:
        if time.monotonic() > deadline:
            kill_job(home, job)
        time.sleep(0.2)


def main() -> None:
    """Measure one visitor, then many with a job meanwhile; print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=ROOT / "artifacts", help="a home with the demo in it; copied")
    parser.add_argument("--sessions", type=int, default=25)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two actions of a visitor")
    parser.add_argument("--no-job", action="store_true", help="let no training run meanwhile")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        shutil.copytree(given.home, Path(folder) / "home", symlinks=True)
        home = open_home(Path(folder) / "home")
        seconds = given.minutes * 60
        with start_session_server(home.root, forget_seconds=FORGET_SECONDS) as server:
            alone = asyncio.run(come_and_go(server, home, sessions=1, seconds=min(60.0, seconds), every=given.every))
        job = None if given.no_job else submit(home, "train", {"catalog": CATALOG, "recipe": "fine-tune"}, actor="load")
        with start_session_server(home.root, forget_seconds=FORGET_SECONDS) as server:
            many = asyncio.run(come_and_go(server, home, sessions=given.sessions, seconds=seconds, every=given.every))
        if job is not None:
            many["job_meanwhile"] = job_status(home, job).state
            _end(home, job)
    broken = judge(many)
    held = "Everything held." if not broken else f"DID NOT HOLD: {', '.join(broken)}."
    words = (
        f"{given.sessions} visitors for {given.minutes:g} min, each acting every {given.every:g} s on the demo; "
        f"{'no job' if job is None else 'a training'} meanwhile. {held}"
    )
    data = f"--sessions {given.sessions} --minutes {given.minutes:g}"
    result = {"alone": alone, "many": many, "broken": broken, **versions("streamlit", "websockets")}
    body = f"{words}\n\n{table(alone, many)}"
    show("many_sessions", "Many visitors at once", body, result, write=given.write, data=data)
    if broken:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
