"""Waiting for a state instead of for a time."""

import time

from core.jobs import job_log_tail, job_status

SMALL_KINDS = "tests.jobs.small_kinds:KINDS"
LIMIT_SECONDS = 80.0


def wait_until(condition, what):
    """Return the first true answer of a condition; fail after a limit that only a hang reaches."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"still waiting: {what}"
        time.sleep(0.01)
    return answer


def wait_for_state(home, job, *states):
    """Wait until a job is in one of the states and return its status."""
    wanted = f"{job} to be {' or '.join(states)}; its log: {job_log_tail(home, job)}"
    return wait_until(lambda: (status := job_status(home, job)).state in states and status, wanted)


def wait_for_message(home, job, message):
    """Wait until a job runs and its present worker has reported a message."""

    def told():
        status = job_status(home, job)
        return status.state == "running" and status.message == message and status

    return wait_until(told, f"{job}: {message}")
