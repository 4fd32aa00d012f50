"""Only one process runs a job."""

import threading
import time

import pytest

from core.errors import JobError
from core.jobs import job_status, list_jobs, resume_job, submit
from core.jobs.folder import find_folder
from core.jobs.lock import gate, lock_is_free, take_lock
from core.jobs.run import owned
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, read_status, write_status
from core.jobs.worker import REFUSED
from core.jobs.worker import main as work
from core.vision import embeddings
from tests.jobs.waiting import wait_for_message, wait_for_state
from tests.models.synthetic import planted_catalog


def test_a_second_worker_refuses_and_changes_nothing(home, tmp_path):
    go_on = tmp_path / "go on"
    job = submit(home, "count", {"steps": 4, "pause_at": 2, "until": str(go_on)}, actor="ann")
    wait_for_message(home, job, "waiting")
    before = read_status(find_folder(home, job))
    assert work(str(home.root), job) == REFUSED
    assert read_status(find_folder(home, job)) == before
    with pytest.raises(JobError, match="is running; only a paused, interrupted, failed or cancelled job can be"):
        resume_job(home, job)
    go_on.touch()
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]


def test_a_finished_or_cancelled_job_is_not_begun_by_a_late_worker(home):
    folder = create_job(home, "count", {}, actor="ann")
    for state in ("done", "cancelled"):
        write_status(folder, StoredStatus(state))
        assert work(str(home.root), folder.job) == REFUSED
        assert job_status(home, folder.job).state == state


def test_looking_never_keeps_a_worker_from_starting(home):
    """Whoever looks takes the lock for a moment; the gate keeps the moment from a worker that starts then."""
    folder = create_job(home, "count", {}, actor="ann")
    stop = threading.Event()

    def look():
        while not stop.is_set():
            list_jobs(home)

    watchers = [threading.Thread(target=look) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(20):
            with owned(folder):
                assert job_status(home, folder.job).state == "running"
            write_status(folder, StoredStatus("queued"))
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()


def test_a_lock_is_free_only_after_its_holder_let_go(home):
    folder = create_job(home, "count", {}, actor="ann")
    with gate(folder):
        lock = take_lock(folder)
        assert not lock_is_free(folder)
        with pytest.raises(JobError, match="is being run by another worker"):
            take_lock(folder)
    lock.release()
    with gate(folder):
        assert lock_is_free(folder)


def test_a_queued_job_that_no_worker_began_is_interrupted_in_time_and_can_be_resumed(home):
    folder = create_job(home, "count", {}, actor="ann")
    assert job_status(home, folder.job).state == "queued"
    write_status(folder, StoredStatus("queued", changed=time.time() - 3600))
    assert job_status(home, folder.job).state == "interrupted"
    resume_job(home, folder.job)
    wait_for_state(home, folder.job, "done")


def test_a_worker_that_cannot_begin_fails_the_job(home, monkeypatch):
    from core.jobs import starting

    monkeypatch.setattr(starting, "worker_environment", lambda: {"PYTHONPATH": "/nowhere", "PYTHONHOME": "/nowhere"})
    job = submit(home, "count", {}, actor="ann")
    assert "before it began; see " in wait_for_state(home, job, "failed").error


def test_no_room_for_another_process_fails_the_job_at_once(home, monkeypatch):
    from core.jobs import starting

    monkeypatch.setattr(starting.sys, "executable", "/nowhere/python")
    with pytest.raises(JobError, match="no process could be started"):
        submit(home, "count", {}, actor="ann")
    [status] = list_jobs(home)
    assert (status.state, status.error) == ("failed", "no process could be started: No such file or directory")


def test_two_processes_that_embed_a_catalog_at_once_do_not_take_the_same_version(home, monkeypatch):
    catalog = planted_catalog(home, ["bags", "hats"] * 6)
    numbered = embeddings._next_version

    def slowly(folder):
        found = numbered(folder)
        time.sleep(0.05)  # long enough for the other one to look as well
        return found

    monkeypatch.setattr(embeddings, "_next_version", slowly)
    made, builders = [], []
    for _ in range(2):
        builder = threading.Thread(target=lambda: made.append(embeddings.build_embedding(home, catalog, refit=True)))
        builder.start()
        builders.append(builder)
    for builder in builders:
        builder.join()
    assert sorted(each.version for each in made) in (["v000001"] * 2, ["v000001", "v000002"])
    assert embeddings.latest_embedding(home, catalog).version == max(each.version for each in made)
