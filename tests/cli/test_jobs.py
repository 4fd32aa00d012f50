import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.jobs import cancel_job, job_status, submit
from tests.jobs.waiting import SMALL_KINDS, wait_for_message, wait_for_state


@pytest.fixture(autouse=True)
def small_kinds(monkeypatch):
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", SMALL_KINDS)


@pytest.fixture
def waiting(home, tmp_path):
    """A job that waits at step 2 of 4 for a file: its id and that file."""
    go_on = tmp_path / "go on"
    job = submit(home, "count", {"steps": 4, "pause_at": 2, "until": str(go_on)}, actor="ann")
    wait_for_message(home, job, "waiting")
    return job, go_on


def test_jobs_status_cancel_resume(call, waiting):
    job, go_on = waiting
    [listed] = call("jobs", "--json").json["jobs"]
    assert (listed["job"], listed["kind"], listed["state"], listed["progress"]) == (job, "count", "running", 0.5)
    assert call("cancel", job, "--json").json["jobs"][0]["state"] == "cancelled"
    go_on.touch()
    [resumed] = call("resume", job, "--json").json["jobs"]
    assert (resumed["state"], resumed["result"]["steps"]) == ("done", ["0", "1", "2", "3"])
    assert call("resume", job).code == 2


def test_kill_and_detached_resume(call, home, waiting):
    job, go_on = waiting
    assert call("cancel", job, "--kill", "--json").json["jobs"][0]["state"] == "cancelled"
    go_on.touch()
    assert call("resume", job, "--detach").out == f"{job}\n"
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]


def test_people_read_the_state_and_the_error(call, home):
    job = submit(home, "fail", {"how": "input"}, actor="ann")
    wait_for_state(home, job, "failed")
    shown = call("status", job).out
    assert "failed" in shown and "name it with --map price=COLUMN" in shown
    assert "column 'price' is missing" in call("jobs").out


def test_a_job_that_fails_in_the_foreground_gives_its_exit_code(call, home):
    for how, code, words in (("input", 2, "column 'price' is missing"), ("fault", 1, "internal fault")):
        job = submit(home, "fail", {"how": how}, actor="ann")
        wait_for_state(home, job, "failed")
        answer = call("resume", job, "--json")
        assert (answer.code, answer.out) == (code, "")
        assert words in answer.err


def test_ctrl_c_cancels_the_job_and_exits_130(home, waiting):
    job, _ = waiting
    cancel_job(home, job)
    wait_for_state(home, job, "cancelled")
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "--home", str(home.root), "resume", job, "--json"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_message(home, job, "waiting")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "cancelled; what was finished is kept"
    assert job_status(home, job).state == "cancelled"
