"""The real table with its pictures behind addresses, on a server that misbehaves in counted ways."""

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from core.catalog.source_settings import SourceSettings
from core.catalog.web.download_cache import key_of
from core.home import open_home
from tests.catalog.web import fault_server
from tests.catalog.web.fault_server import FaultServer
from tests.catalog.web.flipkart import import_flipkart, write_table

pytestmark = pytest.mark.shared

# How many of the 1,047 pictures that are there answer in each way; 3 rows name pictures that are missing anyway.
INJECTED = {
    "http_404": (13, fault_server.status(404)),
    "timeout": (7, fault_server.never),
    "truncated": (9, fault_server.truncated),
    "wrong_type": (11, fault_server.wrong_type),
}
MISSING = 3


@pytest.fixture(scope="module")
def pictures(shared_data):
    folder = shared_data / "flipkart-1050" / "images"
    return {f"/{path.name}": path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def shop(pictures):
    with FaultServer(dict(pictures)) as running:
        yield running


@pytest.fixture
def table(shop, shared_data, tmp_path):
    path = tmp_path / "flipkart.csv"
    shop.names = write_table(shared_data, path, shop.url)
    return path


def test_every_fault_is_counted_exactly(home, shop, table, pictures):
    there = [name for name in shop.names if name in pictures][::20]  # spread over the table
    for reason, (count, fault) in INJECTED.items():
        chosen, there = there[:count], there[count:]
        shop.faults |= dict.fromkeys(chosen, fault)
        assert len(chosen) == count, reason
    report = import_flipkart(home, table)
    expected = {reason: count for reason, (count, _) in INJECTED.items()}
    expected["http_404"] += MISSING
    assert Counter(file.reason for file in report.skipped) == expected
    # Each names its row, the product's id, and its address.
    assert {file.name.partition(": ")[2] for file in report.skipped} == {
        shop.url(name) for name in shop.names if name in shop.faults or name not in pictures
    }
    assert report.totals.products == 1050
    assert report.totals.pictures == 1050 - sum(expected.values())
    assert shop.requests.keys() == set(shop.names)


def test_nothing_is_asked_where_the_host_is_not_allowed(home, shop, table):
    report = import_flipkart(home, table, settings=SourceSettings(format="table"))
    assert Counter(file.reason for file in report.skipped) == {"private_address": 1050}
    assert report.totals.products == 1050
    assert shop.requests.total() == 0


@pytest.mark.faults
def test_a_killed_import_goes_on_and_fetches_nothing_twice(shop, shared_data, tmp_path):
    root, table = tmp_path / "home", tmp_path / "flipkart.csv"
    names = write_table(shared_data, table, shop.url, most_rows=400)
    there = len(set(names) & set(shop.files))
    program = [sys.executable, "-m", "tests.catalog.web.flipkart", root, table]
    process = subprocess.Popen(program, cwd=Path(__file__).parents[3])
    try:
        while shop.complete.total() < 150 and process.poll() is None:
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL, "it ended before it could be killed"

    finished = {path.name for path in (root / "cache" / "fetched").glob("??/*") if path.suffix != ".part"}
    assert len(finished) > 50
    shop.wait_until_idle()
    before = shop.requests.copy()
    report = import_flipkart(open_home(root), table)
    assert (report.totals.products, report.totals.pictures) == (400, there)
    asked_again = {key_of(shop.url(name)) for name in (shop.requests - before) if before[name]}
    assert not asked_again & finished
    assert {name for name, count in shop.requests.items() if key_of(shop.url(name)) in finished and count != 1} == set()

    # And once more: every picture is asked for with a condition, and none is sent again.
    shop.wait_until_idle()
    complete = shop.complete.copy()
    again = import_flipkart(open_home(root), table)
    shop.wait_until_idle()
    assert shop.complete == complete
    assert (again.new, again.changed, again.totals.pictures) == (0, 0, there)
