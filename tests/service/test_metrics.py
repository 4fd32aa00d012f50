"""What Prometheus reads: scraped over HTTP from a running endpoint, and parsed by the library's own parser."""

import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.errors import SettingsError
from core.jobs.folder import JobFolder
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, write_status
from core.monitoring.journal import note_fault
from core.monitoring.measures import timed
from core.service.metrics import metrics_settings, serve_metrics


@pytest.fixture
def scrape(home):
    port, stop = serve_metrics(home, port=0, sessions=lambda: 3)

    def read():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        families = list(text_string_to_metric_families(text))
        return {
            (each.name, *(value for _, value in sorted(each.labels.items()))): each.value
            for family in families
            for each in family.samples
        }

    yield read
    stop()


def test_every_documented_figure_is_there(home, scrape):
    status = {"started": 100.0, "finished": 130.0, "changed": 130.0}
    for state in ("done", "done", "failed"):
        job = create_job(home, "map", {"catalog": "shop"}, actor="ann").job
        write_status(JobFolder(home.jobs / job), StoredStatus(state, **status))
    with timed("page", page="recommend"), timed("ranking"):
        note_fault("page_fault", ValueError("x"), told=True)
    found = scrape()
    assert found["shelflens_jobs", "done"] == 2 and found["shelflens_jobs", "failed"] == 1
    assert found["shelflens_jobs", "running"] == 0 and found["shelflens_jobs_in_line",] == 0
    assert found["shelflens_job_seconds_count", "map"] == 2 and found["shelflens_job_seconds_sum", "map"] == 60
    assert found["shelflens_disk_free_bytes",] > 0 and found["shelflens_sessions",] == 3
    # The home holds its database, of some hundred kilobytes, and three job folders.
    assert 10_000 < found["shelflens_home_bytes",] < 50_000_000
    assert found["shelflens_page_seconds_count", "recommend"] == 1
    assert found["shelflens_page_seconds_bucket", "+Inf", "recommend"] == 1
    assert found["shelflens_ranking_seconds_count",] == 1 and found["shelflens_ranking_seconds_sum",] < 10
    assert found["shelflens_errors_total", "page"] == 1
    assert found["process_resident_memory_bytes",] > 1_000_000
    assert any(name[0] == "shelflens_info" for name in found)


def test_it_names_nothing_of_the_shop(home, scrape):
    create_job(home, "map", {"catalog": "unreleased"}, actor="ann")
    assert not any("unreleased" in str(name) or "ann" in name for name in scrape())


def test_a_port_that_is_taken_is_said(home):
    port, stop = serve_metrics(home, port=0)
    try:
        with pytest.raises(SettingsError, match=f"127.0.0.1 port {port}.*choose another port"):
            serve_metrics(home, port=port)
    finally:
        stop()


def test_it_is_off_unless_a_port_is_named():
    assert metrics_settings({}) is None
    assert metrics_settings({"SHELFLENS_METRICS_PORT": "9464"}) == ("127.0.0.1", 9464)
    with pytest.raises(SettingsError, match="'http': expected a port"):
        metrics_settings({"SHELFLENS_METRICS_PORT": "http"})
