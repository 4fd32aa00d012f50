import os

import pytest

from core.jobs.folder import find_folder
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, write_status
from core.ui import job_list
from core.ui.caches import clear_caches
from core.ui.job_list import active_jobs, all_jobs


@pytest.fixture(autouse=True)
def _this_home(home, monkeypatch):
    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    clear_caches()


def test_an_ended_job_is_read_once_and_again_when_it_changes(home, monkeypatch):
    folder = create_job(home, "demo", {"seed": 7}, actor="tests")
    write_status(folder, StoredStatus(state="failed", error="first"))
    read = []
    real = job_list.job_status
    monkeypatch.setattr(job_list, "job_status", lambda *names: read.append(names[1]) or real(*names))
    assert [job.error for job in all_jobs()] == ["first"]
    assert [job.error for job in all_jobs()] == ["first"]
    assert len(read) == 1
    write_status(folder, StoredStatus(state="failed", error="second"))
    os.utime(folder.status, ns=(1, 1))  # two writes may fall into one tick of the clock
    assert [job.error for job in all_jobs()] == ["second"]


def test_a_waiting_job_is_read_every_time(home):
    folder = create_job(home, "demo", {"seed": 7}, actor="tests")
    assert [job.job for job in active_jobs()] == [folder.job]
    write_status(find_folder(home, folder.job), StoredStatus(state="cancelled"))
    assert active_jobs() == []


def test_a_session_that_lets_go_what_all_share_takes_nothing_from_another(home, monkeypatch):
    class Cleared(dict):
        """Another session clears it right after this one has looked."""

        def __contains__(self, key):
            found = super().__contains__(key)
            self.clear()
            return found

    kept = Cleared()
    monkeypatch.setattr(job_list, "_ended_jobs", lambda _root: kept)
    folder = create_job(home, "demo", {"seed": 7}, actor="tests")
    write_status(folder, StoredStatus(state="failed", error="first"))
    for _look in range(2):
        assert [job.error for job in all_jobs()] == ["first"]
