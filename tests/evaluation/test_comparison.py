import json
import shutil

import numpy as np
import pandas as pd
import pytest

from core.errors import RunError
from core.evaluation.compared_curves import timed_history
from core.evaluation.compared_runs import ComparedRun, chosen_ids, load_compared
from core.evaluation.comparison import class_differences, compare
from core.evaluation.comparison_files import comparison_csv, comparison_html, comparison_json
from core.evaluation.one_against_rest import one_against_rest
from core.models.runs import Run, delete_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

CLASSES = ("jeans", "shirts", "shoes", "socks")


def run(name, right, *, minutes=1.0, catalog="shop", recipe="linear", labels=None, settings=None, **manifest):
    """A run judged on one picture a product; `right` says for which it was right, the others go to the next class."""
    labels = np.array(labels if labels is not None else np.arange(len(right)) % 4)
    given = np.where(right, labels, (labels + 1) % 4)
    names = np.array(CLASSES, dtype=object)
    test = pd.DataFrame({"product_id": [f"p{each}" for each in range(len(right))], "label": names[labels]})
    test = test.assign(picture_hash=test["product_id"], predicted=names[given], right=np.array(right, bool))
    metrics = {"test": {"accuracy": float(np.mean(right)), "macro_f1": 0.5, "pictures": len(right)}}
    shown = Run(
        run_id=name, name=name, catalog=catalog, catalog_id=1, catalog_version=1, catalog_deleted=False, recipe=recipe,
        backbone="efficientnet-lite0", encoder="efficientnet-lite0", target="category", created="2026-01-01T00:00:00",
        seconds=60 * minutes, state="done", metrics=metrics, classes=CLASSES, settings=settings or {},
    )  # fmt: skip
    return ComparedRun(shown, test, [], manifest)


def shares(right, of):
    return [place < right for place in range(of)]


def test_the_frontier_holds_what_nothing_beats_in_both():
    runs = [
        run("slow and best", shares(38, 40), minutes=9),
        run("quick", shares(30, 40), minutes=1),
        run("slower than quick and no better", shares(30, 40), minutes=2),
        run("middle", shares(34, 40), minutes=3),
        run("as good as the best but slower", shares(38, 40), minutes=10),
    ]
    assert [each.frontier for each in compare(runs).figures] == [True, True, False, True, False]


def test_runs_on_other_pictures_have_a_frontier_of_their_own_and_a_warning():
    found = compare([run("a", shares(38, 40)), run("b", shares(20, 30), minutes=5)])
    assert [each.test_group for each in found.figures] == [0, 1]
    assert [each.frontier for each in found.figures] == [True, True]
    assert any(
        "judged on 2 different sets of test pictures or labels (40, 30 pictures)" in each for each in found.warnings
    )


def test_the_same_pictures_in_another_order_are_the_same():
    first, second = run("a", shares(38, 40)), run("b", shares(30, 40))
    turned = ComparedRun(second.run, second.test.iloc[::-1].reset_index(drop=True))
    found = compare([first, turned])
    assert [each.test_group for each in found.figures] == [0, 0] and not found.warnings
    assert (found.differences[0], found.differences[1].lost, found.differences[1].gained) == (None, 8, 0)


def test_other_labels_of_the_same_pictures_are_other_questions():
    found = compare([run("a", shares(38, 40)), run("b", shares(38, 40), labels=[0] * 40, catalog="other")])
    assert [each.test_group for each in found.figures] == [0, 1]
    # Every fourth picture has the same label in both: ten, just enough.
    assert found.differences[1].pictures == 10
    assert any("belong to 2 catalogs (shop, other)" in each for each in found.warnings)


def test_too_few_common_pictures_say_nothing():
    assert compare([run("a", shares(8, 9)), run("b", shares(2, 9))]).differences == (None, None)


def test_only_settings_that_differ_are_listed_and_defaults_marked():
    usual = {"epochs": 30, "batch_size": 256, "shrinkage": [0.5, 0.7, 0.9]}
    found = compare(
        [run("a", shares(9, 10), settings=usual), run("b", shares(9, 10), settings={**usual, "epochs": 5}, seed=3)]
    )
    rows = {row.name: (row.values, row.defaults) for row in found.settings}
    assert rows == {"seed": ((None, "3"), (False, False)), "epochs": (("30", "5"), (True, False))}


def test_classes_gained_and_lost():
    first, second = [True] * 40, [True] * 40
    for place in (0, 4, 8):  # jeans
        first[place] = False
    second[1] = False  # a shirt
    table = class_differences(run("a", first), run("b", second)).set_index("class_name")
    assert table.index.tolist()[:2] == ["jeans", "shirts"]  # the largest change first
    assert table.loc["jeans", ["pictures", "gained", "lost"]].tolist() == [10, 3, 0]
    assert table.loc["shirts", ["gained", "lost"]].tolist() == [0, 1]
    assert table["difference"].round(3).tolist()[:2] == [0.3, -0.1]


def test_yes_or_no_questions_flatter_by_the_number_of_classes():
    found = one_against_rest(run("a", shares(16, 40), recipe="one-vs-all", choices={"mean_binary_accuracy": 0.89}))
    # 24 of 40 wrong: 1 - 2 * 0.6 / 4 = 0.7, although only 0.4 are right; always no is right for 3 in 4.
    assert (found.accuracy, found.yes_or_no, found.always_no) == (0.4, pytest.approx(0.7), 0.75)
    assert found.models_on_validation == 0.89


def test_minutes_of_reused_features_are_warned_of():
    rows = {"pictures": {"train": 50, "test": 50}}
    fresh = run("a", shares(9, 10), embedding={"new_pictures": 100}, **rows)
    reused = run("b", shares(9, 10), embedding={"new_pictures": 0}, **rows)
    assert any(each.startswith("'b' found features of earlier work") for each in compare([fresh, reused]).warnings)
    assert compare([reused, reused]).warnings == ()


def test_runs_with_several_labels_a_picture_do_not_break_it():
    metrics = {"test": {"all_labels_right": 0.9, "micro_f1": 0.95, "macro_f1": 0.94, "pictures": 100}}
    labels = run("tags", shares(9, 10)).run
    several = ComparedRun(Run(**{**vars(labels), "metrics": metrics}), None, [])
    found = compare([run("a", shares(9, 10)), several])
    assert (found.figures[1].measure, found.figures[1].accuracy, found.figures[1].test_group) == (
        "all_labels_right",
        0.9,
        None,
    )
    # Wilson for 90 of 100
    assert found.figures[1].accuracy_interval == (pytest.approx(0.8256, abs=1e-3), pytest.approx(0.9448, abs=1e-3))
    assert class_differences(several, several).empty and one_against_rest(several) is None
    assert "(all labels)" in comparison_csv(found)


@pytest.mark.parametrize("count", [1, 2, 12])
def test_any_number_of_runs_can_be_written_down(count):
    found = compare([run(f"=cmd {each} <b>", shares(20 + each, 40), minutes=each + 1) for each in range(count)])
    json.dumps(comparison_json(found), allow_nan=False)
    lines = comparison_csv(found).splitlines()
    assert len(lines) == count + 1 and lines[1].startswith("'=cmd 0 <b>,'=cmd 0 <b>")  # no spreadsheet runs it
    page = comparison_html(found)
    assert "<b>" not in page and "=cmd 0 &lt;b&gt;" in page


def test_strange_figures_in_a_file_of_somebody_else_are_no_figures():
    strange = {"test": {"accuracy": float("nan"), "macro_f1": "x", "pictures": None}}
    odd = ComparedRun(
        Run(**{**vars(run("a", [True]).run), "metrics": strange}), None, [], {"leaked": "x", "pictures": 3}
    )
    [found] = compare([odd]).figures
    assert (found.accuracy, found.macro_f1, found.pictures) == (None, None, 0)
    assert comparison_json(compare([odd]))["runs"][0]["accuracy"] is None


def test_ids_are_taken_once_and_not_too_many():
    assert chosen_ids(["a", "b", " a ", ""]) == ["a", "b"]
    with pytest.raises(RunError, match="25 runs are too many to compare: at most 24"):
        chosen_ids([str(each) for each in range(25)])
    with pytest.raises(RunError, match="name the runs"):
        chosen_ids(["", " "])


def test_minutes_of_epochs_begin_with_what_came_before():
    parts = {"embed": 60, "prepare": 0, "learn": 120}
    learned = ComparedRun(run("a", [True]).run, None, [{"epoch": 1}, {"epoch": 2}], {"seconds_by_part": parts})
    history, measured = timed_history(learned)
    assert history["minutes"].tolist() == [2.0, 3.0] and not measured  # a minute of embedding, then one an epoch
    noted = ComparedRun(learned.run, None, [{"epoch": 1, "seconds": 30}, {"epoch": 2, "seconds": 90}], learned.manifest)
    history, measured = timed_history(noted)
    assert history["minutes"].tolist() == [1.5, 3.0] and measured


def test_a_run_that_lost_its_files_is_still_compared(home):
    shop = planted_catalog(home, [name for name in ("mug", "lamp") for _ in range(20)])
    settings = {"epochs": 2, "batch_size": 16}
    ids = [
        train_run(home, shop, recipe="linear", settings=settings, seed=each, actor="t", progress=SilentProgress())[
            "run"
        ]
        for each in (0, 0, 1)
    ]
    shutil.rmtree(home.runs / ids[1])
    (home.runs / ids[2] / "products.parquet").write_bytes(b"no table")
    found = compare([load_compared(home, each) for each in ids])
    assert [bool(each.problem) for each in found.runs] == [False, True, True]
    assert [each.test_group for each in found.figures] == [0, None, None]
    assert found.figures[1].accuracy == found.runs[1].figures["accuracy"]  # the list still knows it
    assert sum("gone or damaged" in each or "is damaged" in each for each in found.warnings) == 2
    delete_run(home, ids[0], actor="t")
    with pytest.raises(RunError, match="there is no run"):
        load_compared(home, ids[0])
