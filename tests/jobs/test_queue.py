"""Trainings stand in line: one after another, in an order that can be changed, pausing between two epochs."""

import pytest

from core.errors import JobError
from core.jobs import (
    cancel_job,
    job_status,
    list_jobs,
    move_job,
    pause_job,
    read_progress,
    resume_job,
    set_at_once,
    start_next,
    submit,
)
from core.jobs.folder import find_folder
from core.jobs.line import line_file, read_line
from core.jobs.stored_status import read_status
from tests.jobs.waiting import wait_for_message, wait_for_state


@pytest.fixture
def lesson(home, tmp_path):
    """Submit learning jobs: ``lesson("a", epochs_allowed)``; allow("a", 2) lets epoch 2 of that one end."""

    class Lesson:
        def submit(self, name, *, allowed=0, epochs=3):
            (tmp_path / name).mkdir()
            self.allow(name, *range(1, allowed + 1))
            return submit(home, "learn", {"until": str(tmp_path / name), "epochs": epochs}, actor="ann")

        def allow(self, name, *epochs):
            for epoch in epochs:
                (tmp_path / name / str(epoch)).touch()

    return Lesson()


def test_the_second_waits_and_starts_when_the_first_ends(home, lesson):
    first = lesson.submit("a")
    second = lesson.submit("b", allowed=3)
    third = lesson.submit("c", allowed=3)
    wait_for_message(home, first, "epoch 1")
    assert {job.job: (job.state, job.place) for job in list_jobs(home) if job.place} == {
        second: ("waiting", 1),
        third: ("waiting", 2),
    }
    assert start_next(home) == []  # there is no room
    lesson.allow("a", 1, 2, 3)
    for job in (first, second, third):
        assert wait_for_state(home, job, "done").result == {"epochs": ["1", "2", "3"]}
    begun = [read_status(find_folder(home, job)).started for job in (first, second, third)]
    ended = [read_status(find_folder(home, job)).finished for job in (first, second, third)]
    assert ended[0] <= begun[1] and ended[1] <= begun[2]  # never two at once


def test_the_order_can_be_changed_and_a_job_can_leave(home, lesson):
    running = lesson.submit("a")
    waiting = [lesson.submit(name, allowed=3) for name in "bcd"]
    assert move_job(home, waiting[2], 1) == [waiting[2], waiting[0], waiting[1]]
    assert move_job(home, waiting[2], 99) == waiting
    cancel_job(home, waiting[0])
    assert job_status(home, waiting[0]).state == "cancelled"
    pause_job(home, waiting[1])
    assert job_status(home, waiting[1]).state == "paused"
    assert job_status(home, waiting[2]).place == 1
    with pytest.raises(JobError, match=f"'{running}' does not wait in line; those that do: {waiting[2]}"):
        move_job(home, running, 1)
    lesson.allow("a", 1, 2, 3)
    wait_for_state(home, waiting[2], "done")
    assert job_status(home, waiting[0]).state == "cancelled"


def test_more_may_run_at_once(home, lesson):
    jobs = [lesson.submit(name) for name in "ab"]
    assert job_status(home, jobs[1]).state == "waiting"
    set_at_once(home, 2)
    for job in jobs:
        wait_for_message(home, job, "epoch 1")
    assert read_line(home).at_once == 2
    with pytest.raises(JobError, match="99 jobs at once: expected 1 to 16"):
        set_at_once(home, 99)
    for name in "ab":
        lesson.allow(name, 1, 2, 3)
    for job in jobs:
        wait_for_state(home, job, "done")


def test_other_kinds_do_not_wait(home, lesson):
    lesson.submit("a")
    other = submit(home, "count", {}, actor="ann")
    assert wait_for_state(home, other, "done").place is None


def test_pausing_finishes_the_epoch_and_resuming_goes_on(home, lesson):
    job = lesson.submit("a", allowed=1)
    wait_for_message(home, job, "epoch 2")  # so there was an epoch
    pause_job(home, job)
    assert job_status(home, job).pausing
    assert job_status(home, job).state == "running"  # it is within an epoch
    lesson.allow("a", 2)
    status = wait_for_state(home, job, "paused")
    assert (status.error, status.pausing) == (None, False)
    with pytest.raises(JobError, match="is paused; only a job that runs or waits can be paused"):
        pause_job(home, job)
    lesson.allow("a", 3)
    resume_job(home, job)
    assert wait_for_state(home, job, "done").result == {"epochs": ["1", "2", "3"]}
    epochs = [line["values"]["epoch"] for line in read_progress(home, job) if line["kind"] == "epoch"]
    assert epochs == [1, 2, 3]  # none twice


def test_before_the_first_epoch_pausing_stops_at_once(home, lesson):
    job = lesson.submit("a")
    wait_for_message(home, job, "epoch 1")
    pause_job(home, job)
    wait_for_state(home, job, "paused")


def test_cancelling_a_pausing_job_cancels_it_and_so_does_cancelling_a_paused_one(home, lesson):
    job = lesson.submit("a", allowed=1)
    wait_for_message(home, job, "epoch 2")
    pause_job(home, job)
    cancel_job(home, job)
    wait_for_state(home, job, "cancelled")
    other = lesson.submit("b")
    wait_for_message(home, other, "epoch 1")
    pause_job(home, other)
    wait_for_state(home, other, "paused")
    cancel_job(home, other)
    assert job_status(home, other).state == "cancelled"


def test_a_resumed_job_is_the_next_in_line(home, lesson):
    paused = lesson.submit("a")
    wait_for_message(home, paused, "epoch 1")
    pause_job(home, paused)
    wait_for_state(home, paused, "paused")
    running, waiting = lesson.submit("b"), lesson.submit("c")
    resume_job(home, paused)
    assert [job_status(home, job).place for job in (paused, waiting)] == [1, 2]
    for job in (waiting, paused, running):
        cancel_job(home, job)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"order": [1], "at_once": 1}', '{"order": ["../x"], "at_once": true}', '{"order": {}}', "nul"]
)
def test_a_damaged_line_loses_only_the_order(home, lesson, text):
    running, waiting = lesson.submit("a"), lesson.submit("b", allowed=3)
    line_file(home).write_text(text)
    assert read_line(home).at_once == 1
    assert job_status(home, waiting).place == 1
    lesson.allow("a", 1, 2, 3)
    for job in (running, waiting):
        wait_for_state(home, job, "done")
