"""Commands on trust: what they print, and that a rule file decides and is refused where it does not belong."""

import json
import shutil

import pytest

from core.home import open_home
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

LABELS = ("hat", "shoe", "sock")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two runs on 3 categories of 100; half of the pictures are validation, so that something can be promised."""
    home = open_home(tmp_path_factory.mktemp("planning") / "home")
    splits = (["train"] * 3 + ["validation"] * 5 + ["test"] * 2) * 30 + [None] * 4
    shop = planted_catalog(home, [name for name in LABELS for _ in range(100)] + [None] * 4, splits=splits)
    settings = [{"epochs": each, "batch_size": 16} for each in (1, 4)]
    return home, [
        train_run(home, shop, recipe="linear", settings=each, actor="t", progress=SilentProgress())["run"]
        for each in settings
    ]


@pytest.fixture
def home(trained, tmp_path):
    """A copy of the home with the runs."""
    shutil.copytree(trained[0].root, tmp_path / "home")
    return open_home(tmp_path / "home")


@pytest.fixture
def runs(trained):
    return trained[1]


def test_a_plan_is_printed_and_written(call, runs, tmp_path):
    file = tmp_path / "rule.json"
    answer = call("plan", runs[1], "--precision", "0.95", "--out", file, "--json").json
    assert answer["validation"]["pictures"] == 150 and answer["test"]["pictures"] == 60
    assert [each["name"] for each in answer["categories"]] == list(LABELS)
    assert {each["kind"] for each in answer["categories"]} == {"pooled"} and answer["file"] == str(file)
    assert answer["waiting"]["products"] == 4
    assert json.loads(file.read_text())["run"] == runs[1]
    said = call("plan", runs[1]).out
    assert "at least 98.0 % of what is filed is right" in said and "shared" in said


def test_what_cannot_be_promised_exits_with_2(call, runs):
    answer = call("plan", runs[1], "--precision", "98")
    assert answer.code == 2 and "precision is a share from 0.5 to 0.999, such as 0.98, not 98" in answer.err


def test_predict_refuses_a_rule_of_another_run(call, runs, tmp_path, color_folder):
    file, picture = tmp_path / "rule.json", next(color_folder.rglob("*.png"))
    call("plan", runs[0], "--precision", "0.9", "--out", file)
    answer = call("predict", runs[1], picture, "--rule", file)
    assert answer.code == 2 and f"is a rule of run '{runs[0]}', not of '{runs[1]}'" in answer.err
    answer = call("predict", runs[0], picture, "--rule", file, "--level", "1")
    assert answer.code == 2 and "leave out --product and --level" in answer.err


def test_predict_decides_by_a_rule(call, runs, tmp_path, color_folder, monkeypatch):
    import numpy as np

    from core.cli import predicting
    from core.evaluation import filing_plan_rule

    file, picture = tmp_path / "rule.json", next(color_folder.rglob("*.png"))
    assert call("plan", runs[1], "--precision", "0.9", "--out", file).code == 0
    monkeypatch.setattr(predicting, "prepare_backbone", lambda *_: None)
    monkeypatch.setattr(filing_plan_rule, "check_backbone", lambda *_: None)
    monkeypatch.setattr(filing_plan_rule, "encode_pictures", lambda *_, **__: np.zeros((1, 1280), np.float32))
    for chances, decision in (([1.0, 0.0, 0.0], "accepted"), ([0.4, 0.35, 0.25], "needs a person")):
        given = np.array([chances], np.float32)
        monkeypatch.setattr(filing_plan_rule, "predict_features", lambda *_, given=given: given)
        [found] = call("predict", runs[1], picture, "--rule", file, "--top", "1", "--json").json["predictions"]
        assert (found["decision"], [each["name"] for each in found["classes"]]) == (decision, ["hat"])
        assert 0 < found["threshold"] <= 1
    assert "needs a person" in call("predict", runs[1], picture, "--rule", file).out


def test_predict_files_the_products_of_a_catalog_and_undo_takes_it_back(call, home, runs, tmp_path):
    from core.catalog.catalogs import find_catalog
    from core.catalog.products import product_table

    rule, table = tmp_path / "rule.json", tmp_path / "=table.csv"
    call("plan", runs[1], "--precision", "0.9", "--out", rule)
    found = json.loads(rule.read_text())
    for each in found["categories"]:  # everything predicted as a hat is accepted, nothing else is
        each["threshold"] = 0.0 if each["name"] == "hat" else None
    rule.write_text(json.dumps(found))
    answer = call("predict", runs[1], "--catalog", "shop", "--rule", rule, "--out", table, "--file", "--json").json
    lines = [line.split(",") for line in table.read_text().splitlines()]
    assert lines[0] == ["product_id", "pictures", "current", "category", "probability", "threshold", "accepted"]
    assert [line[0] for line in lines[1:]] == ["p0300", "p0301", "p0302", "p0303"]  # the four that wait
    hats = [line[0] for line in lines[1:] if line[3] == "hat"]
    assert all((line[6] == "yes") == (line[0] in hats) for line in lines[1:])
    assert (answer["products"], answer["predicted"], answer["without_picture"]) == (4, 4, 0)
    assert answer["accepted"] == answer["filed"] == len(hats)

    def waiting():
        products = product_table(home, find_catalog(home, "shop"))
        return products.loc[products["category"].isna(), "product_id"].tolist()

    assert waiting() == [each for each in ("p0300", "p0301", "p0302", "p0303") if each not in hats]
    again = call("predict", runs[1], "--catalog", "shop", "--rule", rule, "--file", "--json").json
    assert (again["filed"], again["event"]) == (0, None)
    if hats:
        assert call("undo", answer["event"]).code == 0
    assert len(waiting()) == 4


def test_predict_writes_every_product_of_a_catalog(call, home, runs, tmp_path):
    import pandas as pd

    table = tmp_path / "all.parquet"
    said = call("predict", runs[1], "--catalog", "shop", "--everything", "--out", table).out
    assert "304" in said and "accepted" not in said
    found = pd.read_parquet(table)
    assert len(found) == 304 and list(found) == ["product_id", "pictures", "current", "category", "probability"]
    assert (found["current"] == found["category"])[:300].mean() > 0.9  # these it has learned or come close to


def test_predict_refuses_what_does_not_go_with_a_catalog(call, home, runs, tmp_path, color_folder):
    rule, picture = tmp_path / "rule.json", next(color_folder.rglob("*.png"))
    call("plan", runs[0], "--precision", "0.9", "--out", rule)
    for given, message in (
        (("--catalog", "shop"), "needs --out FILE"),
        (("--catalog", "shop", "--file"), "--file takes a rule"),
        ((picture, "--catalog", "shop", "--out", "x.csv"), "goes with --rule"),
        (("--catalog", "shop", "--out", "x.xls"), "written as .csv, .parquet or .json"),
        (("--catalog", "shop", "--rule", rule, "--file"), f"is a rule of run '{runs[0]}'"),
        ((picture, "--detach"), "belong to --catalog"),
    ):
        answer = call("predict", runs[1], *given)
        assert answer.code == 2 and message in answer.err, (given, answer.err)


def test_what_somebody_filed_meanwhile_stays(home, runs):
    import numpy as np

    from core.catalog.catalogs import find_catalog
    from core.catalog.product_edits import edit_products
    from core.catalog.products import get_product
    from core.evaluation.catalog_decisions import Cuts, decide_products, file_products
    from core.models.runs import open_run
    from core.progress import SilentProgress

    catalog, run = find_catalog(home, "shop"), open_run(home, runs[1])
    decided = decide_products(home, run, catalog, cuts=Cuts(np.zeros(3)), progress=SilentProgress())
    assert decided["accepted"].tolist() == [True] * 4
    edit_products(home, catalog, ["p0301"], {"category": "Garden"}, actor="Grace")
    filed = file_products(home, catalog, decided, run_id=runs[1], actor="Ada")
    assert (filed.products, filed.overtaken) == (3, 1)
    assert get_product(home, catalog, "p0301").category == "Garden"


def test_predict_scales_by_the_temperature(call, runs, color_folder, monkeypatch):
    import numpy as np

    from core.cli import predicting
    from core.evaluation import calibration_applied

    picture = next(color_folder.rglob("*.png"))
    monkeypatch.setattr(predicting, "prepare_backbone", lambda *_: None)
    monkeypatch.setattr(calibration_applied, "check_backbone", lambda *_: None)
    monkeypatch.setattr(calibration_applied, "encode_pictures", lambda *_, **__: np.zeros((1, 1280), np.float32))
    monkeypatch.setattr(calibration_applied, "kept_or_found_temperature", lambda *_: 2.0)
    given = np.array([[0.64, 0.32, 0.04]], np.float32)
    monkeypatch.setattr(calibration_applied, "predict_features", lambda *_: given)
    [found] = call("predict", runs[1], picture, "--calibrated", "--json").json["predictions"]
    # Roots 0.8, 0.566 and 0.2, made to sum to 1.
    assert [each["name"] for each in found["classes"]] == list(LABELS)
    assert found["classes"][0]["probability"] == pytest.approx(0.8 / (0.8 + 0.32**0.5 + 0.2), abs=1e-6)
    answer = call("predict", runs[1], picture, "--calibrated", "--level", "1")
    assert answer.code == 2 and "leave out --product, --level and --rule" in answer.err


def test_calibration_and_curves(call, runs):
    answer = call("calibrate", runs[1], "--json").json
    assert answer["test"]["pictures"] == 60 and 0.02 <= answer["temperature"] <= 50
    assert "found on validation" in call("calibrate", runs[1]).out
    answer = call("curves", runs[1], "--json").json
    assert [each["pictures"] for each in answer["classes"]] == [20, 20, 20]
    assert 0.5 < answer["macro_roc_area"] <= 1
    assert "AVERAGE PRECISION" in call("curves", runs[1], "--split", "validation").out


def test_slices_and_pairs(call, runs):
    answer = call("slices", runs[1], "--json").json
    assert (answer["pictures"], answer["correction"], answer["slices"]) == (60, "Benjamini-Hochberg", [])
    assert "no judged product has a brand" in answer["notes"]
    assert "no slice is large enough" in call("slices", runs[1]).out
    answer = call("compare-pictures", *runs, "--json").json
    assert answer["pictures"] == 60
    assert answer["accuracy_second"] - answer["accuracy_first"] == pytest.approx(answer["difference"])
    assert "McNemar's p" in call("compare-pictures", *runs).out
    assert call("compare-pictures", runs[0], runs[0]).code == 2


def test_picture_sets_come_and_go(call, runs, color_folder):
    pictures = sorted(color_folder.rglob("*.png"))[:2]
    added = call("picture-set", "add", "shop", "window", *pictures, "--label", "hat", "--json").json
    assert added["skipped"] == [] and added["sets"][0]["labeled"] == 2
    labeled = call("picture-set", "label", "shop", "window", "--as", f"{pictures[0].name}=shoe", "--json").json
    assert [each["label"] for each in labeled["sets"][0]["contents"]] == ["shoe", "hat"]
    answer = call("picture-set", "label", "shop", "window", "--as", "nothing.png=shoe")
    assert answer.code == 2 and "no such picture ('nothing.png')" in answer.err
    assert "window" in call("picture-set", "list", "shop").out
    assert call("picture-set", "score", "shop").code == 2  # which one?
    assert call("picture-set", "delete", "shop", "window", "--json").json["sets"] == []
    assert call("picture-set", "list", "shop", "window", pictures[0]).code == 2
