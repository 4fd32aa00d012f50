"""The demo's planted mistakes are found; the figures are those `python -m benchmarks.planted_demo` prints."""

import pytest

from benchmarks.planted_demo import found_by_audit, judged, planted
from core.catalog.catalogs import find_catalog
from core.files import read_json
from core.home import open_home
from core.review.findings import DUPLICATES, LABELS, PRICES
from tests.home_copies import copy_home

# Least precision and recall. Measured: categories 0.84 and 1.00 of 32, duplicates 0.98 and 1.00 of 43, prices 0.71 and
# 0.71 of 14; one product of 32 moves a share by 0.03, one price of 14 by 0.07.
LEAST = {LABELS: (0.78, 0.93), DUPLICATES: (0.93, 0.95), PRICES: (0.57, 0.57)}


@pytest.fixture(scope="module")
def demo(demo_home, tmp_path_factory):
    root = tmp_path_factory.mktemp("planted") / "home"
    copy_home(demo_home.root, root, "*.lock", "jobs")
    return open_home(root)


def test_planted_categories_copies_and_prices_stand_in_the_queue(demo):
    truth = planted(read_json(demo.cache / "demo" / "truths.json"))
    found = found_by_audit(demo, find_catalog(demo, "demo"))
    for kind, (precision, recall) in LEAST.items():
        given = judged(found[kind][0], truth[kind])
        assert given[0] >= precision and given[1] >= recall, (kind, given)
        assert len(found[kind][1]) == 658  # every product of the demo has a picture, a category and a price
