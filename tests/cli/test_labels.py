"""Labels from picture files to predictions, as a user of the command line does it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

COLORS = {"red": (200, 40, 40), "blue": (40, 60, 200)}


def draw(folder, *, kinds=("disc", "box"), count=10, seed=0):
    """Folders such as ``red_disc`` of small drawings."""
    random = np.random.default_rng(seed)
    for color, rgb in COLORS.items():
        for kind in kinds:
            (folder / f"{color}_{kind}").mkdir(parents=True)
            for number in range(count):
                picture = Image.new("RGB", (64, 64), (245, 245, 245))
                left, top, side = (int(value) for value in random.integers([2, 2, 24], [20, 20, 40]))
                shape = ImageDraw.Draw(picture)
                corners = (left, top, left + side, top + side)
                (shape.ellipse if kind == "disc" else shape.rectangle)(corners, fill=rgb)
                picture.save(folder / f"{color}_{kind}" / f"{number:02}.png")
    return folder


@pytest.fixture
def drawn(call, tmp_path):
    """A catalog "drawn" of 40 products with two labels each."""
    folder = draw(tmp_path / "pictures")
    call("import", folder, "--catalog", "drawn", "--labels", "parts")
    return folder


def test_labels_go_from_folders_to_predictions(call, drawn):
    made = call("train", "drawn", "--recipe", "multi-label", "--set", "batch_size=8", "--json").json
    # The recipe predicts nothing but labels, so the target goes without saying.
    assert (made["recipe"], made["classes"]) == ("multi-label", 4)
    assert [each["name"] for each in made["labels"]] == ["blue", "box", "disc", "red"]
    test = made["metrics"]["test"]
    assert {"all_labels_right", "micro_f1", "macro_f1", "binary_accuracy", "pictures"} <= set(test)
    assert sum(made["metrics"][split]["pictures"] for split in ("train", "validation", "test")) == 40
    assert made["metrics"]["train"]["all_labels_right"] > 0.9
    [listed] = call("runs", "--catalog", "drawn", "--json").json["runs"]
    assert listed["metrics"]["test"] == test
    judged = call("evaluate", made["run"], "--json").json
    assert judged["all_labels_right"] == judged["accuracy"] == test["all_labels_right"]
    assert [each["name"] for each in judged["labels"]] == ["blue", "box", "disc", "red"]

    names = [drawn / "red_disc" / "00.png", drawn / "blue_box" / "01.png"]
    predicted = call("predict", made["run"], *names, "--json").json["predictions"]
    # Every label is listed, those chosen first; the probabilities of a color and a kind do not share one whole.
    assert [len(each["classes"]) for each in predicted] == [4, 4]
    assert sorted(predicted[0]["labels"]) == ["disc", "red"] and sorted(predicted[1]["labels"]) == ["blue", "box"]
    assert [one["chosen"] for one in predicted[0]["classes"]] == [True, True, False, False]
    assert sum(one["probability"] for one in predicted[0]["classes"]) > 1.2
    assert len(call("predict", made["run"], names[0], "--top", "2", "--json").json["predictions"][0]["classes"]) == 2
    assert "CHOSEN" in call("predict", made["run"], names[0]).out
    said = call("evaluate", made["run"]).out
    assert "all labels right" in said and "flatters" in said and "THRESHOLD" in said
    assert "all_labels_right" not in call("runs").out


def test_judging_on_another_catalog_and_what_cannot_be_asked(call, drawn, tmp_path):
    made = call("train", "drawn", "--recipe", "multi-label", "--set", "epochs=3", "--target", "labels").out
    run = call("runs", "--json").json["runs"][0]["run"]
    assert "ALL LABELS RIGHT" in made and "BINARY ACCURACY" in made
    call(
        "import",
        draw(tmp_path / "more", kinds=("disc", "ring"), count=3, seed=9),
        "--catalog",
        "more",
        "--labels",
        "parts",
    )
    judged = call("evaluate", run, "--on", "more", "--json").json
    assert (judged["pictures"], judged["unmatched_classes"]) == (12, ["ring"])
    for words, reason in (
        (("predict", run, "--product", "drawn:red_disc/00.png"), "predicts labels of single pictures"),
        (("predict", run, drawn / "red_disc" / "00.png", "--level", "1"), "one level only"),
        (("train", "drawn", "--recipe", "head", "--target", "labels"), "recipes that do: multi-label, "),
        (("train", "drawn", "--recipe", "multi-label", "--target", "category"), "predicts sets of labels"),
    ):
        answer = call(*words)
        assert (answer.code, answer.out) == (2, "") and reason in answer.err, answer.err
