"""The disk is full: what was there stays whole, and the message says what to do."""

import errno
import os

import pytest

from core.errors import JobError
from core.files import write_json_whole
from core.jobs import job_status, list_jobs, read_progress, resume_here, run_here
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, read_status, write_status

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk(monkeypatch):
    """Make the disk full for whole files whose name holds a text; gives a switch."""
    replace = os.replace

    def fill(text):
        def refuse(source, target):
            if text in os.fspath(target):
                raise FULL
            return replace(source, target)

        monkeypatch.setattr("core.files.os.replace", refuse)

    yield fill
    monkeypatch.setattr("core.files.os.replace", replace)


def test_the_old_status_stays_and_no_temporary_file_is_left(home, full_disk):
    folder = create_job(home, "count", {}, actor="ann")
    before = read_status(folder)
    files = sorted(path.name for path in folder.path.iterdir())
    full_disk("status.json")
    with pytest.raises(OSError, match="No space left"):
        write_status(folder, StoredStatus("done"))
    assert read_status(folder) == before
    assert sorted(path.name for path in folder.path.iterdir()) == files


def test_a_status_that_cannot_be_written_reads_as_interrupted_with_the_result_lost_to_nobody(
    home, full_disk, monkeypatch
):
    replace, seen = os.replace, []

    def refuse_the_end(source, target):
        if target.name == "status.json" and seen:
            raise FULL
        if target.name == "result.json":
            seen.append(target)
        return replace(source, target)

    monkeypatch.setattr("core.files.os.replace", refuse_the_end)
    with pytest.raises(JobError, match=r"ended \(done\), which could not be written: No space left"):
        run_here(home, "count", {"steps": 2}, actor="ann")
    [status] = list_jobs(home)
    assert (status.state, status.result["steps"]) == ("done", ["0", "1"])  # the result says so itself


def test_a_result_that_cannot_be_written_fails_the_job_which_goes_on_once_there_is_room(home, full_disk, monkeypatch):
    full_disk("result.json")
    with pytest.raises(JobError, match="is full; free some space, then `resume"):
        run_here(home, "count", {"steps": 2}, actor="ann")
    [status] = list_jobs(home)
    assert status.state == "failed" and "is full; free some space" in status.error
    monkeypatch.undo()
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", "tests.jobs.small_kinds:KINDS")
    assert resume_here(home, status.job)["steps"] == ["0", "1"]  # counted before, so not again
    assert job_status(home, status.job).state == "done"


def test_lines_of_progress_are_lost_but_not_the_work(home, monkeypatch):
    write = os.write

    def half(descriptor, data):
        return write(descriptor, data[: len(data) // 2])  # what a disk does when its last block is full

    def refuse(descriptor, data):
        raise FULL

    for broken in (half, refuse):
        monkeypatch.setattr("core.jobs.reports.os.write", broken)
        assert run_here(home, "count", {"steps": 2}, actor="ann")["steps"] == ["0", "1"]
        monkeypatch.setattr("core.jobs.reports.os.write", write)
    for status in list_jobs(home):
        assert status.state == "done"
        assert read_progress(home, status.job) == []


def test_a_job_folder_appears_whole_or_not_at_all(home, full_disk):
    full_disk("status.json")
    with pytest.raises(OSError, match="No space left"):
        create_job(home, "count", {}, actor="ann")
    assert list(home.jobs.iterdir()) == []


def test_whole_files_never_mix_old_and_new(tmp_path, full_disk):
    path = tmp_path / "value.json"
    write_json_whole(path, {"value": 1})
    full_disk("value.json")
    with pytest.raises(OSError, match="No space left"):
        write_json_whole(path, {"value": 2})
    assert path.read_text().split() == ["{", '"value":', "1", "}"]
    assert list(tmp_path.iterdir()) == [path]
