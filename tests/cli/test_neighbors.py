"""neighbors-report: figures before and after a training, and what it refuses."""

import pytest

from tests.models.planted_triplet import plant_triplet_run


def test_figures_before_and_after(home, call, monkeypatch):
    run_id = plant_triplet_run(home, monkeypatch)
    # Made here: the command would make it in a process of its own, where nothing stands for the network.
    from core.catalog.catalogs import find_catalog
    from core.progress import SilentProgress
    from core.vision.embed import embed_catalog

    embed_catalog(home, find_catalog(home, "shop"), backbone=run_id, actor="ann", progress=SilentProgress())
    answer = call("neighbors-report", run_id, "--k", 3, "--json")
    assert answer.code == 0
    found = answer.json
    assert (found["run"], found["catalog"], found["k"], found["target"]) == (run_id, "shop", 3, "category")
    assert found["after"]["precision"] > found["before"]["precision"]
    low, high = found["gain"]["interval"]
    assert low <= found["gain"]["precision"] <= high
    assert sum(each["pictures"] for each in found["labels"]) == found["queries"]
    table = call("neighbors-report", run_id)
    assert table.code == 0
    assert "95 % interval" in table.out


@pytest.mark.parametrize("word", ["nothing", "../x"])
def test_a_run_that_is_not_there(call, word):
    answer = call("neighbors-report", word)
    assert (answer.code, answer.out) == (2, "")
    assert word in answer.err
