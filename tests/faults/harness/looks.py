"""Looking after a fault: whether the application starts, pages have their data, and nothing is held."""

import json
import socket
import sqlite3
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout

from core.backup.verification import verify_home
from core.catalog.catalogs import list_catalogs
from core.catalog.log import list_events
from core.catalog.product_filter import ProductFilter
from core.catalog.product_search import facets
from core.catalog.products import find_products
from core.errors import ShelfLensError
from core.evaluation.report import evaluate_run
from core.home import open_home
from core.jobs import job_log_tail, list_jobs, read_progress
from core.jobs.folder import list_folders
from core.jobs.health import backbone_states, database_state, job_states
from core.jobs.lock import gate, lock_is_free
from core.models.runs import list_runs, open_run
from core.progress import SilentProgress
from core.recommend.ranking_settings import RankingSettings
from core.recommend.similar import Asking, find_matches
from core.vision.embeddings import latest_embedding
from tests.faults.harness.facts import read_facts
from tests.faults.harness.prepared import TINY
from tests.faults.harness.processes import LIMIT_SECONDS, Broken

ROOT = Path(__file__).parents[3]


def look(root, *, mend=False):
    """Look at a home that nobody works on.

    Returns:
        ``facts`` (None where something of them is damaged), ``refused``: clear messages of what cannot be shown,
        ``faults``: what raised anything else, ``held``: locks, ``damaged``: what verifying found, ``jobs``.
    """
    home = open_home(root)
    seen = {"refused": [], "faults": []}

    def ask(call):
        try:
            return call()
        except ShelfLensError as error:
            seen["refused"].append(f"{type(error).__name__}: {error}")
        except Exception:  # noqa: BLE001 - a page would show a fault: told as one
            seen["faults"].append(traceback.format_exc()[-2000:])
        return None

    for call in _page_calls(home, ask):
        ask(call)
    found = ask(lambda: verify_home(home, mend=mend, progress=SilentProgress()))
    damaged = [] if found is None else [each.path for each in found.problems]
    return {
        "facts": ask(lambda: read_facts(home)),
        **seen,
        "held": _held(home),
        "damaged": damaged,
        "jobs": [[each.job, each.state, each.error] for each in list_jobs(home)],
    }


def _page_calls(home, ask):
    """What the pages ask core for, catalog by catalog, run by run."""
    yield lambda: json.dumps([vars(each) for each in list_jobs(home)], default=str)
    yield lambda: [(job_log_tail(home, each.job), read_progress(home, each.job)) for each in list_jobs(home)]
    yield lambda: (database_state(home), backbone_states(home), job_states(home))
    yield lambda: list_events(home)
    for catalog in ask(lambda: list_catalogs(home)) or []:
        yield lambda catalog=catalog: facets(home, catalog, ProductFilter())
        yield lambda catalog=catalog: find_products(home, catalog, limit=48)
        yield lambda catalog=catalog: _matches(home, catalog)
    for run in ask(lambda: list_runs(home)) or []:
        yield lambda run=run: (evaluate_run(home, run.run_id), open_run(home, run.run_id).history)


def _matches(home, catalog):
    embedding = latest_embedding(home, catalog, backbone=TINY)
    if embedding is not None:
        asking = Asking(embedding.product_ids[0])
        return find_matches(home, catalog, asking, RankingSettings(embedding=TINY), k=3)
    return None


def _held(home):
    """Name the locks that somebody holds although nobody is there."""
    held = []
    for folder in list_folders(home):
        with gate(folder):
            if not lock_is_free(folder):
                held.append(str(folder.lock))
    for path in home.root.rglob("*.lock"):
        try:
            with FileLock(path, timeout=0):
                pass
        except Timeout:
            held.append(str(path))
    try:
        with closing(sqlite3.connect(home.root / "shelflens.db", timeout=0.5)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
    except sqlite3.OperationalError as error:
        held.append(f"shelflens.db: {error}")
    return held


def server_starts(root):
    """Start the real server on a home, ask for its health and its first page, stop it.

    Raises:
        Broken: It does not answer.
    """
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "core.ui.serve", "--server.port", str(port), "--server.headless", "true"]
    log = Path(root).parent / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=_environment(root), stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not _answers(f"http://127.0.0.1:{port}/_stcore/health"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
    finally:
        server.kill()
        server.wait()


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _environment(root):
    import os

    return {**os.environ, "SHELFLENS_HOME": str(root)}
