import json

import pytest

from core.files import read_json
from core.models.predict import predict_pictures
from core.models.runs import MANIFEST


@pytest.fixture
def run(call, colors):
    """A run of the recipe `linear` on the catalog "colors"; gives what `train` printed."""
    return call("train", colors, "--recipe", "linear", "--seed", "1", "--name", "by color", "--json").json


def test_a_run_is_trained_listed_judged_and_used(call, run, color_folder):
    assert (run["recipe"], run["backbone"], run["classes"]) == ("linear", "efficientnet-lite0", 3)
    # 8:1:1 of 36 pictures; pictures of one color each are told apart by any head that learned at all
    assert run["metrics"]["test"]["accuracy"] == 1.0
    assert sum(run["metrics"][split]["pictures"] for split in ("train", "validation", "test")) == 36
    [listed] = call("runs", "--catalog", "colors", "--json").json["runs"]
    assert (listed["run"], listed["name"], listed["catalog"]) == (run["run"], "by color", "colors")
    assert (listed["state"], listed["metrics"]["test"]) == ("done", run["metrics"]["test"])
    judged = call("evaluate", run["run"], "--json").json
    assert (judged["run"], judged["catalog"], judged["accuracy"]) == (run["run"], "colors", 1.0)
    assert judged["pictures"] == run["metrics"]["test"]["pictures"] and judged["unmatched_classes"] == []
    pictures = [color_folder / "blue" / "blue-00.png", color_folder / "red" / "red-00.png"]
    predicted = call("predict", run["run"], *pictures, "--top", "2", "--json").json["predictions"]
    assert [each["picture"] for each in predicted] == [str(each) for each in pictures]
    assert [each["classes"][0]["name"] for each in predicted] == ["blue", "red"]
    assert [len(each["classes"]) for each in predicted] == [2, 2]
    assert "by color" in call("runs").out
    assert call("predict", run["run"], pictures[0], "--top", "1").out.splitlines()[1].endswith("100 %  blue")


def test_many_pictures_are_classified_a_few_at_a_time(call, run, color_folder, monkeypatch):
    batches = []

    def counted(home, run_id, pictures, *, top):
        batches.append(len(pictures))
        return predict_pictures(home, run_id, pictures, top=top)

    monkeypatch.setattr("core.models.predict.predict_pictures", counted)
    pictures = sorted(color_folder.rglob("*.png"))
    predicted = call("predict", run["run"], *pictures, "--top", "1", "--json").json["predictions"]
    assert batches == [32, 4]  # of 36: decoded pictures do not pile up
    assert [each["picture"] for each in predicted] == [str(each) for each in pictures]
    assert [each["classes"][0]["name"] for each in predicted] == [each.parent.name for each in pictures]


def test_judging_on_another_catalog_embeds_it_first(call, run, color_folder, tmp_path):
    from PIL import Image

    for name, color in {"red": (210, 50, 50), "blue": (50, 70, 210), "pink": (250, 150, 180)}.items():
        (tmp_path / "new" / name).mkdir(parents=True)
        Image.new("RGB", (64, 64), color).save(tmp_path / "new" / name / "one.png")
    call("import", tmp_path / "new", "--catalog", "new")
    judged = call("evaluate", run["run"], "--on", "new", "--json").json
    assert (judged["catalog"], judged["pictures"], judged["unmatched_classes"]) == ("new", 2, ["pink"])


def test_runs_are_renamed_deleted_and_brought_back(call, run):
    call("rename-run", run["run"], "first try")
    assert call("runs", "--json").json["runs"][0]["name"] == "first try"
    event = call("delete-run", run["run"], "--json").json["event"]
    assert call("runs", "--json").json == {"runs": []}
    assert call("evaluate", run["run"], "--json").code == 2
    call("undo", event)
    assert call("runs", "--json").json["runs"][0]["run"] == run["run"]


def test_mistakes_show_before_any_job_is_made(call, colors):
    for words, message in (
        (("--recipe", "magic"), "magic"),
        (("--recipe", "linear", "--set", "magic=1"), "magic"),
        (("--recipe", "linear", "--set", "a=1", "--set", "a=2"), "--set a was given twice: '1' and '2'; give it once"),
        (("--recipe", "linear", "--target", "smell"), "unknown target 'smell'"),
        (("--recipe", "linear", "--name", ""), "name"),
        (("--recipe", "linear", "--backbone", "paint"), "there is no backbone 'paint': choose one of"),
    ):
        answer = call("train", colors, *words, "--detach")
        assert answer.code == 2 and message in answer.err
    assert "there is no catalog 'nowhere'; there are colors" in call("embed", "nowhere", "--detach").err
    assert call("jobs", "--json").json == {"jobs": []}


def test_embedding_again_reuses_everything(call, colors):
    first, second = call("embed", colors, "--json").json, call("embed", colors, "--json").json
    assert (first["pictures"], first["dimensions"], first["reused"]) == (36, 1280, 0)
    assert (second["pictures"], second["reused"], second["version"]) == (36, 36, first["version"])
    assert "of them reused     36\n" in call("embed", colors).out


def balance_in(home, run):
    return read_json(home.runs / run / MANIFEST)["balance"]


def test_classes_are_balanced_as_asked_and_the_run_says_so(call, colors, home):
    words = ("train", colors, "--recipe", "linear", "--set", "epochs=3", "--json")
    assert balance_in(home, call(*words).json["run"]) is None
    raised = call(*words, "--balance", "oversample", "--balance-limit", "20", "--balance-set", "most_views=3").json
    found = balance_in(home, raised["run"])
    # 8:1:1 of 12 pictures a category leaves 9 or 10 in train; each becomes 20.
    assert {each["after"] for each in found["train"].values()} == {20}
    added = sum(20 - each["before"] for each in found["train"].values())
    assert (found["added_views"], found["left_out"], found["settings"]["most_views"]) == (added, 0, 3)
    # Views are no pictures of the catalog: figures are over its 36 alone.
    assert sum(raised["metrics"][split]["pictures"] for split in ("train", "validation", "test")) == 36
    capped = call(*words, "--balance", "cap", "--balance-limit", "5").json
    assert capped["metrics"]["train"]["pictures"] == 15
    assert capped["metrics"]["test"]["pictures"] == raised["metrics"]["test"]["pictures"]


def test_the_balance_of_the_cleaning_recipe_is_followed_unless_another_is_asked(call, colors, home):
    call("clean", colors, "balance", "--set", "raise_to=11", "--set", "color=0")
    words = ("train", colors, "--recipe", "linear", "--set", "epochs=2", "--json")
    found = balance_in(home, call(*words).json["run"])
    assert found["source"] == "the step `balance` of the catalog's cleaning recipe"
    assert {each["after"] for each in found["train"].values()} == {11}
    assert (found["views_drawn_as"]["rotation"], found["views_drawn_as"]["color"]) == (15.0, 0.0)
    assert balance_in(home, call(*words, "--balance", "none").json["run"]) is None


def test_mistakes_of_the_balance_are_told_before_any_job_is_made(call, colors):
    words = ("train", colors, "--recipe", "linear", "--detach")
    for more, message in (
        (("--balance", "magic"), "preset is 'magic': expected one of as cleaned, none, weights, cap, oversample"),
        (("--balance-limit", "5"), "--balance-limit needs --balance cap or --balance oversample"),
        (("--balance", "weights", "--balance-limit", "5"), "balance 'weights' takes no limit"),
        (("--balance", "cap", "--balance-set", "above=5"), "above is 5 and most is 300"),
    ):
        answer = call(*words, *more)
        assert answer.code == 2 and message in answer.err


@pytest.fixture
def shades(call, color_folder, tmp_path):
    """A catalog of products with two pictures each, filed two levels deep; gives the id of a blue one."""
    lines = []
    for name, parent in {"red": "Warm", "green": "Cold", "blue": "Cold"}.items():
        files = sorted(f"{name}/{path.name}" for path in (color_folder / name).glob("*.png"))
        for place in range(0, 12, 2):
            given = {"id": f"{name}:{place}", "category": f"{parent} > {name}", "image": files[place : place + 2]}
            lines.append(json.dumps({**given, "title": name}))
    table = tmp_path / "shades.jsonl"
    table.write_text("\n".join(lines))
    call("import", table, "--catalog", "shades", "--images", color_folder)
    return "blue:0"


def test_products_are_predicted_from_all_of_their_pictures(call, shades):
    words = ("train", "shades", "--recipe", "level-by-level", "--seed", "1", "--json")
    run = call(*words).json
    test = run["metrics"]["test"]
    assert test["products"]["products"] == test["products"]["with_several"] == test["pictures"] // 2
    assert test["products"]["mean_log"]["accuracy"] == test["levels"]["1"] == 1.0 and test["half_right"] == 0.0
    judged = call("evaluate", run["run"], "--json").json
    assert (judged["products"], judged["levels"]) == (test["products"], test["levels"])
    assert "product" in call("evaluate", run["run"]).out
    found = call("predict", run["run"], "--product", f"shades:{shades}", "--json").json["predictions"]
    assert [(each["catalog"], each["product_id"], each["pictures"]) for each in found] == [("shades", shades, 2)]
    leaves = {each["name"]: each["probability"] for each in found[0]["classes"]}
    assert max(leaves, key=leaves.get) == "Cold > blue"
    [top] = call("predict", run["run"], "--product", f"shades:{shades}", "--level", "1", "--json").json["predictions"]
    parents = {each["name"]: each["probability"] for each in top["classes"]}
    assert parents["Cold"] == pytest.approx(leaves["Cold > blue"] + leaves["Cold > green"], abs=1e-6)
    for wrong, message in (
        (("--product", "shades:none"), "has no product 'none'"),
        (("--product", "blue"), "expected CATALOG:ID"),
        (("--product", f"shades:{shades}", "--level", "3"), "expected 1 to 2"),
        ((), "predict what?"),
    ):
        answer = call("predict", run["run"], *wrong)
        assert answer.code == 2 and message in answer.err


def test_a_class_map_says_what_the_names_of_another_catalog_mean(call, run, tmp_path):
    from PIL import Image

    for name, color in {"RED": (210, 50, 50), "azure": (50, 70, 210), "pink": (250, 150, 180)}.items():
        (tmp_path / "new" / name).mkdir(parents=True)
        Image.new("RGB", (64, 64), color).save(tmp_path / "new" / name / "one.png")
    call("import", tmp_path / "new", "--catalog", "new")
    (tmp_path / "map.csv").write_text("from,to\nazure,blue\n")
    words = ("evaluate", run["run"], "--on", "new", "--map-classes", tmp_path / "map.csv")
    judged = call(*words, "--json").json
    assert (judged["pictures"], judged["unmatched_classes"]) == (2, ["pink"])
    assert judged["matched_classes"] == {"RED": "red", "azure": "blue"}
    assert any("'RED' of new and the run's 'red' differ only by case" in each for each in judged["warnings"])
    assert "taken as: azure -> blue" in call(*words).out
    assert "goes with --on CATALOG" in call("evaluate", run["run"], "--map-classes", tmp_path / "map.csv").err
    (tmp_path / "map.csv").write_text("azure,navy\n")
    assert "leads to 'navy', which the run does not know: it knows 'blue', 'green', 'red'" in call(*words).err


def test_evaluate_tells_categories_pairs_and_cells(call, home, tmp_path):
    from tests.evaluation.planted_run import planted_run
    from tests.models.synthetic import planted_catalog

    classes = ["A > =x", "A > y", "B > z"]
    pairs = [(classes[0], classes[1])] * 3 + [(classes[1], classes[1])] * 2 + [(classes[2], classes[0])]
    run_id = planted_run(home, planted_catalog(home, [label for label, _ in pairs]), pairs, classes=classes)
    file = tmp_path / "cells.csv"
    told = call("evaluate", run_id, "--per-category", "--pairs", "5", "--confusion", file, "--json").json
    assert [each["true"] for each in told["pairs"]] == [classes[0], classes[2]]
    assert [(each["category"], each["support"], each["right"]) for each in told["per_category"]] == [
        (classes[0], 3, 0),
        (classes[1], 2, 2),
        (classes[2], 1, 0),
    ]
    assert told["confusion"] == {"file": str(file), "cells": 3}
    assert file.read_text().splitlines()[1:] == [
        "A > =x,A > y,3,1.000000",
        "A > y,A > y,2,1.000000",
        "B > z,A > =x,1,1.000000",
    ]
    low, high = told["intervals"]["weighted_f1"]
    assert low <= told["weighted_f1"] <= high
    # Rolled up, x taken for y is right: only the one of B is wrong.
    assert call("evaluate", run_id, "--pairs", "5", "--level", "1", "--json").json["pairs"] == [
        {"true": "B", "predicted": "A", "pictures": 1, "share": 1.0}
    ]
    assert "A > y" in call("evaluate", run_id, "--per-category", "--pairs", "1").out
    ignored = (("--level", "1"), ("--order", "mistakes", "--pairs", "1"))  # there is nothing to roll up, or to order
    for wrong in (("--gap",), ("--level", "9", "--pairs", "1"), ("--confusion", tmp_path), *ignored):
        refused = call("evaluate", run_id, *wrong)
        assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_explain_draws_where_a_run_looks(call, run, color_folder, tmp_path):
    from PIL import Image

    picture = color_folder / "blue" / "blue-00.png"
    told = call("explain", run["run"], picture, "--out", tmp_path / "why.png", "--nearest", "2", "--json").json
    assert (told["method"], told["classes"][0]["name"]) == ("class activation", "blue")
    [places] = told["evidence"].values()
    assert (len(places), len(places[0])) == (7, 7)  # EfficientNet-Lite0 sees 7 x 7 places
    assert [each["label"] for each in told["nearest"]] == ["blue", "blue"]
    with Image.open(tmp_path / "why.png") as drawn:
        assert drawn.size == (224, 224)
    said = call("explain", run["run"], "--product", "blue/blue-00.png", "--category", "red", "--nearest", "0").out
    assert "where red is seen" in said
    assert call("explain", run["run"]).code == 2
    assert call("explain", run["run"], picture, "--category", "mauve").code == 2
