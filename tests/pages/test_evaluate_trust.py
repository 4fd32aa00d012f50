"""The views of Evaluate on trust: planner, slices, against another run, real-life test."""

import io
import shutil

import pytest
from PIL import Image

from core.catalog.catalogs import find_catalog
from core.evaluation.filing_plan_waiting import file_waiting
from core.evaluation.picture_sets import add_pictures
from core.home import open_home
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog
from tests.pages.conftest import broken, words

LABELS = ("hat", "shoe", "sock")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = open_home(tmp_path_factory.mktemp("trust") / "home")
    splits = (["train"] * 3 + ["validation"] * 5 + ["test"] * 2) * 30 + [None] * 4
    shop = planted_catalog(home, [name for name in LABELS for _ in range(100)] + [None] * 4, splits=splits)
    ids = []
    for epochs in (1, 4):
        settings = {"epochs": epochs, "batch_size": 16}
        result = train_run(home, shop, recipe="linear", settings=settings, actor="t", progress=SilentProgress())
        ids.append(result["run"])
    return home, ids


@pytest.fixture
def runs(trained, tmp_path):
    shutil.copytree(trained[0].root, tmp_path / "home")
    return open_home(tmp_path / "home"), trained[1]


def metrics(app):
    return {each.label: each.value for each in app.metric}


def test_the_planner_promises_shows_and_offers_a_rule(runs, open_page):
    home, ids = runs
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Planner&precision=90")
    assert broken(app) == []
    said = words(app)
    assert "With a confidence of 95 % at least 90.0 % of what is filed is right" in said
    assert "3 categories with too few validation pictures" in said
    assert {"Filed without a person", "Right among them", "Calibration error on test"} <= metrics(app).keys()
    assert "of 4 products without a category can be filed" in said
    [table] = [each.value for each in app.dataframe if "Filed from, %" in each.value]
    assert table["Category"].tolist() == list(LABELS) and table["Threshold"].tolist() == ["shared: few pictures"] * 3


def test_what_cannot_be_promised_is_told(runs, open_page):
    home, ids = runs
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Planner&precision=99.9")
    assert broken(app) == []
    assert metrics(app)["Right among them"] == "nothing filed"
    # log 0.05 / log 0.999 = 2994.2
    assert "proving it takes at least 2,995 validation pictures" in words(app)


def test_another_precision_and_scaling_make_another_plan(runs, open_page):
    home, ids = runs
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Planner")
    app.number_input(key="precision").set_value(90.0).run()
    app.toggle(key="scaled").set_value(True).run()
    assert broken(app) == [] and "at least 90.0 %" in words(app)
    app.selectbox(key="planned").set_value("shoe").run()
    assert broken(app) == []


def test_what_the_plan_accepts_is_filed_by_a_job_and_taken_back(runs, open_page, monkeypatch):
    from core.catalog.products import get_product
    from core.evaluation.filing_plan import make_plan
    from core.evaluation.filing_plan_rule import rule_json
    from core.jobs.supervise import run_here
    from core.models.runs import open_run
    from core.ui import planner_view, planner_view_filing

    home, ids = runs
    plan = make_plan(open_run(home, ids[1]), precision=0.9)
    rows = file_waiting(home, open_run(home, ids[1]), plan).assign(accepted=[True, True, False, False])
    started = []
    monkeypatch.setattr(planner_view, "file_waiting", lambda *_: rows)
    monkeypatch.setattr(planner_view_filing, "submit", lambda *given, **_: started.append(given[1:]))
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Planner&precision=90")
    app.button(key="file_waiting").click().run()
    [(kind, arguments)] = started
    chosen = arguments["run"]  # two runs of one minute look alike to AppTest, which chooses by words
    assert kind == "predict-catalog" and arguments["file"] and arguments["rule"]["run"] == chosen
    # Done by a rule that accepts everything: all four are filed, and the page takes it back.
    rule = rule_json(make_plan(open_run(home, chosen), precision=0.9))
    for each in rule["categories"]:
        each["threshold"] = 0.0
    run_here(home, kind, {**arguments, "rule": rule}, actor="t")
    app = open_page(home, "evaluate", f"run={chosen}&show=Planner&precision=90")
    assert "4 products filed by this run's rule" in words(app)
    app.button(key="undo_filing").click().run()
    assert broken(app) == [] and "filed by this run's rule" not in words(app)
    assert get_product(home, find_catalog(home, "shop"), "p0300").category is None


def test_slices_say_what_they_lack(runs, open_page):
    home, ids = runs
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Slices&slice_shown=color:nothing")
    assert broken(app) == []
    assert "Not sliced by it: no judged product has a price." in words(app)
    assert [each.label for each in app.button if each.key == "slices_measure"] == ["Measure pictures"]


def test_two_runs_are_held_against_one_another(runs, open_page):
    home, ids = runs
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Against another run&against={ids[0]}")
    assert broken(app) == []
    assert {"Fixed", "Broken", "Difference", "McNemar's p"} <= metrics(app).keys()
    assert "60 test pictures" in words(app)
    for outcome in ("Broken", "Both wrong"):
        app.segmented_control(key="outcome").set_value(outcome).run()
        assert broken(app) == []


def test_a_run_whose_files_are_gone_is_told(runs, open_page):
    home, ids = runs
    (home.runs / ids[0] / "products.parquet").unlink()
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Against another run&against={ids[0]}")
    assert broken(app) == [] and "has lost its file products.parquet" in words(app)


def test_the_real_life_test_begins_empty(runs, open_page):
    home, ids = runs
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Real-life test")
    assert broken(app) == [] and "No picture set yet" in words(app)


@pytest.fixture
def window(runs, monkeypatch):
    """A set of two pictures, one labeled hat; the run takes everything for a hat."""
    import numpy as np

    from core.evaluation import picture_sets_scores
    from core.ui import picture_sets_view

    home, ids = runs
    files = []
    for number in range(2):
        buffer = io.BytesIO()
        Image.new("RGB", (16, 16), (90 * number, 80, 120)).save(buffer, "PNG")
        files.append((f"<b>{number}</b>![x](http://evil.test/x).png", buffer.getvalue()))
    add_pictures(home, find_catalog(home, "shop"), "window", files[:1], label="hat", actor="t")
    add_pictures(home, find_catalog(home, "shop"), "window", files[1:], actor="t")
    monkeypatch.setattr(picture_sets_scores, "check_backbone", lambda *_: None)
    monkeypatch.setattr(picture_sets_scores, "encode_pictures", lambda *_, **__: np.zeros((2, 1280), np.float32))
    chances = np.array([[0.8, 0.1, 0.1]] * 2, np.float32)
    monkeypatch.setattr(picture_sets_scores, "predict_features", lambda *_: chances)
    started = []
    monkeypatch.setattr(picture_sets_view, "submit", lambda *given, **_: started.append(given[1:]))
    return home, ids, started


def test_a_set_is_scored_and_other_runs_are_asked_once(window, open_page):
    home, ids, started = window
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Real-life test")
    assert broken(app) == []
    shown = metrics(app)
    assert (shown["Right"], shown["Wrong"], shown["Right of labeled"]) == ("1", "0", "100 %")
    assert "1 picture not judged" in words(app) and "evil.test" not in words(app)
    app.run()
    assert started == [("score-picture-sets", {"catalog": "shop"})]  # not again for a run that cannot be scored
    [table] = [each.value for each in app.dataframe if "Run" in each.value]
    assert 100.0 in table["window (1), %"].tolist()  # the one labeled picture is right


def test_a_set_is_deleted(window, open_page):
    home, ids, _ = window
    app = open_page(home, "evaluate", f"run={ids[1]}&show=Real-life test&picture_set=window")
    next(each for each in app.button if each.label == "Delete this set").click().run()
    assert broken(app) == [] and "No picture set yet" in words(app)
