"""The page Health: all well, something wrong, and jobs that did not finish."""

import json

from core.jobs.folder import JobFolder
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, write_status
from core.monitoring.journal import note_fault, start_journal
from core.monitoring.measures import listen
from tests.pages.conftest import broken, words


def test_all_is_well_on_a_new_home(home, open_page):
    app = open_page(home, "health")
    assert broken(app) == []
    assert [each.value for each in app.success] == ["Everything needed works."]
    assert {each.label for each in app.metric} >= {"Free disk", "Memory", "Cores", "Jobs"}


def test_what_is_wrong_is_said_with_its_way_out(home, open_page, monkeypatch):
    monkeypatch.setattr("core.jobs.health.installed", lambda *_names: None)
    app = open_page(home, "health")
    assert broken(app) == [] and len(app.success) == 0
    assert "pip install tensorflow-cpu" in words(app)


def test_a_failed_job_is_listed_by_its_id(home, open_page):
    job = create_job(home, "train", {"catalog": "shop", "recipe": "linear"}, actor="ann").job
    write_status(JobFolder(home.jobs / job), StoredStatus("failed", error="there is no catalog 'shop' <b>"))
    app = open_page(home, "health")
    frame = next(table.value for table in app.dataframe if "Job id" in table.value)
    assert frame["Job id"].tolist() == [job]
    assert frame["What happened"].tolist() == ["there is no catalog 'shop' <b>"]


def test_the_last_errors_are_listed_by_the_ids_that_were_shown(home, open_page):
    start_journal(home.root)
    shown = [note_fault("page_fault", KeyError("a red dress"), page="recommend") for _ in range(12)]
    app = open_page(home, "health")
    frame = next(table.value for table in app.dataframe if "Error id" in table.value)
    assert frame["Error id"].tolist() == shown[:1:-1]  # the last ten, the newest first
    assert set(frame["Kind"]) == {"KeyError"} and set(frame["Where"]) == {"page"}
    assert "red dress" not in words(app) + str(frame)


def test_the_entry_tells_which_page_ran_and_how_long(home, open_page):
    heard = []
    end = listen(lambda measure, value, labels: heard.append((measure, value, labels)))
    try:
        open_page(home, "health")
    finally:
        end()
    # AppTest runs the entry for the first page alone; the real server runs it for each.
    [seconds] = [value for measure, value, labels in heard if (measure, labels) == ("page", {"page": "overview"})]
    assert 0 < seconds < 30


def test_the_report_names_no_product(home, open_page):
    from core.jobs.health import examine

    report = json.dumps(examine(lambda: home))
    assert "product" not in report and '"problems": []' in report
