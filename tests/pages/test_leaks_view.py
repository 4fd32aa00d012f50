"""Near duplicates across splits on the page Evaluate: shown pair by pair, and sent to review."""

import numpy as np

from core.files import read_json, write_json_whole
from core.models.runs import MANIFEST
from core.review.decisions import read_ledger
from core.review.findings import SENT
from tests.evaluation.planted_run import planted_run
from tests.models.synthetic import planted_catalog
from tests.pages.conftest import broken, words


def test_pairs_are_shown_and_their_judged_side_is_sent_to_review(home, open_page):
    random = np.random.default_rng(0)
    features = np.abs(random.normal(3, 1, (10, 1280))).astype(np.float32)
    features[7] = features[2] + random.normal(0, 0.05, 1280)  # of test, nearly a picture of train
    catalog = planted_catalog(home, ["a"] * 10, features=features)
    run_id = planted_run(home, catalog, [("a", "a")] * 9 + [("b", "a")], classes=("a", "b"), train=6)
    path = home.runs / run_id / MANIFEST
    write_json_whole(path, read_json(path) | {"leaked": 1})
    app = open_page(home, "evaluate", f"run={run_id}")
    assert broken(app) == []
    assert "Left the picture that was judged" in words(app)
    app.button(key="leaks_send").click().run()
    assert broken(app) == []
    assert set(read_ledger(home, catalog, SENT).sent) == {"p0007"}
