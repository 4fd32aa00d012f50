"""Searching settings: spaces, guides, the loop that is resumed, and what may never be looked at."""

import json
import math

import numpy as np
import pytest

from core.errors import Cancelled, RunError, SettingsError, TrainingError
from core.files import read_json
from core.home import Home
from core.models.recipes import RECIPES, find_recipe
from core.models.runs import find_run
from core.models.search import SearchPlan, check_plan, search_settings
from core.models.search_guide import GridGuide, TpeGuide
from core.models.search_loop import Budget, Loop
from core.models.search_space import Axis, default_space, grid_points, read_space
from core.models.search_spaces import REPORT_LEARNING_RATES
from core.models.search_store import find_search, list_searches, write_search
from core.models.search_trials import FINISHED, PRUNED, STOPPED, Figures, Trial, TrialLog, best_trial, read_trials
from core.models.training_set import build_training_set
from core.progress import SilentProgress
from tests.models.synthetic import DIMENSIONS, planted_catalog, separable_features

LINEAR = find_recipe("linear")


def axes(grid=True, recipe=LINEAR, fixed=None, **space):
    return read_space(recipe, space, fixed=fixed or {}, grid=grid)


class Watched(SilentProgress):
    """Keeps a folder and cancels when a message holds certain words, all of them."""

    def __init__(self, folder=None, *, cancel_at=None):
        self.folder, self.messages = folder, []
        self._cancel_at = cancel_at.split("...") if cancel_at else ()

    def report(self, done, total, message):
        self.messages.append((done, total, message))
        if self._cancel_at and all(words in message for words in self._cancel_at):
            raise Cancelled


def test_the_learning_rates_of_the_report_are_the_grid_of_other_recipes():
    assert default_space(find_recipe("head"), fixed={}, grid=True) == {"learning_rate": REPORT_LEARNING_RATES}
    points = list(grid_points(read_space(find_recipe("head"), {}, fixed={}, grid=True)))
    assert [point["learning_rate"] for point in points] == [1e-5, 3.3e-5, 1e-4, 3.3e-4, 1e-3]


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("grid", [True, False])
def test_every_recipe_has_a_space_its_own_settings_allow(recipe, grid):
    assert read_space(find_recipe(recipe), {}, fixed={}, grid=grid)


def test_a_grid_is_every_combination():
    varied = axes(learning_rate="1,2", shrinkage="0.5,0.7,0.9")
    points = list(grid_points(varied))
    assert points[:2] == [{"learning_rate": 1.0, "shrinkage": 0.5}, {"learning_rate": 1.0, "shrinkage": 0.7}]
    assert len(points) == 6 and len({json.dumps(point) for point in points}) == 6


def test_ranges_know_their_scale_and_kind():
    rate, epochs = axes(grid=False, learning_rate="0.01:10", epochs="5:50")
    assert (rate.low, rate.high, rate.log, rate.whole) == (0.01, 10, True, False)  # a factor of 1,000
    assert (epochs.low, epochs.high, epochs.log, epochs.whole) == (5, 50, False, True)
    assert (rate.words, epochs.words) == ("learning_rate=0.01:10", "epochs=5:50")


@pytest.mark.parametrize(
    ("grid", "fixed", "space", "message"),
    [
        (True, {}, {"magic": "1"}, "has no setting 'magic' to vary"),
        (True, {}, {"learning_rate": "1,x"}, "learning_rate is 'x': expected a number"),
        (True, {}, {"learning_rate": "1e-9"}, "learning_rate is 1e-09: expected at least 1e-07"),
        (True, {}, {"learning_rate": ","}, "has no value to try"),
        (True, {}, {"learning_rate": "1:2"}, "a grid takes values"),
        (False, {}, {"learning_rate": "2:1"}, "the lower one first"),
        (True, {"learning_rate": "1"}, {"learning_rate": "1,2"}, "both varied and set"),
        (True, {}, {"epochs": ",".join(map(str, range(1, 200))), "batch_size": ",".join(map(str, range(1, 99)))}, "at"),
    ],
)
def test_mistakes_in_a_space_are_told(grid, fixed, space, message):
    with pytest.raises(SettingsError, match=message):
        axes(grid, fixed=fixed, **space)


def test_mistakes_in_a_plan_are_told_before_anything_runs():
    for values, message in (
        ({"method": "magic"}, "no method 'magic'"),
        ({"measure": "speed"}, "no measure 'speed'"),
        ({"method": "guided", "pruner": "magic"}, "no pruner 'magic'"),
        ({"target": "smell"}, "unknown target 'smell'"),
    ):
        with pytest.raises((TrainingError, SettingsError), match=message):
            check_plan(SearchPlan("linear", **values))


def planted(point, progress, *, epochs=3, calls=None):
    """A cheap objective: the best learning rate is 0.1, the best dropout 0.3; each epoch comes nearer to the end."""
    if calls is not None:
        calls.append(point)
    away = abs(math.log10(point["learning_rate"]) + 1) / 4 + abs(point.get("dropout", 0.3) - 0.3)
    history = []
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch, "validation_accuracy": (1 - away) * epoch / epochs, "validation_loss": away}
        progress.record("epoch", row)
        progress.report(epoch, epochs, f"epoch {epoch}")
        history.append(row)
    return Figures(accuracy=1 - away, macro_f1=1 - away, loss=away), history


SPACE = (Axis("learning_rate", low=1e-5, high=1.0, log=True), Axis("dropout", low=0.0, high=0.9))


def loop(guide, judge=planted, *, folder=None, progress=None, expected=0, **budget):
    progress = progress or Watched(folder)
    return Loop(guide, judge, TrialLog(progress.folder), Budget(**budget), "accuracy", progress, expected)


def guided(seed=0, pruner="median", space=SPACE):
    return TpeGuide(space, seed=seed, measure="accuracy", pruner=pruner, epochs=3)


def test_a_grid_runs_every_point_once_and_gives_up_none():
    calls = []
    varied = (Axis("learning_rate", (1e-3, 1e-1, 1.0)), Axis("dropout", (0.1, 0.3)))
    trials = loop(GridGuide(varied), lambda point, progress: planted(point, progress, calls=calls)).run()
    assert calls == list(grid_points(varied))
    assert [trial.state for trial in trials] == [FINISHED] * 6
    assert best_trial(trials, measure="accuracy").settings == {"learning_rate": 0.1, "dropout": 0.3}


def test_a_guide_finds_the_planted_optimum_better_than_chance():
    best = best_trial(loop(guided(), trials=40).run(), measure="accuracy")
    # The planted best is 1.0 at 0.1 and 0.3. Forty points drawn blindly over five orders of size and 0..0.9 come within
    # 0.05 of it about once in 50 each, on one axis; the guide must be within 0.05 in both together.
    assert best.figures.accuracy > 0.95


def test_hopeless_trials_are_given_up_and_counted():
    trials = loop(guided(), lambda point, progress: planted(point, progress, epochs=8), trials=30).run()
    states = [trial.state for trial in trials]
    assert states[:5] == [FINISHED] * 5  # the pruner has nothing to compare with before
    pruned = [trial for trial in trials if trial.state == PRUNED]
    assert pruned and all(trial.figures is None and 0 < trial.epochs < 8 for trial in pruned)
    assert set(states) == {FINISHED, PRUNED}
    assert not [trial for trial in loop(guided(pruner="none"), trials=12).run() if trial.state == PRUNED]


def test_no_point_is_tried_twice_and_a_small_space_is_used_up():
    space = (Axis("learning_rate", (1e-3, 1e-1)), Axis("dropout", (0.1, 0.3)))
    calls = []
    loop(guided(space=space), lambda point, progress: planted(point, progress, calls=calls), trials=50).run()
    assert len(calls) == len({json.dumps(point) for point in calls}) <= 4


@pytest.mark.parametrize("guide", [guided, lambda: guided(pruner="hyperband")])
@pytest.mark.parametrize("stop_at", ["Trial 3,...epoch 2", "Trial 12,...epoch 1", "Trial 14,...epoch 1"])
def test_a_search_that_is_stopped_goes_on_with_the_trials_it_would_have_had(tmp_path, guide, stop_at):
    whole = loop(guide(), trials=16).run()
    calls = []

    def counting(point, progress):
        return planted(point, progress, calls=calls)

    with pytest.raises(Cancelled):
        loop(guide(), counting, progress=Watched(tmp_path, cancel_at=stop_at), trials=16).run()
    finished = len(read_trials(tmp_path / "trials.jsonl"))
    assert finished == int(stop_at.split()[1].partition(",")[0]) - 1
    (tmp_path / "trials.jsonl").open("ab").write(b'{"kind": "trial", "number": ')  # what a kill leaves of a line
    again = loop(guide(), counting, folder=tmp_path, trials=16).run()
    assert [(trial.settings, trial.state) for trial in again] == [(trial.settings, trial.state) for trial in whole]
    assert len(calls) == 16 + 1  # the one that was interrupted is the only one that was begun twice


def test_time_that_is_up_stops_the_running_trial_and_the_search(monkeypatch):
    clock = iter(range(0, 10_000, 20))  # every look at the clock is 20 seconds later
    monkeypatch.setattr("core.models.search_loop.time.monotonic", lambda: next(clock))
    trials = loop(GridGuide((Axis("learning_rate", (1e-3, 1e-2, 1e-1, 1.0)),)), minutes=2.0).run()
    assert trials[-1].state == STOPPED and len(trials) < 4
    assert best_trial(trials, measure="accuracy").number < trials[-1].number


def test_a_trial_that_cannot_be_trained_is_told_and_passed_over():
    def broken(point, progress):
        if point["learning_rate"] > 0.5:
            raise TrainingError("too little disk")
        return planted(point, progress)

    trials = loop(GridGuide((Axis("learning_rate", (1.0, 0.1)),)), broken).run()
    assert [(trial.state, trial.error) for trial in trials] == [("failed", "too little disk"), (FINISHED, "")]


def test_the_bar_tells_trials_and_the_best_so_far():
    progress = Watched()
    loop(GridGuide((Axis("learning_rate", (1e-1, 1.0)),)), progress=progress, expected=2).run()
    assert progress.messages[0] == (167, 1000, "Trial 1 of 2: epoch 1")  # a third of the first half
    assert progress.messages[-1] == (1000, 1000, "Trial 2 of 2, best 100.0 %: epoch 3")


def test_equal_trials_are_told_apart_by_loss_then_by_order():
    def trial(number, accuracy, loss, state=FINISHED):
        return Trial(number, {}, state, 1.0, 1, Figures(accuracy, 0.5, loss))

    trials = [trial(0, 0.8, 0.5), trial(1, 0.9, 0.7), trial(2, 0.9, 0.6), trial(3, 0.9, 0.6)]
    assert best_trial(trials, measure="accuracy").number == 2
    assert best_trial(trials, measure="loss").number == 0
    assert best_trial([], measure="loss") is None


def test_importance_names_what_matters():
    trials = loop(guided(), lambda point, progress: planted({**point, "dropout": 0.3}, progress), trials=30).run()
    found = guided().importance(trials)
    assert found["learning_rate"] > found["dropout"]
    assert guided().importance(trials[:5]) == {}


@pytest.fixture
def shop(home: Home):
    """Three categories of 40 products that overlap a little, seven tenths of each to learn from."""
    labels = [name for name in ("bags", "hats", "shoes") for _ in range(40)]
    splits = (["train"] * 28 + ["validation"] * 6 + ["test"] * 6) * 3
    codes = np.repeat(np.arange(3), 40)
    features = separable_features(codes, dimensions=DIMENSIONS, seed=1, spread=6.0)
    return planted_catalog(home, labels, splits=splits, features=features)


QUICK = {"epochs": 3, "first_layer": 16, "second_layer": 8}
PLAN = SearchPlan("head", space={"learning_rate": "1e-5,1e-3,1e-2", "dropout": "0.2,0.5"}, fixed=QUICK)


def search(home, catalog, plan=PLAN, progress=None):
    return search_settings(home, catalog, plan, actor="tests", progress=progress or SilentProgress())


def test_the_best_on_validation_is_trained_and_everything_is_kept(home, shop):
    found = search(home, shop)
    kept = find_search(home, found["search"]).report
    assert (len(kept["trials"]), kept["counts"]) == (6, {"finished": 6})
    best = max(kept["trials"], key=lambda trial: (trial["figures"]["accuracy"], -trial["figures"]["loss"]))
    assert (kept["best"]["number"], kept["run"]) == (best["number"], found["run"])
    manifest = read_json(home.runs / found["run"] / "manifest.json")
    assert manifest["settings"]["learning_rate"] == best["settings"]["learning_rate"]
    assert manifest["settings"]["dropout"] == best["settings"]["dropout"]
    # Same data, settings and seed: the run reaches on validation what its trial reached.
    run = find_run(home, found["run"])
    assert run.metrics["validation"]["accuracy"] == pytest.approx(best["figures"]["accuracy"])
    assert run.metrics["validation"]["macro_f1"] == pytest.approx(best["figures"]["macro_f1"])
    assert "test" not in json.dumps(kept["trials"])
    assert [each.search_id for each in list_searches(home, catalog_id=shop.catalog_id)] == [found["search"]]
    assert list_searches(home, catalog_id=shop.catalog_id + 1) == []


def test_the_choice_never_depends_on_labels_of_test(home, shop, monkeypatch):
    first = find_search(home, search(home, shop)["search"]).report

    def shuffled(*arguments, **named):
        rows = build_training_set(*arguments, **named)
        test = (rows.rows["split"] == "test").to_numpy()
        rows.rows.loc[test, "label"] = np.random.default_rng(3).permutation(rows.rows.loc[test, "label"])
        return rows

    monkeypatch.setattr("core.models.search.build_training_set", shuffled)
    second = find_search(home, search(home, shop)["search"]).report
    assert [trial["figures"] for trial in second["trials"]] == [trial["figures"] for trial in first["trials"]]
    assert second["best"]["settings"] == first["best"]["settings"]


def test_a_search_that_was_stopped_ends_like_one_that_was_not(home, shop, tmp_path):
    whole = find_search(home, search(home, shop)["search"]).report
    with pytest.raises(Cancelled):
        search(home, shop, progress=Watched(tmp_path, cancel_at="Trial 5 of 6"))
    found = search(home, shop, progress=Watched(tmp_path))
    again = find_search(home, found["search"]).report
    assert [trial["figures"] for trial in again["trials"]] == [trial["figures"] for trial in whole["trials"]]
    # Called once more after everything was written, as when a worker dies before saying so: nothing is done twice.
    assert search(home, shop, progress=Watched(tmp_path))["run"] == found["run"]
    assert len(list_searches(home)) == 2


def test_a_guided_search_keeps_to_its_budget_and_space(home, shop):
    plan = SearchPlan("head", "guided", {"learning_rate": "1e-4:1e-2", "dropout": "0.1:0.9"}, QUICK)
    plan = SearchPlan(**{**vars(plan), "budget": Budget(trials=7)})
    kept = find_search(home, search(home, shop, plan)["search"]).report
    assert len(kept["trials"]) == 7
    for trial in kept["trials"]:
        assert 1e-4 <= trial["settings"]["learning_rate"] <= 1e-2 and 0.1 <= trial["settings"]["dropout"] <= 0.9


def test_damaged_and_foreign_folders_are_no_searches(home):
    trial = Trial(0, {"dropout": 0.1}, FINISHED, 1.0, 3, Figures(0.9, 0.8, 0.3), (0.9,)).to_json()
    report = dict.fromkeys(("catalog", "recipe", "backbone", "method", "measure", "run"), "x")
    report |= {"catalog_id": 1, "trials": [trial], "best": trial, "space": [{"name": "dropout"}], "seconds": 1.0}
    for number, changed in enumerate(({}, {"trials": [{"number": "x"}]}, {"space": 3}, {"seconds": None})):
        write_search(home, {**report, **changed, "search": f"search-20260101-000000-000{number}"})
    (home.searches / "search-20260101-000000-abcd").mkdir()
    (home.searches / "notes").mkdir()
    assert [each.search_id for each in list_searches(home)] == ["search-20260101-000000-0000"]
    with pytest.raises(RunError, match=r"there is no search '...jobs'; the newest are: search-2026"):
        find_search(home, "../jobs")


def test_sets_of_labels_are_judged_by_all_labels_right(home):
    names = [("red", "dress"), ("red", "shirt"), ("blue", "dress"), ("blue", "shirt")]
    codes = np.repeat(np.arange(4), 20)
    catalog = planted_catalog(
        home,
        [None] * 80,
        splits=(["train"] * 14 + ["validation"] * 3 + ["test"] * 3) * 4,
        attributes=[{"labels": list(names[code])} for code in codes],
        features=separable_features(codes, dimensions=DIMENSIONS, seed=1, spread=2.0),
    )
    plan = SearchPlan("multi-label", space={"learning_rate": "0.5,2"}, fixed={"epochs": 3}, target="labels")
    found = search(home, catalog, plan)
    assert found["best"]["accuracy"] == pytest.approx(found["metrics"]["validation"]["all_labels_right"])
    assert found["best"]["macro_f1"] == pytest.approx(found["metrics"]["validation"]["macro_f1"])
    with pytest.raises(TrainingError, match="predicts"):
        check_plan(SearchPlan("head", target="labels"))
