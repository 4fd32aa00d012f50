"""Users take turns, nobody may fill the line, and as many jobs run as may."""

import pytest

from core.errors import JobError, SettingsError
from core.jobs import cancel_job, job_status, list_jobs, resume_job, submit
from core.jobs.line import waiting_folders
from core.jobs.queue import put_in_line
from core.jobs.quota import asker, fair_place


@pytest.mark.parametrize(
    ("waiting", "running", "place"),
    [
        ("", "", 0),
        ("aaa", "", 1),  # b's first comes after a's first
        ("aaa", "a", 0),  # a's first runs already
        ("aba", "a", 2),  # b has one in line: its second comes after a's second, which is the first that waits
        ("abab", "", 4),
        ("cab", "b", 3),  # one of b runs, one waits: this is its third
    ],
)
def test_users_take_turns(waiting, running, place):
    assert fair_place("b", list(waiting), list(running)) == place


def test_one_user_alone_is_served_in_order():
    assert fair_place("a", list("aaaa"), ["a"]) == 4


def test_whoever_asks_last_is_not_last_behind_somebody_who_asked_for_much(home, tmp_path):
    for who in ("ann", "ann", "ann", "bob", "ann", "bob"):
        put_in_line(home, "learn", {"until": str(tmp_path)}, actor=who)
    assert [asker(each) for each in waiting_folders(home)] == ["ann", "bob", "ann", "bob", "ann", "ann"]


def test_one_user_cannot_fill_the_line(home, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELFLENS_MOST_WAITING", "2")
    for _ in range(2):
        put_in_line(home, "learn", {"until": str(tmp_path)}, actor="ann")
    with pytest.raises(JobError, match="2 jobs of ann wait in line already, and 2 is the most for one user"):
        put_in_line(home, "learn", {"until": str(tmp_path)}, actor="ann")
    put_in_line(home, "learn", {"until": str(tmp_path)}, actor="bob")
    assert len(list_jobs(home)) == 3  # what was refused left nothing


def test_as_many_run_as_may(home, tmp_path, monkeypatch):
    from core.jobs.spec import create_job

    monkeypatch.setenv("SHELFLENS_MOST_RUNNING", "1")
    first = create_job(home, "count", {}, actor="ann").job  # its worker is being started
    assert job_status(home, first).state == "queued"
    with pytest.raises(JobError, match="1 jobs run now, and 1 is the most at a time"):
        submit(home, "count", {}, actor="bob")
    assert [each.job for each in list_jobs(home)] == [first]


def test_cancelling_and_resuming_gives_no_better_place_and_no_more_of_them(home, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELFLENS_MOST_WAITING", "2")
    monkeypatch.setattr("core.jobs.supervise.start_next", lambda _home: [])
    mine = put_in_line(home, "learn", {"until": str(tmp_path)}, actor="ann")
    cancel_job(home, mine.job)
    other = put_in_line(home, "learn", {"until": str(tmp_path)}, actor="bob")
    resume_job(home, mine.job)
    assert [each.job for each in waiting_folders(home)] == [other.job, mine.job]  # both are somebody's first
    cancel_job(home, mine.job)
    for _ in range(2):
        put_in_line(home, "learn", {"until": str(tmp_path)}, actor="ann")
    with pytest.raises(JobError, match="2 jobs of ann wait in line already"):
        resume_job(home, mine.job)
    assert job_status(home, mine.job).state == "cancelled"


def test_as_many_run_as_may_after_resuming_too(home, monkeypatch):
    from core.jobs.spec import create_job

    monkeypatch.setenv("SHELFLENS_MOST_RUNNING", "1")
    stopped = create_job(home, "count", {}, actor="ann").job
    cancel_job(home, stopped)
    create_job(home, "count", {}, actor="bob")  # its worker is being started
    with pytest.raises(JobError, match="1 jobs run now, and 1 is the most at a time"):
        resume_job(home, stopped)
    assert job_status(home, stopped).state == "cancelled"


def test_a_limit_that_is_no_number_says_so(home, monkeypatch):
    monkeypatch.setenv("SHELFLENS_MOST_RUNNING", "many")
    with pytest.raises(SettingsError, match="SHELFLENS_MOST_RUNNING is 'many': expected a whole number above 0"):
        submit(home, "count", {}, actor="ann")
