import pytest

from core.jobs import job_status, submit
from core.models.runs import find_run, register_run
from tests.jobs.waiting import SMALL_KINDS, wait_for_message, wait_for_state


@pytest.fixture(autouse=True)
def small_kinds(monkeypatch):
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", SMALL_KINDS)


@pytest.fixture
def learning(home, tmp_path):
    """Three trainings in line, the first one running; give(1) lets an epoch of all of them end."""
    jobs = [submit(home, "learn", {"until": str(tmp_path)}, actor="ann") for _ in range(3)]
    wait_for_message(home, jobs[0], "epoch 1")

    def give(*epochs):
        for epoch in epochs:
            (tmp_path / str(epoch)).touch()

    return jobs, give


def test_queue_move_and_pause(call, home, learning):
    jobs, give = learning
    shown = call("queue", "--json").json
    assert (shown["at_once"], [job["place"] for job in shown["jobs"]]) == (1, [None, 1, 2])
    assert [job["job"] for job in shown["jobs"]] == jobs
    moved = call("move", jobs[2], 1, "--json").json["jobs"]
    assert [job["job"] for job in moved] == [jobs[0], jobs[2], jobs[1]]
    assert "waiting, 2 in line" in call("jobs").out
    assert call("move", jobs[0], 1).code == 2
    assert call("pause", jobs[1], "--json").json["jobs"][0]["state"] == "paused"
    assert call("pause", jobs[1]).code == 2
    assert call("cancel", jobs[2], "--json").json["jobs"][0]["state"] == "cancelled"
    [paused] = call("pause", jobs[0], "--json").json["jobs"]
    assert (paused["state"], paused["result"]) == ("paused", None)
    give(1, 2, 3)
    [resumed] = call("resume", jobs[0], "--json").json["jobs"]
    assert resumed["result"] == {"epochs": ["1", "2", "3"]}


def test_more_at_once(call, home, learning):
    jobs, give = learning
    assert call("queue", "--at-once", 2, "--json").json["at_once"] == 2
    wait_for_message(home, jobs[1], "epoch 1")
    assert job_status(home, jobs[2]).place == 1
    assert call("queue", "--at-once", 17).code == 2
    give(1, 2, 3)
    for job in jobs:
        wait_for_state(home, job, "done")
    assert call("queue").out == "no training runs or waits\n"


def test_notes_and_tags(call, home):
    run_id = "linear-20261121-101530-ab12"
    manifest = {"run": run_id, "catalog_id": 1, "catalog": "shop", "name": "first", "recipe": "linear"}
    facts = {"backbone": "b", "created": "2026-11-21", "seconds": 1.0, "metrics": {}}
    register_run(home, {**manifest, **facts}, actor="ann")
    event = call("note", run_id, "![x](http://a/b) helped", "--json").json["event"]
    call("tag", run_id, "best", "for the demo")
    assert find_run(home, run_id).notes == "![x](http://a/b) helped"
    [listed] = call("runs", "--tag", "best", "--tag", "for the demo", "--json").json["runs"]
    assert (listed["notes"], listed["tags"]) == ("![x](http://a/b) helped", ["best", "for the demo"])
    assert call("runs", "--tag", "worst", "--json").json["runs"] == []
    tagged = call("tag", run_id, "--json").json["event"]
    assert find_run(home, run_id).tags == ()
    call("undo", tagged)
    assert find_run(home, run_id).tags == ("best", "for the demo")
    assert call("undo", event).code == 2  # tags were set later on the same run: those first
    refused = call("tag", run_id, "a,b")
    assert (refused.code, "no comma" in refused.err) == (2, True)


def test_estimates(call, colors):
    shown = call("estimate", colors, "--recipe", "linear", "--set", "epochs=5", "--json").json
    assert (shown["recipe"], shown["pictures_to_embed"], shown["shortages"]) == ("linear", 36, [])
    assert shown["memory_mib"] > 0
    assert "rests on" in call("estimate", colors, "--recipe", "linear").out
    assert call("estimate", colors, "--recipe", "linear", "--set", "epochs=0").code == 2
