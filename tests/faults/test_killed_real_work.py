"""A real import and a real training are killed halfway and resumed: nothing is lost, nothing is done twice."""

import os
import signal

import numpy as np
import pytest
from PIL import Image

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.catalog.products import read_products
from core.jobs import resume_job, submit
from core.jobs.folder import find_folder
from core.jobs.stored_status import read_status
from core.models.runs import list_runs, open_run
from tests.jobs.waiting import wait_for_message, wait_for_state


@pytest.fixture(autouse=True)
def real_kinds(monkeypatch):
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", "tests.faults.real_kinds:KINDS")


def kill_and_resume(home, job, go_on):
    wait_for_message(home, job, "waiting")
    os.kill(read_status(find_folder(home, job)).pid, signal.SIGKILL)
    wait_for_state(home, job, "interrupted")
    go_on.touch()
    resume_job(home, job)
    return wait_for_state(home, job, "done", "failed")


def test_an_import_killed_between_two_batches(home, tmp_path):
    folder, go_on = tmp_path / "pictures", tmp_path / "go on"
    (folder / "grey").mkdir(parents=True)
    for number in range(250):  # a batch is 200 products
        Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(folder / "grey" / f"{number:03}.png")
    job = submit(home, "paused-import", {"source": str(folder), "catalog": "greys", "go_on": str(go_on)}, actor="ann")
    status = kill_and_resume(home, job, go_on)
    assert status.error is None
    assert (status.result["products"], status.result["pictures"], status.result["skipped"]) == (250, 250, [])
    catalog = find_catalog(home, "greys")
    assert [each.product_id for each in read_products(home, catalog)] == [f"grey/{n:03}.png" for n in range(250)]
    again = import_source(home, FolderSource(folder), catalog_name="greys", actor="ann")
    assert (again.new, again.changed) == (0, 0)


def test_a_training_killed_at_its_second_epoch(home, tmp_path, color_folder):
    go_on = tmp_path / "go on"
    import_source(home, FolderSource(color_folder), catalog_name="colors", actor="ann")
    job = submit(home, "paused-training", {"catalog": "colors", "go_on": str(go_on)}, actor="ann")
    status = kill_and_resume(home, job, go_on)
    assert status.error is None
    [run] = list_runs(home)  # one run, whole
    assert run.run_id == status.result["run"] and run.state == "done"
    epochs = [each["epoch"] for each in open_run(home, run.run_id).history]
    assert epochs == sorted(set(epochs)) and epochs[0] in (0, 1)  # each once, from the first
    assert [path.name for path in home.runs.iterdir()] == [run.run_id]  # no half-written folder beside it


def test_a_half_written_run_folder_is_no_run(home):
    (home.runs / ".linear-20261121-000000-aaaa.0123.tmp").mkdir(parents=True)
    (home.runs / "linear-20261121-000000-bbbb").mkdir()
    (home.runs / "linear-20261121-000000-bbbb" / "manifest.json").write_text('{"run": ')
    assert list_runs(home) == []
