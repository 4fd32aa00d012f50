"""Files that stop in the middle, as after a power cut on a disk that lies about flushing."""

import pytest

from core.errors import JobError
from core.files import write_json_whole
from core.jobs import cancel_job, job_result, job_status, list_jobs, resume_job, run_here, submit
from core.jobs.folder import find_folder
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, read_status, write_status
from core.models.runs import list_runs
from tests.jobs.waiting import wait_for_message, wait_for_state


@pytest.fixture
def stopped(home):
    """The folder of a job whose worker died after two of four steps."""
    folder = create_job(home, "count", {"steps": 4}, actor="ann")
    folder.checkpoints.mkdir()
    (folder.checkpoints / "steps.txt").write_text("0\n1\n")
    write_status(folder, StoredStatus("running", started=1.0, pid=1, process_start="1"))
    return folder


@pytest.mark.parametrize("content", [None, b"", b'{"state": "run', b"[]", b'{"state": "flying"}', b"\xff\xfe"])
def test_a_torn_status_is_an_interruption_that_can_be_resumed(home, stopped, content):
    stopped.status.unlink()
    if content is not None:
        stopped.status.write_bytes(content)
    status = job_status(home, stopped.job)
    assert status.state == "interrupted"
    assert status.error == "status.json is missing or damaged; resume the job to go on from its last checkpoint"
    resume_job(home, stopped.job)
    assert wait_for_state(home, stopped.job, "done").result["steps"] == ["0", "1", "2", "3"]


def test_a_torn_status_of_a_running_job_is_still_a_running_job(home, tmp_path):
    go_on = tmp_path / "go on"
    job = submit(home, "count", {"steps": 4, "pause_at": 2, "until": str(go_on)}, actor="ann")
    wait_for_message(home, job, "waiting")
    find_folder(home, job).status.write_bytes(b"{")
    assert job_status(home, job).state == "running"
    with pytest.raises(JobError, match="is running"):
        resume_job(home, job)
    cancel_job(home, job)  # by the flag, since no process is known
    wait_for_state(home, job, "cancelled")


@pytest.mark.parametrize("content", [None, b"", b'{"job": ', b'{"job": "x"}', b"null"])
def test_a_torn_spec_is_listed_but_cannot_run(home, stopped, content):
    stopped.spec.unlink()
    if content is not None:
        stopped.spec.write_bytes(content)
    other = run_here(home, "count", {}, actor="ann")
    assert [status.state for status in list_jobs(home)] == ["done", "interrupted"]  # its neighbours do not suffer
    assert other["actor"] == "ann"
    with pytest.raises(JobError, match="start the same work as a new job"):
        resume_job(home, stopped.job)


def test_a_torn_line_of_progress_is_left_out_also_after_resuming(home, stopped):
    stopped.progress.write_bytes(
        b'{"kind": "report", "at": 2.0, "done": 1, "total": 4, "message": "one", "seconds_left": null}\n'
        b'{"kind": "report", "at": 3.0, "done": 2, "tot'
    )
    status = job_status(home, stopped.job)
    assert (status.done, status.message) == (1, "one")
    resume_job(home, stopped.job)
    assert wait_for_state(home, stopped.job, "done").message == "counted"


def test_a_worker_that_died_between_result_and_status_was_done(home, stopped):
    write_json_whole(stopped.result, {"steps": ["0"]})
    assert job_status(home, stopped.job).state == "done"
    assert job_result(home, stopped.job) == {"steps": ["0"]}
    with pytest.raises(JobError, match="is done"):
        resume_job(home, stopped.job)


def test_a_half_made_job_folder_is_no_job(home):
    (home.jobs / ".20261121-000000-count-aaaaaa.0123.tmp").mkdir(parents=True)
    assert list_jobs(home) == []


def test_an_empty_job_folder_is_listed_as_interrupted(home):
    folder = home.jobs / "20261121-093012-train-aaaaaa"
    folder.mkdir(parents=True)
    [status] = list_jobs(home)
    assert (status.job, status.kind, status.state) == (folder.name, "train", "interrupted")
    assert status.created == "2026-11-21T09:30:12+00:00"
    assert read_status(find_folder(home, folder.name)) is None


def test_a_half_written_run_folder_is_no_run(home):
    (home.runs / ".linear-20261121-000000-aaaa.0123.tmp").mkdir(parents=True)
    (home.runs / "linear-20261121-000000-bbbb").mkdir()
    (home.runs / "linear-20261121-000000-bbbb" / "manifest.json").write_text('{"run": ')
    assert list_runs(home) == []
