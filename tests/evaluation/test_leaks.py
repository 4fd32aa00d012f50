"""Judged pictures that resemble a training picture are named with it, whichever way they came to."""

import numpy as np
import pytest

from core.errors import RunError
from core.evaluation.leaks import NEAR, are_leaks_kept, leaked_pictures
from core.models.runs import open_run
from tests.evaluation.planted_run import planted_run
from tests.models.synthetic import planted_catalog


@pytest.fixture
def run(home):
    """Ten pictures of noise, the first six of train; p0007 is nearly p0002, and p0009 nearly p0007."""
    random = np.random.default_rng(0)
    features = np.abs(random.normal(3, 1, (10, 1280))).astype(np.float32)
    features[7] = features[2] + random.normal(0, 0.05, 1280)
    features[9] = features[7] + random.normal(0, 0.05, 1280)
    catalog = planted_catalog(home, ["a"] * 10, features=features)
    run_id = planted_run(home, catalog, [("a", "a")] * 9 + [("b", "a")], classes=("a", "b"), train=6)
    return open_run(home, run_id)


def test_every_leaked_picture_is_named_with_its_training_picture(home, run):
    assert not are_leaks_kept(home, run.run.run_id)
    found = leaked_pictures(home, run)
    # Independent noise has a cosine near 0; noise of 0.05 on values that vary by 1 leaves 1 - 0.05² / 2 or so.
    assert found[["product_id", "twin_product_id", "split", "why"]].to_numpy().tolist() == [
        ["p0007", "p0002", "test", NEAR],
        ["p0009", "p0002", "test", NEAR],
    ]
    assert (found["similarity"] > 0.99).all() and found["label"].tolist() == ["a", "b"]
    assert are_leaks_kept(home, run.run.run_id) and leaked_pictures(home, run).equals(found)


def test_a_damaged_record_is_made_again(home, run):
    leaked_pictures(home, run)
    path = home.cache / "leaks" / f"{run.run.run_id}.parquet"
    path.write_bytes(b"PAR1 nothing")
    assert len(leaked_pictures(home, run)) == 2


def test_pictures_whose_features_are_gone_are_told(home, run):
    rows = run.products.copy()
    rows.loc[3, "picture_hash"] = "0" * 64
    run.__dict__["products"] = rows
    with pytest.raises(RunError, match=r"1 pictures of run .* have no features of 'efficientnet-lite0' any more"):
        leaked_pictures(home, run)
