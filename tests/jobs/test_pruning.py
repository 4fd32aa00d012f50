"""Folders of jobs that ended long ago are tidied away, and nothing that can go on."""

import os
import threading
import time
from dataclasses import replace

import pytest

from core.errors import JobGoneError
from core.jobs import list_jobs
from core.jobs.folder import JobFolder
from core.jobs.lock import gate, take_lock
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
    file = home.jobs / ".line.json.2.tmp"
    file.touch()
    for each in (left, file):
        os.utime(each, (1, 1))
    prune_jobs(home)
    assert (left.exists(), file.exists(), fresh.exists()) == (False, False, True)


def test_whoever_looks_at_a_job_that_is_tidied_away_meanwhile_does_not_bring_its_folder_back(home, ended, monkeypatch):
    kept, folder = ended("paused", 1), JobFolder(home.jobs / ended("done", 100))
    refused = []

    def look():
        with pytest.raises(JobGoneError), gate(folder):
            pass
        refused.append(True)

    waiting = threading.Thread(target=look)
    rename = type(folder.path).rename

    def rename_while_somebody_waits(path, target):
        waiting.start()
        time.sleep(0.1)  # the other one stands at the gate, which this one holds
        return rename(path, target)

    monkeypatch.setattr(type(folder.path), "rename", rename_while_somebody_waits)
    assert prune_jobs(home).jobs == (folder.job,)
    waiting.join()
    assert refused == [True]
    look()  # whoever listed it before and comes only now
    monkeypatch.setattr("core.jobs.status.list_folders", lambda _home: [folder, JobFolder(home.jobs / kept)])
    assert [job.job for job in list_jobs(home)] == [kept]
    assert [path.name for path in home.jobs.iterdir()] == [kept]
