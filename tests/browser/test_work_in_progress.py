"""Long work watched in the browser: import a folder, train and watch, refresh in the middle, lose the server."""

import re
import signal

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from core.jobs.status import list_jobs
from core.models.runs import list_runs, open_run

JOB_MS = 120_000


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two categories of 15 plain pictures, a text file and a broken picture."""
    root = tmp_path_factory.mktemp("pictures") / "my shop"
    chance = np.random.default_rng(3)
    for name, color in (("Red & <b>hot</b>", (40, 40, 200)), ("blue", (200, 80, 30))):
        (root / name).mkdir(parents=True)
        for number in range(15):
            picture = np.full((96, 96, 3), color, np.uint8)
            cv2.circle(picture, (48, 48), 12 + number, chance.integers(0, 255, 3).tolist(), -1)
            cv2.imwrite(str(root / name / f"{name[0]} {number:02}.png"), picture)
    (root / "blue" / "notes.txt").write_text("no picture")
    (root / "blue" / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 torn")
    return root


def test_import_a_folder(serve, visit, home, folder):
    visitor = visit(serve(home))
    page = visitor.open("/")
    page.get_by_role("button", name="Import a folder").first.click()
    page.get_by_role("textbox", name="Folder").fill(str(folder))
    page.get_by_role("textbox", name="Folder").press("Enter")
    expect(page.get_by_text("Pictures found")).to_be_visible()
    # 30 good pictures and the torn one, which only decoding finds out; the text file is left out at once.
    expect(page.get_by_test_id("stMetric").filter(has_text="Pictures found")).to_contain_text("31")
    expect(page.get_by_role("textbox", name="Name of the catalog")).to_have_value("my-shop")
    page.get_by_role("button", name="Import", exact=True).first.click()
    expect(page.get_by_text("2 entries skipped")).to_be_visible(timeout=JOB_MS)
    page.get_by_role("button", name="Browse the products").first.click()
    expect(page.locator(".card")).to_have_count(30)
    assert page.locator("b:has-text('hot')").count() == 0  # the folder's name is no markup


def test_train_watch_pause_resume_and_evaluate(serve, visit, demo_copy):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/train?recipe=head")
    page.get_by_text("Settings of dense head").click()
    for label in ("Epochs", "Patience (epochs)"):  # long enough to be paused in the middle
        page.get_by_role("spinbutton", name=label, exact=True).fill("60")
        page.get_by_role("spinbutton", name=label, exact=True).press("Enter")
        visitor.settle()
    page.get_by_role("button", name="Start training").first.click()
    expect(page).to_have_url(re.compile(r"job="))
    expect(page.get_by_text(re.compile("^Training on"))).to_be_visible()
    page.get_by_role("button", name="Pause").first.click()
    resume = page.get_by_role("button", name="Resume").first
    expect(resume).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_text("Resume goes on from there").first).to_be_visible()
    resume.click()
    expect(resume).to_be_hidden()
    page.reload()  # in the middle of it: the job is found again by the address
    expect(page.get_by_text(re.compile("^Training on"))).to_be_visible()
    evaluate = page.get_by_role("button", name="Evaluate this run").first
    expect(evaluate).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_test_id("stMetric").filter(has_text="Test accuracy")).to_contain_text("%")
    expect(page.locator('[class*="st-key-live_loss"] .js-plotly-plot')).to_be_visible()
    [run] = [run for run in list_runs(demo_copy) if run.recipe == "head"]
    epochs = [row["epoch"] for row in open_run(demo_copy, run.run_id).history]
    assert epochs == list(range(1, len(epochs) + 1))  # none twice, none missing
    evaluate.click()
    expect(page.get_by_role("heading", name="Evaluate")).to_be_visible()
    expect(page.get_by_text("Most confused")).to_be_visible()


def test_a_server_that_dies_takes_no_job_with_it(serve, visit, demo_copy):
    server = serve(demo_copy)
    visitor = visit(server)
    page = visitor.open("/train")
    page.get_by_role("button", name="Start training").first.click()
    expect(page.get_by_text(re.compile("^Training on"))).to_be_visible()
    address = page.url.removeprefix(server.address)
    page.goto("about:blank")  # a page left open would complain about the lost connection
    server.stop(signal.SIGKILL)
    # The fixture stops the second server after its tab is closed: an open tab would complain about that one too.
    other = visit(serve(demo_copy)).open(address)
    expect(other.get_by_role("button", name="Evaluate this run").first).to_be_visible(timeout=JOB_MS)
    assert next(job.state for job in list_jobs(demo_copy) if job.kind == "train") == "done"
