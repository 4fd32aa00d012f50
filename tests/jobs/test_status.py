import json

import pytest

from core.jobs import job_status, list_jobs
from core.jobs.folder import find_folder
from core.jobs.lock import gate, take_lock
from core.jobs.run import owned
from core.jobs.spec import create_job
from core.jobs.status import judge
from core.jobs.stored_status import StoredStatus, write_status

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("stored", "free", "finished", "state"),
    [
        # what the owner wrote last decides once it is final, whoever holds the lock meanwhile
        (StoredStatus("done"), True, True, "done"),
        (StoredStatus("failed", error="no"), True, False, "failed"),
        (StoredStatus("cancelled"), False, False, "cancelled"),
        # else the lock decides
        (StoredStatus("running"), False, False, "running"),
        (StoredStatus("queued"), False, False, "running"),
        (None, False, False, "running"),
        (StoredStatus("running"), True, False, "interrupted"),
        (None, True, False, "interrupted"),
        # a result is written whole and last, so that it means finished
        (StoredStatus("running"), True, True, "done"),
        # a worker gets a minute to begin
        (StoredStatus("queued", changed=NOW), True, False, "queued"),
        (StoredStatus("queued", changed=NOW - 120), True, False, "interrupted"),
    ],
)
def test_states(stored, free, finished, state, monkeypatch):
    monkeypatch.setattr("core.jobs.status.time.time", lambda: NOW)
    assert judge(stored, free=free, finished=finished)[0] == state


def test_each_interruption_says_what_to_do():
    for stored in (None, StoredStatus("running"), StoredStatus("queued", changed=0)):
        assert "resume the job" in judge(stored, free=True, finished=False)[1]


def test_seconds_run_to_the_end_of_the_latest_worker(home):
    folder = create_job(home, "count", {}, actor="ann")
    write_status(folder, StoredStatus("done", started=100.0, finished=112.5))
    assert job_status(home, folder.job).seconds == 12.5


def test_hundreds_of_jobs_cost_few_file_reads_each(home, monkeypatch):
    for _ in range(3):
        folder = create_job(home, "count", {}, actor="ann")
        write_status(folder, StoredStatus("done", started=1.0, finished=2.0))
    # The lock of a finished job is not looked at: that would open two more files for each.
    monkeypatch.setattr("core.jobs.status.gate", None)
    assert [status.state for status in list_jobs(home)] == ["done"] * 3


def test_what_is_no_job_is_left_alone(home):
    home.jobs.mkdir(exist_ok=True)
    (home.jobs / ".20261121-000000-count-aaaaaa.123.tmp").mkdir()  # a folder whose making was cut short
    (home.jobs / "notes.txt").write_text("mine")
    assert list_jobs(home) == []


def test_a_job_without_its_spec_is_listed_and_says_why_it_cannot_run(home):
    folder = create_job(home, "count", {}, actor="ann")
    folder.spec.write_text('{"job": ')
    [status] = list_jobs(home)
    assert (status.job, status.kind) == (folder.job, "count")
    assert "spec.json is missing or damaged" in status.error
    assert find_folder(home, folder.job) == folder


def test_a_resumed_worker_is_not_shown_with_the_words_of_the_one_before(home):
    folder = create_job(home, "count", {}, actor="ann")
    report = {"kind": "report", "at": 50.0, "done": 3, "total": 4, "message": "old words", "seconds_left": 9.0}
    folder.progress.write_text(json.dumps(report) + "\n")
    with gate(folder):
        lock = take_lock(folder)
    status = job_status(home, folder.job)  # the lock is taken, the status still says queued
    lock.release()
    assert (status.state, status.done, status.message) == ("running", 3, "")
    with owned(folder):  # began now, long after that report
        status = job_status(home, folder.job)
    assert (status.state, status.done, status.total, status.message) == ("running", 3, 4, "")
    assert status.seconds_left is None
