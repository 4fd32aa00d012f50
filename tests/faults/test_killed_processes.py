"""Processes end without a word, as when memory runs out or the machine stops."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import JobError
from core.jobs import cancel_job, job_status, kill_job, list_jobs, resume_job, submit
from core.jobs.folder import find_folder
from core.jobs.stored_status import read_status
from tests.jobs.waiting import wait_for_message, wait_for_state, wait_until

ROOT = Path(__file__).parents[2]

_SUBMIT = """
import sys, time
from core.home import open_home
from core.jobs import submit
arguments = {"steps": 4, "pause_at": 2, "until": sys.argv[2]}
print(submit(open_home(sys.argv[1]), "count", arguments, actor="ann"), flush=True)
time.sleep(60)
"""

_HERE = """
import sys
from core.home import open_home
from core.jobs import run_here
run_here(open_home(sys.argv[1]), "count", {"steps": 4, "pause_at": 2, "until": sys.argv[2]}, actor="ann")
"""


@pytest.fixture
def go_on(tmp_path):
    return tmp_path / "go on"


def waiting_job(home, go_on, **arguments):
    job = submit(home, "count", {"steps": 4, "pause_at": 2, "until": str(go_on), **arguments}, actor="ann")
    wait_for_message(home, job, "step 2" if arguments.get("deaf") else "waiting")
    return job


def kill_worker(home, job):
    os.kill(read_status(find_folder(home, job)).pid, signal.SIGKILL)


def test_a_killed_worker_is_interrupted_and_resuming_loses_nothing(home, go_on):
    job = waiting_job(home, go_on)
    kill_worker(home, job)
    status = wait_for_state(home, job, "interrupted")
    assert "resume the job" in status.error
    assert (status.done, status.total) == (2, 4)
    go_on.touch()
    resume_job(home, job)
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]  # each once


def test_a_worker_killed_twice_still_finishes(home, go_on):
    job = waiting_job(home, go_on)
    kill_worker(home, job)
    wait_for_state(home, job, "interrupted")
    resume_job(home, job)
    wait_for_message(home, job, "waiting")
    kill_worker(home, job)
    wait_for_state(home, job, "interrupted")
    go_on.touch()
    resume_job(home, job)
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]
    assert read_status(find_folder(home, job)).attempt == 3


def test_a_worker_outlives_the_process_that_started_it(home, go_on):
    server = subprocess.Popen(
        [sys.executable, "-c", _SUBMIT, str(home.root), str(go_on)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    job = server.stdout.readline().strip()
    wait_for_message(home, job, "waiting")
    # The whole session, as when a terminal is closed: the worker has a session of its own.
    server.kill()
    server.wait()
    assert job_status(home, job).state == "running"
    go_on.touch()
    assert wait_for_state(home, job, "done").result["actor"] == "ann"


def test_a_killed_foreground_job_is_interrupted_and_goes_on_in_a_worker(home, go_on):
    process = subprocess.Popen([sys.executable, "-c", _HERE, str(home.root), str(go_on)], cwd=ROOT)
    job = wait_until(lambda: list_jobs(home), "the job to appear")[0].job
    wait_for_message(home, job, "waiting")
    process.kill()
    process.wait()
    wait_for_state(home, job, "interrupted")
    go_on.touch()
    resume_job(home, job)
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]


def test_a_zombie_is_no_running_job(home, go_on):
    """The process id of a killed worker stays until its parent collects it; only the lock tells."""
    process = subprocess.Popen([sys.executable, "-c", _HERE, str(home.root), str(go_on)], cwd=ROOT)
    job = wait_until(lambda: list_jobs(home), "the job to appear")[0].job
    wait_for_message(home, job, "waiting")
    process.kill()  # not waited for: it stays as a zombie
    wait_for_state(home, job, "interrupted")
    with pytest.raises(JobError, match="no process runs it"):
        kill_job(home, job)
    process.wait()


def test_a_job_that_ignores_cancelling_is_killed_on_request_and_can_be_resumed(home, go_on):
    job = waiting_job(home, go_on, deaf=True)
    cancel_job(home, job)
    assert job_status(home, job).cancelling
    kill_job(home, job)
    assert job_status(home, job).state == "cancelled"
    go_on.touch()
    resume_job(home, job)
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]


def test_an_interrupted_job_is_cancelled_at_once(home, go_on):
    job = waiting_job(home, go_on)
    kill_worker(home, job)
    wait_for_state(home, job, "interrupted")
    cancel_job(home, job)
    assert job_status(home, job).state == "cancelled"
