"""Limits of a job: one clear message, nothing lost."""

import time
from pathlib import Path

import pytest

from core.errors import JobError, SettingsError
from core.jobs import job_status, limits, list_jobs, resume_here, run_here, submit
from core.jobs.limits import Limits, held_mib, own_mib, read_limits, usable_memory_mib
from core.jobs.reports import StopRequest
from tests.jobs.waiting import SMALL_KINDS, wait_for_state


@pytest.fixture(autouse=True)
def small_kinds(monkeypatch):
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", SMALL_KINDS)


@pytest.fixture
def quick_looks(monkeypatch):
    monkeypatch.setattr(limits, "LOOK_SECONDS", 0.02)


def test_four_fifths_of_the_memory_and_any_time_unless_said_otherwise(monkeypatch):
    monkeypatch.delenv(limits.MEMORY, raising=False)
    monkeypatch.delenv(limits.HOURS, raising=False)
    assert read_limits() == Limits(pytest.approx(0.8 * usable_memory_mib()), None)


@pytest.mark.parametrize(
    ("memory", "hours", "expected"),
    [
        ("6GiB", "2", Limits(6144, 7200)),
        ("500 MB", "0.5", Limits(500, 1800)),
        ("1.5g", "", Limits(1536, None)),
    ],
)
def test_limits_are_read_from_the_environment(monkeypatch, memory, hours, expected):
    monkeypatch.setenv(limits.MEMORY, memory)
    monkeypatch.setenv(limits.HOURS, hours)
    assert read_limits() == expected


@pytest.mark.parametrize("value", ["much", "-3GiB", "0%", "12"])
def test_an_unreadable_limit_fails_the_job_with_what_was_expected(home, monkeypatch, value):
    monkeypatch.setenv(limits.MEMORY, value)
    with pytest.raises(SettingsError, match=r"SHELFLENS_JOB_MEMORY is .*: expected a share such as 80%"):
        run_here(home, "count", {"steps": 1}, actor="ann")
    assert list_jobs(home)[0].state == "failed"


def test_a_job_beyond_its_memory_stops_at_its_next_report_and_goes_on_once_it_may(
    home, tmp_path, monkeypatch, quick_looks
):
    monkeypatch.setenv(limits.MEMORY, "1MiB")  # less than any Python process holds
    with pytest.raises(JobError, match=r"stopped: it needs [\d,]+ MiB of memory, and a job may use 1 MiB"):
        run_here(home, "count", {"steps": 4, "pause_at": 2, "until": str(tmp_path / "never")}, actor="ann")
    [status] = list_jobs(home)
    assert status.state == "failed" and f"resume {status.job}" in status.error
    monkeypatch.delenv(limits.MEMORY)
    Path(tmp_path / "never").touch()
    assert resume_here(home, status.job)["steps"] == ["0", "1", "2", "3"]  # each once


def test_a_job_beyond_its_time_stops_with_one_message(home, tmp_path, monkeypatch, quick_looks):
    monkeypatch.setenv(limits.HOURS, str(0.2 / 3600))
    with pytest.raises(JobError, match=r"stopped: it has taken 0\.00 h, and a job may take 0\.00 h"):
        run_here(home, "count", {"steps": 4, "pause_at": 2, "until": str(tmp_path / "never")}, actor="ann")


def test_a_worker_that_does_not_listen_is_ended_and_says_why(home, tmp_path, monkeypatch):
    monkeypatch.setenv(limits.MEMORY, "1MiB")  # far beyond: ended at the first look, deaf as it is
    job = submit(home, "count", {"steps": 4, "pause_at": 2, "until": str(tmp_path / "no"), "deaf": True}, actor="ann")
    status = wait_for_state(home, job, "failed", "interrupted")
    assert status.state == "failed" and "a job may use 1 MiB" in status.error
    monkeypatch.delenv(limits.MEMORY)
    (tmp_path / "no").touch()
    assert resume_here(home, job)["steps"] == ["0", "1", "2", "3"]
    assert job_status(home, job).state == "done"


def test_work_that_ends_in_time_is_not_disturbed_by_a_late_look(quick_looks):
    ended, stop = [], StopRequest()
    with limits.watched(Limits(memory_mib=1), job="a-job", stop=stop, end=ended.append):
        pass
    time.sleep(0.05)
    assert ended == []


def test_what_a_process_holds_grows_with_what_it_keeps():
    assert held_mib() >= own_mib()  # those it started are counted too
    before = own_mib()
    kept = bytearray(64 * 2**20)
    kept[::4096] = b"x" * len(kept[::4096])  # pages count once they are touched
    assert 48 < own_mib() - before < 96
