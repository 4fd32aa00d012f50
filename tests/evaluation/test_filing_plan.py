import json

import numpy as np
import pandas as pd
import pytest

from core.errors import RunError, SettingsError
from core.evaluation.calibration import TEMPERATURE, calibrate_run
from core.evaluation.filing_plan import (
    accepted_by,
    check_plan,
    check_promise,
    filing_answers,
    make_plan,
    on_the_fence,
    plan_of_answers,
)
from core.evaluation.filing_plan_rule import decide, parse_rule, read_rule, rule_json, write_rule
from core.evaluation.filing_plan_waiting import file_waiting
from core.evaluation.roc_curves import class_answers, class_areas
from core.models.runs import open_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

CLASSES = ("hat", "shoe", "sock")


def answers(counts, wrong=()):
    """So many pictures predicted as each class, surest first; `wrong` are rows that are not right."""
    predicted = np.repeat(np.arange(len(counts)), counts)
    chances = np.concatenate([np.linspace(0.99, 0.6, count) for count in counts])
    right = np.ones(len(predicted), bool)
    right[list(wrong)] = False
    return pd.DataFrame({"predicted": predicted, "probability": chances, "right": right})


def test_a_frequent_category_has_its_own_threshold_and_the_others_share_one():
    # With two groups each may fail in 2.5 %: 183 pictures prove 98 %, and twice as many make a group of its own.
    plan = plan_of_answers(answers([400, 150, 90]), classes=CLASSES)
    assert [each.kind for each in plan.categories] == ["own", "pooled", "pooled"]
    assert [each.accepted for each in plan.categories] == [400, 150, 90]
    assert (plan.accepted, plan.right, plan.pictures) == (640, 640, 640)


def test_few_pictures_share_one_threshold_and_it_says_so():
    plan = plan_of_answers(answers([100, 60, 40]), classes=CLASSES)
    assert [each.kind for each in plan.categories] == ["pooled"] * 3
    assert len({each.threshold for each in plan.categories}) == 1


def test_nothing_is_filed_that_cannot_be_promised():
    plan = plan_of_answers(answers([40, 30, 20]), classes=CLASSES)
    assert [each.kind for each in plan.categories] == ["none"] * 3 and plan.accepted == 0
    assert plan.fewest == 149
    assert plan.best == pytest.approx(0.05 ** (1 / 90))  # all 90 right prove so much
    check = check_plan(plan, answers([10, 10, 10]))
    assert (check.accepted, check.precision, check.kept) == (0, None, True)


def test_a_category_full_of_mistakes_is_left_to_people():
    rows = answers([500, 500, 500], wrong=range(500, 1000, 3))
    plan = plan_of_answers(rows, classes=CLASSES)
    assert [each.kind for each in plan.categories] == ["own", "none", "own"]
    taken = accepted_by(plan.thresholds, rows)
    assert taken[:500].all() and not taken[500:1000].any() and taken[1000:].all()


def test_fresh_pictures_are_held_against_the_promise():
    plan = plan_of_answers(answers([400, 300, 300]), classes=CLASSES)
    bad = check_plan(plan, answers([100, 100, 100], wrong=range(0, 300, 4)))
    assert (bad.accepted, bad.right, bad.kept) == (300, 225, False)
    assert check_plan(plan, answers([100, 100, 100])).kept


def test_the_fence_is_nearest_to_the_threshold():
    rows = answers([300, 0, 0], wrong=range(200, 300))
    plan = plan_of_answers(rows, classes=CLASSES)
    near = on_the_fence(plan, rows, limit=5)
    cut = plan.categories[0].threshold
    assert len(near) == 5
    away = np.abs(rows["probability"].to_numpy() - cut)
    assert away[near].max() <= np.delete(away, near).min()


@pytest.mark.parametrize(("precision", "confidence"), [(1.0, 0.95), (0.2, 0.95), (0.98, 1.0), (float("nan"), 0.95)])
def test_what_cannot_be_promised_is_refused(precision, confidence):
    with pytest.raises(SettingsError, match=r"is a share from 0\.5 to 0\.999"):
        check_promise(precision, confidence)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run on 3 categories of 150, a tenth of it validation; ten products more wait for a category."""
    from core.home import open_home

    home = open_home(tmp_path_factory.mktemp("filing") / "home")
    labels = [name for name in CLASSES for _ in range(150)] + [None] * 10
    splits = (["train"] * 3 + ["validation"] * 5 + ["test"] * 2) * 45 + [None] * 10
    shop = planted_catalog(home, labels, splits=splits)
    settings = {"epochs": 4, "batch_size": 16}
    run_id = train_run(home, shop, recipe="linear", settings=settings, actor="t", progress=SilentProgress())["run"]
    return home, run_id


def test_a_plan_rests_on_validation_alone(trained):
    home, run_id = trained
    run = open_run(home, run_id)
    plan = make_plan(run)
    assert plan.pictures == 225  # half of 450
    changed = open_run(home, run_id)
    rows = changed.products.copy()
    rows.loc[rows["split"] == "test", "label"] = "hat"  # whatever test says, the plan is the same
    changed.__dict__["products"] = rows
    assert make_plan(changed).to_json() == plan.to_json()


def test_a_rule_file_decides_as_the_plan_did(trained, tmp_path):
    home, run_id = trained
    run = open_run(home, run_id)
    temperature = calibrate_run(home, run_id).temperature
    plan = make_plan(run, temperature=temperature)
    path = tmp_path / "rule.json"
    write_rule(plan, path)
    rule = read_rule(path, run)
    rows = np.flatnonzero((run.products["split"] == "test").to_numpy())
    decisions = decide(run, rule, np.asarray(run.probabilities[rows]))
    expected = accepted_by(plan.thresholds, filing_answers(run, rows, temperature=temperature))
    assert [each.accepted for each in decisions] == expected.tolist()
    assert decisions[0].classes[0][0] == run.products["predicted"].iloc[rows[0]]
    assert rule.temperature == temperature and rule.precision == 0.98


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, "is no rule file"),
        ({"version": 2}, "is a rule of version 2, this ShelfLens reads version 1"),
        ({"run": "linear-20260101-000000-0000"}, "is a rule of run 'linear-20260101-000000-0000'"),
        ({"categories": [{"name": "hat", "kind": "own", "threshold": 7}]}, "a threshold from 0 to 1"),
        ({"categories": [{"name": "hat", "kind": "own", "threshold": 0.5}]}, "of another set of classes: it lacks"),
        ({"temperature": 0}, "is damaged"),
        ({"precision": "0.98"}, "is damaged"),
        ({"categories": "x" * 10}, "is damaged"),
    ],
)
def test_a_rule_of_something_else_is_refused(trained, change, message):
    home, run_id = trained
    run = open_run(home, run_id)
    found = json.loads(json.dumps(rule_json(make_plan(run))))
    with pytest.raises(RunError, match=message):
        parse_rule({**found, **change}, run, name="rule.json")


def test_a_rule_with_an_unknown_class_names_it(trained):
    home, run_id = trained
    run = open_run(home, run_id)
    found = json.loads(json.dumps(rule_json(make_plan(run))))
    found["categories"][0]["name"] = "gloves"
    with pytest.raises(RunError, match="it has 'gloves', which the run does not know; it lacks 'hat'"):
        parse_rule(found, run, name="rule.json")
    with pytest.raises(RunError, match="cannot be read"):
        read_rule(home.root / "none.json", run)


def test_products_that_wait_are_filed_or_not(trained):
    home, run_id = trained
    run = open_run(home, run_id)
    waiting = file_waiting(home, run, make_plan(run))
    assert waiting["product_id"].tolist() == [f"p{number:04}" for number in range(450, 460)]
    assert (waiting["pictures"] == 1).all() and set(waiting["category"]) <= set(CLASSES)


def test_the_temperature_is_kept_and_made_again(trained):
    home, run_id = trained
    found = calibrate_run(home, run_id)
    path = home.runs / run_id / TEMPERATURE
    assert path.is_file() and calibrate_run(home, run_id) == found
    path.write_text('{"format": 1, "temperature": -3}')
    assert calibrate_run(home, run_id) == found  # what is no temperature is found anew
    assert set(found.sides) == {"validation", "test"} and found.sides["test"]["pictures"] == 90


def test_areas_of_every_class(trained):
    home, run_id = trained
    run = open_run(home, run_id)
    areas = class_areas(run, "test")
    assert areas["name"].tolist() == list(CLASSES) and areas["pictures"].tolist() == [30, 30, 30]
    given, truth = class_answers(run, "test", "shoe")
    assert truth.sum() == 30 and len(given) == 90
    with pytest.raises(RunError, match="knows no 'tie': it knows 'hat', 'shoe', 'sock'"):
        class_answers(run, "test", "tie")
