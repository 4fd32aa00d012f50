import json
from itertools import pairwise

import pytest

from core.errors import Cancelled
from core.jobs.folder import JobFolder
from core.jobs.reports import JobProgress, StopRequest, last_report, read_lines


@pytest.fixture
def folder(tmp_path):
    return JobFolder(tmp_path)


def test_many_reports_become_few_lines_and_the_last_one_is_kept(folder):
    with JobProgress(folder, stop=StopRequest()) as progress:
        for step in range(10_001):
            progress.report(step, 10_000, f"step {step}")
    lines = read_lines(folder)
    # a line may be written every 0.2 s, so that no two lines but the closing one are nearer
    times = [line["at"] for line in lines]
    assert all(after - before > 0.18 for before, after in pairwise(times[:-1]))
    assert (lines[-1]["done"], lines[-1]["message"]) == (10_000, "step 10000")
    assert last_report(folder).done == 10_000


def test_the_flag_file_and_the_signal_both_stop(folder):
    stop = StopRequest()
    with JobProgress(folder, stop=stop) as progress:
        progress.report(0, 1, "going")
        stop.asked = True
        with pytest.raises(Cancelled):
            progress.report(1, 1, "going on")
    folder.cancel_flag.touch()
    with JobProgress(folder, stop=StopRequest()) as progress, pytest.raises(Cancelled):
        progress.report(0, 1, "going")


def test_torn_lines_are_left_out_and_do_not_spoil_their_neighbours(folder):
    whole = json.dumps({"kind": "report", "at": 1.0, "done": 3, "total": 9, "message": "three"}) + "\n"
    folder.progress.write_text(whole + '{"kind": "report", "at": 2.0, "do')
    assert [line["done"] for line in read_lines(folder)] == [3]
    assert last_report(folder).message == "three"
    with JobProgress(folder, stop=StopRequest()) as progress:  # as a resumed worker does
        progress.record("epoch", {"epoch": 1})
    assert [line["kind"] for line in read_lines(folder)] == ["report", "epoch"]


def test_the_last_report_is_found_behind_many_records(folder):
    with JobProgress(folder, stop=StopRequest()) as progress:
        progress.report(1, 2, "half")
    with JobProgress(folder, stop=StopRequest()) as progress:
        for number in range(300):
            progress.record("epoch", {"epoch": number, "loss": float("inf")})
    assert last_report(folder).message == "half"
    assert read_lines(folder)[1]["values"] == {"epoch": 0, "loss": None}


def test_a_job_that_never_reported_has_no_report(folder):
    assert last_report(folder) is None
    assert read_lines(folder) == []
