from core.jobs.status import JobStatus
from core.ui.live_job import _progress_words


def status(**values) -> JobStatus:
    return JobStatus(job="j", kind="embed", state="running", **values)


def test_progress_says_steps_and_time():
    job = status(done=1200, total=5000, message="embedding", seconds=12.0, seconds_left=38.0)
    assert _progress_words(job) == "Embedding · 1,200 of 5,000 · 12 s so far · about 38 s left"


def test_what_the_message_says_is_not_said_twice():
    job = status(
        done=121, total=3781, message="importing 121 of 3,781 products, about 73 s left", seconds=6.1, seconds_left=73
    )
    assert _progress_words(job) == "Importing 121 of 3,781 products, about 73 s left · 6.1 s so far"


def test_a_job_that_says_nothing_yet_is_starting():
    assert _progress_words(status()) == "Starting · 0.0 s so far"
