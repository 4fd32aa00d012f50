"""Planning what to file without a person, and pictures from real life dropped in, as a visitor does it."""

import json
import re
import shutil

import pandas as pd
from playwright.sync_api import expect

from core.catalog.catalogs import find_catalog
from core.evaluation.picture_sets import find_set
from core.files import read_json, write_json_whole
from core.models.runs import MANIFEST, ROWS, list_runs, register_run

JOB_MS = 90_000


def test_a_plan_its_rule_file_and_the_pictures_on_the_fence(visit, demo_server):
    visitor = visit(demo_server)
    page = visitor.open("/evaluate?catalog=demo&show=Planner")
    # The demo has 69 validation pictures; 98 % takes 149.
    expect(page.get_by_text("proving it takes at least 149 validation")).to_be_visible()
    expect(page.get_by_role("button", name="Rule file")).to_be_disabled()
    precision = page.get_by_role("spinbutton", name="Precision wanted, %")
    precision.fill("80")
    precision.press("Enter")
    expect(page.get_by_text("at least 80.0 % of what is filed is right")).to_be_visible()
    assert "precision=80" in page.url
    with page.expect_download() as download:
        page.get_by_role("button", name="Rule file").click()
    rule = json.loads(download.value.path().read_text())
    assert (rule["format"], rule["version"], rule["precision"]) == ("shelflens filing rule", 1, 0.8)
    page.locator(".card").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert visitor.complaints == []


def _worse_copy(home):
    """A second run of the demo that says of three test pictures, right before, what another category's is."""
    first = list_runs(home)[0]
    run_id = f"{first.run_id[:-4]}beef"
    shutil.copytree(home.runs / first.run_id, home.runs / run_id)
    rows = pd.read_parquet(home.runs / run_id / ROWS)
    right = rows.index[(rows["split"] == "test") & (rows["label"] == rows["predicted"])][:3]
    rows.loc[right, "predicted"] = [
        next(each for each in first.classes if each != label) for label in rows.loc[right, "label"]
    ]
    rows.to_parquet(home.runs / run_id / ROWS, index=False)
    manifest = read_json(home.runs / run_id / MANIFEST) | {"run": run_id, "name": "Worse"}
    write_json_whole(home.runs / run_id / MANIFEST, manifest)
    register_run(home, manifest, actor="tests")
    return first.run_id, run_id


def test_two_runs_on_the_same_pictures_show_who_broke_what(serve, visit, demo_copy):
    better, worse = _worse_copy(demo_copy)
    visitor = visit(serve(demo_copy))
    page = visitor.open(f"/evaluate?run={better}&show=Against another run&against={worse}")
    expect(page.get_by_test_id("stMetric").filter(has_text="Fixed")).to_contain_text("3")
    expect(page.locator(".card")).to_have_count(3)
    page.locator(".st-key-outcome").get_by_text("Broken").click()
    expect(page.get_by_text("This run broke nothing.")).to_be_visible()
    expect(page).to_have_url(re.compile("outcome=Broken"))
    # Seen from the other run they are what it broke; a click opens the product.
    visitor.open(f"/evaluate?run={worse}&show=Against another run&against={better}&outcome=Broken")
    expect(page.locator(".card")).to_have_count(3)
    page.locator(".card").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_pictures_from_real_life_are_kept_and_scored(serve, visit, demo_copy, color_folder):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/evaluate?catalog=demo&show=Real-life test")
    page.get_by_role("textbox", name="Name of the set").fill("street")
    pictures = sorted(color_folder.rglob("*.png"))[:2]
    page.locator("input[type=file]").set_input_files([str(each) for each in pictures])
    visitor.settle()
    page.get_by_role("button", name="Keep these pictures").click()
    expect(page.locator(".card")).to_have_count(2, timeout=JOB_MS)
    expect(page.get_by_text("2 pictures not judged")).to_be_visible()
    kept = find_set(demo_copy, find_catalog(demo_copy, "demo"), "street")
    assert sorted(each.name for each in kept.pictures) == sorted(each.name for each in pictures)
    assert visitor.complaints == []
