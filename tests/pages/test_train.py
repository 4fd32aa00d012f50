"""The Train page: what is offered, what it costs, what happens to runs and to trainings in line."""

import json

import pytest

from core.home import Home
from core.jobs import cancel_job, list_jobs, pause_job
from core.jobs.folder import JobFolder
from core.jobs.spec import create_job
from core.jobs.stored_status import StoredStatus, write_status
from core.models.recipes import RECIPES
from core.models.run_notes import note_run, tag_run
from core.models.runs import list_runs
from tests.home_copies import copy_home
from tests.pages.conftest import broken, in_address, words

HOSTILE = "![x](http://evil.example/x.png) <script>alert(1)</script> :red[x]"


@pytest.fixture
def shop(demo_home, tmp_path):
    """The demo, free to be changed."""
    copy_home(demo_home.root, tmp_path / "demo")
    return Home(tmp_path / "demo")


def waiting_training(home, **arguments):
    """A training that waits in line; nobody runs, because nobody looks at the line."""
    asked = {"catalog": "demo", "recipe": "linear", **arguments}
    return create_job(home, "train", asked, actor="ann", state="waiting").job


def stopped_training(home, state):
    folder = JobFolder(home.jobs / waiting_training(home))
    write_status(folder, StoredStatus(state))
    return folder.job


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    return app


def test_every_recipe_has_a_card(demo_home, open_page):
    app = open_page(demo_home, "train")
    assert broken(app) == []
    shown = words(app)
    for recipe in RECIPES.values():
        assert recipe.title in shown.replace("\\", "")
    keys = {button.key for button in app.button}
    assert {f"choose_{name}" for name in RECIPES} <= keys


@pytest.mark.parametrize(
    ("view", "shown"),
    [("Search settings", "Start search"), ("Past runs", "Tick one to open"), ("New training", "Choose")],
)
def test_every_view_opens(demo_home, open_page, view, shown):
    app = open_page(demo_home, "train", f"train_view={view.replace(' ', '+')}")
    assert broken(app) == []
    assert shown in words(app) or shown in [button.label for button in app.button]


def test_a_setup_can_be_sent_as_a_link(demo_home, open_page):
    app = open_page(demo_home, "train", "recipe=head&target=category:1")
    assert broken(app) == []
    assert app.button(key="choose_head").label == "Chosen"
    assert in_address(app, "target") == "category:1"
    app.button(key="choose_linear").click().run()
    assert in_address(app, "recipe") == "linear"


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_shows_its_settings_and_an_estimate(demo_home, open_page, name):
    target = "labels" if "class" not in RECIPES[name].predicts else "category"
    app = open_page(demo_home, "train", f"recipe={name}&target={target}")
    assert broken(app) == []
    if target == "category":
        assert "Memory about" in words(app)


def test_a_preset_fills_the_form_and_what_is_changed_wins(demo_home, open_page):
    app = open_page(demo_home, "train", "recipe=head")
    assert app.number_input(key="settings_head_batch_size").value == 64
    app.selectbox(key="settings_head_preset").select("report").run()
    # The report's values: batches of 16, a rate of 0.001, features as they are.
    assert app.number_input(key="settings_head_batch_size").value == 16
    assert app.number_input(key="settings_head_learning_rate").value == 0.001
    assert app.toggle(key="settings_head_standardize").value is False
    app.number_input(key="settings_head_epochs").set_value(3).run()
    assert broken(app) == []


def test_recipes_that_cannot_learn_the_target_say_why(demo_home, open_page):
    app = open_page(demo_home, "train", "target=category")
    assert app.button(key="choose_multi-label").disabled
    assert "It learns sets of labels; choose another target" in words(app).replace("\\", "")


def test_a_target_that_no_product_has_is_a_message(demo_home, open_page):
    app = open_page(demo_home, "train", "target=attribute:nothing")
    assert broken(app) == []
    assert "attribute" in words(app)
    assert all(app.button(key=f"choose_{name}").disabled for name in RECIPES)


def test_the_advice_says_why_and_offers_its_recipe(demo_home, open_page):
    app = open_page(demo_home, "train", "recipe=head")
    assert "to learn from." in words(app)
    advised = app.button(key="take_advice").label.removeprefix("Use ")
    app.button(key="take_advice").click().run()
    assert RECIPES[in_address(app, "recipe")].title.lower() == advised


def test_past_runs_are_filtered_by_tag_and_hostile_words_stay_words(shop, open_page):
    [run] = list_runs(shop)
    note_run(shop, run.run_id, HOSTILE, actor="ann")
    tag_run(shop, run.run_id, ["<b>best</b>"], actor="ann")
    app = open_page(shop, "train", "train_view=Past runs")
    assert broken(app) == []
    table = app.dataframe[0].value
    assert (list(table["Run"]), [list(tags) for tags in table["Tags"]]) == ([run.name], [["<b>best</b>"]])
    assert app.multiselect(key="past_tags").options == ["<b>best</b>"]


def test_trainings_in_line_are_listed_moved_and_removed(shop, open_page, monkeypatch):
    monkeypatch.setattr("core.ui.training_line.start_next", lambda home: [])
    first, second = waiting_training(shop, name="first"), waiting_training(shop, name="second")
    order = sorted((first, second))
    app = open_page(shop, "train")
    assert broken(app) == []
    assert "**0 running, 2 in line**" in words(app)
    assert app.button(key="start_training").label == "Add to the line (3rd)"
    app.button(key=f"down_{order[0]}").click().run()
    assert [job.job for job in sorted(list_jobs(shop), key=lambda job: job.place or 9)][:2] == order[::-1]
    app.button(key=f"leave_{order[0]}").click().run()
    assert {job.job: job.state for job in list_jobs(shop)}[order[0]] == "cancelled"
    assert "**0 running, 1 in line**" in words(app)
    cancel_job(shop, order[1])


@pytest.mark.parametrize("state", ["paused", "cancelled", "failed"])
def test_a_training_that_was_stopped_says_what_is_kept_and_offers_to_go_on(shop, open_page, state):
    job = stopped_training(shop, state)
    app = open_page(shop, "train", f"job={job}")
    assert broken(app) == []
    assert app.button(key=f"live_resume_{job}").label == "Resume"
    if state != "failed":
        assert "Pictures that were embedded and finished epochs are kept" in words(app)
    press(app, "Set up another training")
    assert (f"line_resume_{job}" in {button.key for button in app.button}) == (state == "paused")


def test_a_finished_training_on_labels_says_how_often_all_labels_are_right(shop, open_page):
    tests = {"all_labels_right": 0.25, "accuracy": 0.25, "macro_f1": 0.5, "pictures": 12}
    job = stopped_training(shop, "done")
    result = {"run": "gone", "classes": 3, "metrics": {"test": tests}}
    JobFolder(shop.jobs / job).result.write_text(json.dumps(result), encoding="utf-8")
    app = open_page(shop, "train", f"job={job}")
    assert broken(app) == []
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures == {"All labels right": "25.0 %", "Macro F1": "50.0 %", "Test pictures": "12", "Labels": "3"}


def test_a_job_that_is_not_there_shows_the_setup(demo_home, open_page):
    app = open_page(demo_home, "train", "job=../../etc/passwd")
    assert broken(app) == []
    assert app.button(key="start_training")


def test_a_paused_training_that_waited_is_told(shop, open_page, monkeypatch):
    monkeypatch.setattr("core.ui.training_line.start_next", lambda home: [])
    job = waiting_training(shop)
    app = open_page(shop, "train", f"job={job}")
    assert "Next in line" in words(app)
    pause_job(shop, job)
    app.run()
    assert "paused" in words(app)
