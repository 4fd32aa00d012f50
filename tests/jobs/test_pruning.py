"""Folders of jobs that ended long ago are tidied away, and nothing that can go on."""

import os
import time
from dataclasses import replace

import pytest

from core.jobs import list_jobs
from core.jobs.folder import JobFolder
from core.jobs.lock import take_lock
from core.jobs.pruning import prune_jobs
from core.jobs.spec import create_job
from core.jobs.stored_status import read_status, write_status

DAY = 86_400


@pytest.fixture
def ended(home):
    """Make a job that ended in a state so many days ago; gives its id."""

    def make(state, days):
        folder = create_job(home, "count", {}, actor="ann")
        write_status(folder, replace(read_status(folder), state=state, changed=time.time() - days * DAY))
        return folder.job

    return make


def test_what_ended_long_ago_goes_and_what_can_go_on_stays(home, ended):
    gone = {ended(state, 91) for state in ("done", "failed", "cancelled")}
    kept = {ended("paused", 400), ended("running", 400), ended("done", 89)}  # running with a free lock: interrupted
    pruned = prune_jobs(home)
    assert set(pruned.jobs) == gone and pruned.bytes > 0
    assert {job.job for job in list_jobs(home)} == kept
    assert [path.name for path in home.jobs.iterdir() if path.name.startswith(".")] == []


def test_beyond_so_many_older_ones_go_but_none_of_today(home, ended, monkeypatch):
    monkeypatch.setenv("SHELFLENS_KEEP_JOBS", "1")
    today, earlier = [ended("done", 0) for _ in range(3)], [ended("done", days) for days in (2, 3)]
    assert list(prune_jobs(home).jobs) == earlier
    assert {job.job for job in list_jobs(home)} == set(today)


def test_a_job_that_is_resumed_meanwhile_stays(home, ended):
    job = ended("failed", 100)
    lock = take_lock(JobFolder(home.jobs / job))
    assert prune_jobs(home).jobs == ()
    lock.release()
    assert prune_jobs(home).jobs == (job,)


def test_what_a_dead_process_left_is_swept(home):
    left = home.jobs / ".20260101-000000-count-abcdef.0.tmp"
    left.mkdir(parents=True)
    fresh = home.jobs / ".20260101-000000-count-abcdef.1.tmp"
    fresh.mkdir()
    os.utime(left, (1, 1))
    prune_jobs(home)
    assert (left.exists(), fresh.exists()) == (False, True)
