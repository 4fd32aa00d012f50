import os
import signal

import pytest

from core.errors import Cancelled, CatalogError, JobError, SettingsError
from core.jobs import (
    JobFault,
    cancel_job,
    job_log_tail,
    job_result,
    job_status,
    kill_job,
    list_jobs,
    read_progress,
    resume_here,
    resume_job,
    run_here,
    submit,
)
from tests.jobs.waiting import wait_for_message, wait_for_state


def waiting_job(home, tmp_path, **arguments):
    """Start a job that waits at step 2 of 4 for a file; returns its id and that file."""
    signal_file = tmp_path / "go on"
    job = submit(home, "count", {"steps": 4, "pause_at": 2, "until": str(signal_file), **arguments}, actor="ann")
    return job, signal_file


def test_a_worker_does_the_job_and_leaves_its_result(home):
    job = submit(home, "count", {"steps": 3}, actor="ann")
    status = wait_for_state(home, job, "done")
    # inf is no JSON: it is kept as null
    assert status.result == {"steps": ["0", "1", "2"], "actor": "ann", "ratio": None} == job_result(home, job)
    assert (status.done, status.total, status.progress, status.message) == (3, 3, 1.0, "counted")
    assert (status.kind, status.actor, status.error) == ("count", "ann", None)
    assert status.arguments == {"steps": 3, "pause_at": None, "until": "", "deaf": False}
    steps = [line["values"] for line in read_progress(home, job) if line["kind"] == "step"]
    assert steps == [{"step": 0, "loss": None}, {"step": 1, "loss": None}, {"step": 2, "loss": None}]


def test_a_worker_starts_from_any_folder(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    job = submit(home, "count", {}, actor="ann")
    assert wait_for_state(home, job, "done", "failed").state == "done"


def test_cancelling_stops_at_the_next_report_and_resuming_goes_on_from_the_checkpoint(home, tmp_path):
    job, go_on = waiting_job(home, tmp_path)
    status = wait_for_message(home, job, "waiting")
    assert (status.state, status.done, status.total, status.progress) == ("running", 2, 4, 0.5)
    cancel_job(home, job)
    assert wait_for_state(home, job, "cancelled").error is None
    go_on.touch()
    resume_job(home, job)
    assert wait_for_state(home, job, "done").result["steps"] == ["0", "1", "2", "3"]  # steps 0 and 1 not twice
    assert [line["values"]["step"] for line in read_progress(home, job) if line["kind"] == "step"] == [0, 1, 2, 3]


def test_a_deaf_job_says_that_it_is_cancelling_until_it_is_killed(home, tmp_path):
    job, _ = waiting_job(home, tmp_path, deaf=True)
    wait_for_message(home, job, "step 2")
    cancel_job(home, job)
    status = job_status(home, job)
    assert (status.state, status.cancelling) == ("running", True)
    kill_job(home, job)
    status = job_status(home, job)
    assert (status.state, status.cancelling) == ("cancelled", False)
    with pytest.raises(JobError, match="is cancelled, no process runs it"):
        kill_job(home, job)


def test_killing_spares_a_process_that_is_not_surely_the_worker(home, tmp_path):
    from dataclasses import replace

    from core.jobs.folder import find_folder
    from core.jobs.stored_status import read_status, write_status

    job, go_on = waiting_job(home, tmp_path)
    wait_for_message(home, job, "waiting")
    folder = find_folder(home, job)
    stored = read_status(folder)
    # As if the worker's id had been given to the test's parent: same number space, other start.
    write_status(folder, replace(stored, pid=os.getppid()))
    with pytest.raises(JobError, match=f"process {os.getppid()} is not surely its worker"):
        kill_job(home, job)
    go_on.touch()
    wait_for_state(home, job, "done")


def test_bad_input_is_told_as_it_is_and_a_fault_by_its_number_only(home):
    job = submit(home, "fail", {"how": "input"}, actor="ann")
    assert wait_for_state(home, job, "failed").error == (
        "column 'price' is missing: found id, name; name it with --map price=COLUMN"
    )
    job = submit(home, "fail", {"how": "fault"}, actor="ann")
    error = wait_for_state(home, job, "failed").error
    assert error.startswith("internal fault ") and "ZeroDivisionError" in error and "private" not in error
    number = error.split()[2]
    assert f"fault {number}" in job_log_tail(home, job)
    assert "ZeroDivisionError: a private detail" in job_log_tail(home, job)


def test_a_failed_job_can_be_resumed_and_a_finished_one_cannot(home):
    job = submit(home, "fail", {}, actor="ann")
    wait_for_state(home, job, "failed")
    with pytest.raises(JobError, match="is failed already"):
        cancel_job(home, job)
    resume_job(home, job)
    assert wait_for_state(home, job, "failed").error.startswith("internal fault")
    finished = submit(home, "count", {}, actor="ann")
    wait_for_state(home, finished, "done")
    with pytest.raises(JobError, match="is done; only a paused, interrupted, failed or cancelled job"):
        resume_job(home, finished)


def test_wrong_requests_leave_no_job(home):
    with pytest.raises(JobError, match=r"no kind of job 'paint'; there are: import, embed, train, .*, map, .*, count"):
        submit(home, "paint", {}, actor="ann")
    with pytest.raises(SettingsError, match="steps must be at least 0, not -1"):
        submit(home, "count", {"steps": -1}, actor="ann")
    with pytest.raises(SettingsError, match="takes no stairs; it takes: steps, pause_at, until, deaf"):
        submit(home, "count", {"stairs": 1}, actor="ann")
    with pytest.raises(SettingsError, match="a job of kind 'embed' needs catalog"):
        submit(home, "embed", {}, actor="ann")
    assert list_jobs(home) == []


@pytest.mark.parametrize("job_id", ["../home.json", "", ".", "/etc", "20261121-000000-count-aaaaaa"])
def test_ids_from_outside_are_looked_up_never_joined(home, job_id):
    with pytest.raises(JobError, match="there is no job"):
        job_status(home, job_id)


def test_in_the_foreground_a_job_has_the_same_folder_and_states(home):
    seen = []
    result = run_here(home, "count", {"steps": 2}, actor="ann", on_report=seen.append)
    assert result == {"steps": ["0", "1"], "actor": "ann", "ratio": None}
    [status] = list_jobs(home)
    assert (status.state, status.result) == ("done", result)
    assert (seen[-1].done, seen[-1].total, seen[-1].message) == (2, 2, "counted")


def test_in_the_foreground_errors_come_back_to_the_caller(home):
    with pytest.raises(CatalogError, match="column 'price' is missing"):
        run_here(home, "fail", {"how": "input"}, actor="ann")
    with pytest.raises(JobFault, match="internal fault"):
        run_here(home, "fail", {}, actor="ann")
    assert [status.state for status in list_jobs(home)] == ["failed", "failed"]


def test_ctrl_c_in_the_foreground_cancels_and_the_job_can_go_on_here(home, tmp_path):
    go_on = tmp_path / "go on"
    before = signal.getsignal(signal.SIGINT)

    def interrupt(report):
        if report.message == "waiting":
            os.kill(os.getpid(), signal.SIGINT)

    arguments = {"steps": 4, "pause_at": 2, "until": str(go_on)}
    with pytest.raises(Cancelled):
        run_here(home, "count", arguments, actor="ann", on_report=interrupt)
    assert signal.getsignal(signal.SIGINT) == before
    [status] = list_jobs(home)
    assert status.state == "cancelled"
    go_on.touch()
    assert resume_here(home, status.job)["steps"] == ["0", "1", "2", "3"]


def test_jobs_are_listed_newest_first(home):
    for steps in (1, 2, 3):
        run_here(home, "count", {"steps": steps}, actor="ann")
    assert [status.arguments["steps"] for status in list_jobs(home)] == [3, 2, 1]
    assert len(list_jobs(home, limit=2)) == 2
