"""The line goes on after sudden deaths of workers, servers, and of whoever changes it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.jobs import job_status, list_jobs, pause_job, read_progress, resume_job, start_next, submit
from core.jobs.folder import find_folder
from core.jobs.line import line_file
from core.jobs.stored_status import read_status
from tests.jobs.waiting import wait_for_message, wait_for_state, wait_until

ROOT = Path(__file__).parents[2]

_SUBMIT_TWO = """
import sys, time
from core.home import open_home
from core.jobs import submit
for name in ("a", "b"):
    print(submit(open_home(sys.argv[1]), "learn", {"until": sys.argv[2] + "/" + name}, actor="ann"), flush=True)
time.sleep(60)
"""


@pytest.fixture
def allow(tmp_path):
    def allowed(name, *epochs):
        (tmp_path / name).mkdir(exist_ok=True)
        for epoch in epochs:
            (tmp_path / name / str(epoch)).touch()

    return allowed


def learning_job(home, tmp_path, name, **arguments):
    return submit(home, "learn", {"until": str(tmp_path / name), **arguments}, actor="ann")


def kill_worker(home, job):
    os.kill(read_status(find_folder(home, job)).pid, signal.SIGKILL)


def test_when_a_worker_is_killed_the_process_that_started_it_starts_the_next(home, tmp_path, allow):
    allow("b", 1, 2, 3)
    first, second = (learning_job(home, tmp_path, name) for name in "ab")
    wait_for_message(home, first, "epoch 1")
    kill_worker(home, first)
    assert wait_for_state(home, second, "done").result == {"epochs": ["1", "2", "3"]}
    assert job_status(home, first).state == "interrupted"


def test_the_line_goes_on_without_the_server_that_filled_it(home, tmp_path, allow):
    allow("b", 1, 2, 3)
    server = subprocess.Popen(
        [sys.executable, "-c", _SUBMIT_TWO, str(home.root), str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    first, second = (server.stdout.readline().strip() for _ in range(2))
    wait_for_message(home, first, "epoch 1")
    server.kill()
    server.wait()
    assert job_status(home, second).state == "waiting"
    allow("a", 1, 2, 3)
    for job in (first, second):
        wait_for_state(home, job, "done")


def test_when_server_and_worker_are_killed_the_next_look_goes_on(home, tmp_path, allow):
    allow("b", 1, 2, 3)
    server = subprocess.Popen(
        [sys.executable, "-c", _SUBMIT_TWO, str(home.root), str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    first, second = (server.stdout.readline().strip() for _ in range(2))
    wait_for_message(home, first, "epoch 1")
    server.kill()
    server.wait()
    kill_worker(home, first)
    wait_for_state(home, first, "interrupted")
    assert job_status(home, second).state == "waiting"  # nobody was left to start it
    assert start_next(home) == [second]
    wait_for_state(home, second, "done")


def test_killed_while_pausing_it_is_interrupted_and_goes_on_without_an_epoch_twice(home, tmp_path, allow):
    allow("a", 1)
    job = learning_job(home, tmp_path, "a")
    wait_for_message(home, job, "epoch 2")
    pause_job(home, job)
    kill_worker(home, job)
    wait_for_state(home, job, "interrupted")
    allow("a", 2, 3)
    resume_job(home, job)  # the wish to pause ended with the worker
    assert wait_for_state(home, job, "done").result == {"epochs": ["1", "2", "3"]}
    epochs = [line["values"]["epoch"] for line in read_progress(home, job) if line["kind"] == "epoch"]
    assert epochs == [1, 2, 3]


def test_two_processes_that_start_the_next_at_once_start_it_once(home, tmp_path, allow):
    first, second = (learning_job(home, tmp_path, name) for name in "ab")
    wait_for_message(home, first, "epoch 1")
    command = [sys.executable, "-c", "import sys; from core.home import open_home; from core.jobs import start_next; "
               "sys.stdin.read(1); start_next(open_home(sys.argv[1]))", str(home.root)]  # fmt: skip
    starters = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) for _ in range(3)]
    pause_job(home, first)
    for starter in starters:
        starter.stdin.write(b"x")
        starter.stdin.close()
    for starter in starters:
        assert starter.wait(60) == 0
    wait_for_state(home, first, "paused")
    wait_for_message(home, second, "epoch 1")
    allow("b", 1, 2, 3)
    wait_for_state(home, second, "done")
    assert read_status(find_folder(home, second)).attempt == 1
    log = find_folder(home, second).log.read_text()
    assert log.count("attempt 1, process") == 1  # one worker, once


def test_a_line_that_was_being_written_when_its_writer_died_is_whole(home, tmp_path, allow):
    jobs = [learning_job(home, tmp_path, name) for name in "abc"]
    # As a kill between making a job and giving it a place leaves it: the job waits, the line does not name it.
    line_file(home).write_text(json.dumps({"order": [jobs[2]], "at_once": 1}))
    assert [job.job for job in sorted(list_jobs(home), key=lambda job: job.place or 0) if job.place] == [
        jobs[2],
        jobs[1],
    ]
    for name in "abc":
        allow(name, 1, 2, 3)
    wait_until(lambda: all(job.state == "done" for job in list_jobs(home)), "all to be done")
