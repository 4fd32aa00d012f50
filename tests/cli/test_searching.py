"""The commands search, searches and search-report."""

import pytest

QUICK = ("--recipe", "head", "--set", "epochs=2", "--set", "first_layer=8", "--set", "second_layer=8")


@pytest.fixture
def found(call, colors):
    """A grid of two learning rates on the catalog "colors"; gives what `search` printed."""
    return call("search", colors, *QUICK, "--grid", "learning_rate=1e-3,1e-2", "--name", "best of two", "--json").json


def test_a_search_is_run_listed_and_reported(call, found):
    assert (found["method"], found["trials"]) == ("grid", {"finished": 2})
    assert found["validation_pictures"] == found["metrics"]["validation"]["pictures"]
    assert found["best"]["settings"]["learning_rate"] in (1e-3, 1e-2)
    [run] = call("runs", "--json").json["runs"]
    assert (run["run"], run["name"]) == (found["run"], "best of two")
    assert run["metrics"]["test"] == found["metrics"]["test"]
    [listed] = call("searches", "--catalog", "colors", "--json").json["searches"]
    assert (listed["search"], listed["run"], listed["trials"]) == (found["search"], run["run"], 2)
    report = call("search-report", found["search"], "--json").json
    assert [trial["settings"] for trial in report["trials"]] == [{"learning_rate": 1e-3}, {"learning_rate": 1e-2}]
    assert all("test" not in trial and "test" not in trial["figures"] for trial in report["trials"])
    assert "learning_rate=0.01" in call("search-report", found["search"]).out
    assert found["search"] in call("searches").out


def test_a_guided_search_says_first_what_it_costs(call, colors):
    call("embed", colors)
    words = ("--vary", "learning_rate=1e-4:1e-1", "--trials", "3", "--pruner", "none")
    answer = call("search", colors, *QUICK, *words, "--json")
    assert answer.json["trials"] == {"finished": 3}
    assert answer.err.startswith("3 trials, about ")


def test_mistakes_show_before_any_job_is_made(call, colors):
    for words, message in (
        (("--recipe", "magic"), "there is no recipe 'magic'"),
        (("--recipe", "head", "--grid", "magic=1"), "has no setting 'magic' to vary"),
        (("--recipe", "head", "--grid", "dropout=0.1", "--guided"), "give one of them"),
        (("--recipe", "head", "--vary", "dropout=0.5:0.1"), "the lower one first"),
        (("--recipe", "head", "--grid", "dropout=0.1:0.5"), "a grid takes values"),
        (("--recipe", "head", "--grid", "dropout=2"), "dropout is 2: expected at most 0.95"),
        (("--recipe", "head", "--minutes", "0"), "expected a number of minutes above 0"),
        (("--recipe", "head", "--measure", "speed"), "there is no measure 'speed'"),
        (("--recipe", "head", "--guided", "--pruner", "magic"), "there is no pruner 'magic'"),
        (("--recipe", "head", "--balance", "magic"), "preset is 'magic'"),
    ):
        answer = call("search", colors, *words, "--detach")
        assert answer.code == 2 and message in answer.err, answer.err
    assert call("jobs", "--json").json == {"jobs": []}
    assert call("searches", "--json").json == {"searches": []}
    assert "there is no search 'nothing'" in call("search-report", "nothing").err
