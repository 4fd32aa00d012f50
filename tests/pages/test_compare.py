"""The page of comparisons: none, one, several, lost and hostile runs."""

import shutil

import pytest

from core.home import open_home
from core.models.runs import rename_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog
from tests.pages.conftest import broken, words
from tests.pages.test_hostile_names import HOSTILE, markup


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = open_home(tmp_path_factory.mktemp("compared") / "home")
    shop = planted_catalog(home, [name for name in ("mug", "lamp", "sofa") for _ in range(20)])
    ids = []
    for recipe, epochs in (("linear", 2), ("linear", 3), ("one-vs-all", 3)):
        settings = {"epochs": epochs, "batch_size": 16}
        result = train_run(home, shop, recipe=recipe, settings=settings, actor="t", progress=SilentProgress())
        ids.append(result["run"])
    return home, ids


@pytest.fixture
def runs(trained, tmp_path):
    shutil.copytree(trained[0].root, tmp_path / "home")
    return open_home(tmp_path / "home"), trained[1]


def test_without_runs_it_says_where_to_get_one(home, open_page):
    app = open_page(home, "compare")
    assert broken(app) == [] and "There is no catalog yet" in words(app)


def test_it_asks_for_runs(runs, open_page):
    app = open_page(runs[0], "compare")
    assert broken(app) == [] and "Choose two or more runs" in words(app)


def test_one_run_is_shown_and_another_asked_for(runs, open_page):
    app = open_page(runs[0], "compare", f"runs={runs[1][0]}")
    assert broken(app) == [] and "Choose another run" in words(app)


def test_a_link_names_the_runs(runs, open_page):
    home, ids = runs
    app = open_page(home, "compare", f"runs={','.join(ids)},gone-20260101-000000-0000")
    assert broken(app) == []
    assert app.multiselect[0].value == ids
    said = words(app)
    assert "1 of the runs in this link are not here" in said
    assert "What was set otherwise" in said and "Why yes-or-no models look better" in said
    frames = [table.value for table in app.dataframe]

    def with_column(name):
        return next(frame for frame in frames if name in frame)

    assert with_column("Setting")["Setting"].tolist()[0] == "recipe"
    assert sorted(with_column("Category")["Category"]) == ["lamp", "mug", "sofa"]
    assert len(with_column("Verdict")) == 2 and len(with_column("Right category")) == 3


def test_a_run_that_lost_its_files_is_told_and_the_others_compared(runs, open_page):
    home, ids = runs
    shutil.rmtree(home.runs / ids[1])
    app = open_page(home, "compare", f"runs={','.join(ids)}")
    assert broken(app) == [] and "are gone or damaged" in words(app)


def test_hostile_names_are_no_markup(runs, open_page):
    home, ids = runs
    for run_id, name in zip(ids, HOSTILE, strict=False):
        rename_run(home, run_id, name, actor="t")
    app = open_page(home, "compare", f"runs={','.join(ids)}")
    assert broken(app) == []
    assert "evil.test" not in markup(app).replace(r"evil\.test", "")


def test_the_newest_runs_are_compared_in_one_click(runs, open_page):
    home, ids = runs
    app = open_page(home, "compare")
    next(button for button in app.button if button.label.startswith("Compare the 3 newest runs")).click().run()
    assert broken(app) == []
    assert sorted(app.multiselect[0].value) == sorted(ids)
    assert "What was set otherwise" in words(app)
