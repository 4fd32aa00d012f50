"""A home that somebody else sent: torn and absurd files give one error, and nothing outside is touched."""

import os

import pytest

from core.errors import HomeError, JobError
from core.files import open_appending, read_json, write_json_whole
from core.home import Home, open_home
from core.jobs import list_jobs
from core.jobs.folder import JobFolder, list_folders
from core.jobs.reports import last_report, read_lines
from core.jobs.stored_status import read_status

JOB = "20260101-000000-train-abcdef"
DEEP = "[" * 200_000


@pytest.fixture
def job(home) -> JobFolder:
    folder = JobFolder(home.jobs / JOB)
    folder.path.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("text", ['{"form', "[1]", DEEP, '{"format": 1e999}', "null", "", "\udcff"])
def test_a_damaged_marker_of_a_home_is_one_error(tmp_path, text):
    (tmp_path / "home.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(HomeError, match="is damaged: expected JSON with a 'format' number"):
        open_home(tmp_path)


@pytest.mark.parametrize("name", ["home.json", "shelflens.db"])
def test_a_pipe_in_place_of_a_file_is_refused_and_never_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(HomeError):
        open_home(tmp_path)


def test_a_lock_that_leads_out_of_the_home_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    home = tmp_path / "home"
    home.mkdir()
    (home / "upgrade.lock").symlink_to(tmp_path / "mine.txt")
    with pytest.raises(HomeError, match=r"cannot be brought up to date: .*upgrade\.lock"):
        open_home(home)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_home_may_have_any_name(tmp_path):
    home = open_home(tmp_path / "50 % off?x=1#sale")
    assert (home.root / "shelflens.db").is_file()


@pytest.mark.parametrize("parts", [("../../etc/passwd", "jpg"), ("a" * 64, "../x"), ("", "jpg"), (3, "jpg")])
def test_a_picture_cannot_lie_outside_the_home(tmp_path, parts):
    with pytest.raises(HomeError, match="which is no hash"):
        Home(tmp_path).picture_path(*parts)


def test_json_keeps_names_that_are_no_utf_8(tmp_path):
    write_json_whole(tmp_path / "spec.json", {"source": "/pictures/\udcff"})
    assert read_json(tmp_path / "spec.json") == {"source": "/pictures/\udcff"}


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        '{"state": "running", "started": "x"}',
        '{"state": "queued", "changed": "x"}',
        '{"state": "done", "started": 1e400}',
        '{"state": "running", "pid": -1, "process_start": "1"}',
        '{"state": "running", "pid": "self"}',
        '{"state": "failed", "error": ["x"]}',
        '{"state": "cancelled", "attempt": "x"}',
    ],
)
def test_a_status_of_other_types_counts_as_damaged(job, text):
    job.status.write_text(text)
    assert read_status(job) is None
    [status] = list_jobs(Home(job.path.parents[1]))
    assert status.state == "interrupted"


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "report", "at": 1, "done": 1e400, "total": 3, "message": ""}',
        '{"kind": "report", "at": NaN, "done": 1, "total": 3, "message": ""}',
        '{"kind": "report", "at": 1, "done": 1, "total": "many", "message": ""}',
        '{"kind": "report", "at": 1, "done": 1, "total": 3, "message": "", "seconds_left": "x"}',
        DEEP,
    ],
)
def test_progress_that_was_tampered_with_is_left_out(job, line):
    job.progress.write_text(line + "\n")
    assert last_report(job) is None


@pytest.mark.parametrize("change", [{"kind": 3}, {"arguments": []}, {"created": 5}, {"job": "another"}])
def test_a_spec_of_other_types_counts_as_damaged(job, change):
    spec = {"job": JOB, "kind": "train", "arguments": {}, "actor": "ada", "created": "2026-01-01"}
    write_json_whole(job.spec, spec | change)
    [status] = list_jobs(Home(job.path.parents[1]))
    assert (status.job, status.kind, status.arguments) == (JOB, "train", {})
    assert "spec.json is missing or damaged" in status.error


def test_pipes_in_the_folder_of_a_job_are_never_waited_for(home, job):
    for path in (job.status, job.spec, job.progress, job.result):
        os.mkfifo(path)
    assert read_lines(job) == [] and last_report(job) is None
    assert [status.job for status in list_jobs(home)] == [JOB]


def test_what_looks_like_a_job_but_is_a_file_or_a_link_is_left_alone(home, tmp_path):
    home.jobs.mkdir()
    (home.jobs / JOB).write_text("a file")
    (tmp_path / "elsewhere").mkdir()
    (home.jobs / "20260101-000001-train-abcdef").symlink_to(tmp_path / "elsewhere")
    assert list_folders(home) == []
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_log_that_leads_out_of_the_home_is_not_written(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "worker.log").symlink_to(tmp_path / "mine.txt")
    with pytest.raises(OSError):
        open_appending(tmp_path / "worker.log")
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_lock_of_a_job_that_cannot_be_taken_names_the_folder(home, job):
    job.gate.mkdir()
    with pytest.raises(JobError, match="the locks of job"):
        list_jobs(home)
