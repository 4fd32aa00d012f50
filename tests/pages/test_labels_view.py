"""The page Evaluate of a run that predicts labels."""

import shutil

import numpy as np
import pytest

from core.home import open_home
from core.models.predicted_labels import PredictedLabel
from core.models.runs import open_run
from core.models.train import train_run
from core.progress import SilentProgress
from core.ui.label_charts import label_curves
from core.ui.label_trial import picture_with_labels
from tests.models.test_label_runs import planted
from tests.pages.conftest import broken, words

HOSTILE = '<img src="http://evil.test/x.png">**bold**'


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A home with a run whose labels are hard to tell apart and have hostile names."""
    home = open_home(tmp_path_factory.mktemp("labels_page") / "home")
    catalog = planted(home, count=60, rename={"red": HOSTILE}, strength=0.02)
    settings = {"epochs": 1, "batch_size": 32}
    result = train_run(
        home,
        catalog,
        recipe="multi-label",
        target="labels",
        settings=settings,
        actor="tests",
        progress=SilentProgress(),
    )
    return home, result


def test_the_summary_shows_the_figures_the_run_kept(shop, open_page):
    home, result = shop
    app = open_page(home, "evaluate", f"catalog=shop&run={result['run']}")
    assert broken(app) == []
    shown = {metric.label: metric.value for metric in app.metric}
    test = result["metrics"]["test"]
    assert shown["All labels right"] == f"{100 * test['all_labels_right']:.1f} %"
    assert shown["Binary accuracy"] == f"{100 * test['binary_accuracy']:.1f} %"
    assert shown["Pictures"] == str(test["pictures"])
    assert "Binary accuracy flatters" in words(app)


def test_every_label_has_a_row_and_a_curve(shop, open_page):
    home, result = shop
    app = open_page(home, "evaluate", f"catalog=shop&run={result['run']}&show_labels=Labels&curve_of=dress")
    assert broken(app) == []
    table = app.dataframe[0].value
    assert list(table["Label"]) == list(open_run(home, result["run"]).run.classes)
    assert table["Threshold"].tolist() == pytest.approx([each["threshold"] for each in result["labels"]], abs=5e-4)
    assert app.selectbox(key="curve_of").value == "dress"


def test_every_label_has_its_curves_over_all_thresholds(shop, open_page):
    metrics = pytest.importorskip("sklearn.metrics")
    home, result = shop
    run = open_run(home, result["run"])
    app = open_page(home, "evaluate", f"catalog=shop&run={result['run']}&show_labels=Curves&roc_of=dress")
    assert broken(app) == []
    rows, place = (run.products["split"] == "test").to_numpy(), run.run.classes.index("dress")
    area = metrics.roc_auc_score(run.label_sets[rows, place], run.probabilities[rows, place])
    assert f"ROC: area {area:.4f};" in words(app)


def test_a_mistake_is_one_click_from_its_pictures(shop, open_page):
    home, result = shop
    app = open_page(home, "evaluate", f"catalog=shop&run={result['run']}")
    look = [button for button in app.button if button.label == "Look"]
    assert look, "labels drowned in noise leave mistakes"
    kind, place = look[0].key.removeprefix("label_").rsplit("_", 1)
    label = open_run(home, result["run"]).run.classes[int(place)]
    look[0].click().run()
    assert broken(app) == []
    assert app.selectbox(key=kind).value == label
    other = "extra" if kind == "missing" else "missing"
    assert app.selectbox(key=other).value is None
    assert f"of {result['metrics']['test']['pictures']}" in words(app)


@pytest.mark.parametrize("view", ["Summary", "Labels", "Mistakes", "Try a picture"])
@pytest.mark.parametrize("split", ["Test", "Validation", "Training"])
def test_every_view_opens_and_names_stay_words(shop, open_page, view, split):
    home, result = shop
    query = f"catalog=shop&run={result['run']}&show_labels={view}&split_shown={split}"
    app = open_page(home, "evaluate", query)
    assert broken(app) == []
    live = [str(element.value) for kind in (app.markdown, app.caption, app.header) for element in kind]
    assert not any("evil.test" in text for text in live)


def test_a_run_whose_sets_are_lost_is_one_message(shop, open_page, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(shop[0].root, copy)
    home = open_home(copy)
    (home.runs / shop[1]["run"] / "label_sets.npy").unlink()
    app = open_page(home, "evaluate", f"catalog=shop&run={shop[1]['run']}")
    assert broken(app) == []
    assert "has lost its file label_sets.npy" in words(app)


def test_labels_on_a_picture_are_the_two_likeliest_and_escaped():
    labels = [PredictedLabel("box", 0.61, True), PredictedLabel(HOSTILE, 0.93, True), PredictedLabel("red", 0.2, False)]
    drawn = picture_with_labels("data:image/webp;base64,AAAA", labels)
    assert drawn.index("93.0 %") < drawn.index("box 61.0 %") and "20.0 %" not in drawn
    assert "<img src=&quot;http" not in drawn and '<img src="http' not in drawn
    assert "&lt;img" in drawn


def test_the_curve_marks_the_threshold_in_use():
    figure = label_curves(np.array([0.9, 0.4]), np.array([1, 0], dtype=np.uint8), threshold=0.37)
    assert [trace.name for trace in figure.data] == ["precision", "recall", "F1"]
    assert figure.layout.shapes[0].x0 == 0.37
    assert figure.layout.annotations[0].text == "in use: 0.37"


def test_pictures_carry_their_two_likeliest_labels(shop, open_page):
    home, result = shop
    app = open_page(home, "evaluate", f"catalog=shop&run={result['run']}&show_labels=Pictures&label_seen=dress")
    assert broken(app) == []
    written = "".join(str(each.proto.body) for each in app.get("html"))
    rows = open_run(home, result["run"]).products
    count = int((rows["split"] == "test").sum())
    assert 0 < written.count("position:absolute") <= count  # pictures of one label, at most all of test
    assert written.count(" %</div>") == 2 * written.count("position:absolute")
    assert '<img src="http' not in written
