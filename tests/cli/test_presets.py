"""Presets, teaching, impact, blind tests and exports from the command line."""

import json

import pandas as pd
import pytest

from tests.catalog.store import small_catalog
from tests.home_copies import copy_home


@pytest.fixture
def shop(home):
    return small_catalog(home).name


@pytest.fixture(scope="module")
def demo_copy(demo_home, tmp_path_factory):
    root = tmp_path_factory.mktemp("shipping") / "home"
    copy_home(demo_home.root, root)
    return root


@pytest.fixture
def demo(call, demo_copy, monkeypatch):
    """Call commands on the demo, free to be changed."""
    monkeypatch.setenv("SHELFLENS_HOME", str(demo_copy))

    def run(*words):
        answer = call(*words, "--json")
        assert answer.code == 0, answer.err
        return answer.json

    return run


def test_a_preset_through_its_life(call, shop):
    saved = call("save-preset", shop, "front", "--weight", "color=2", "--set", "diversity=0.3", "--json").json
    assert (saved["version"], saved["settings"]["weights"]["color"], saved["settings"]["diversity"]) == (1, 2.0, 0.3)
    # Saved again it starts from itself, not from the defaults.
    words = ("--weight", "visual=0", "--set", 'filters.category="Kitchen"', "--note", "no looks", "--json")
    again = call("save-preset", shop, "front", *words).json
    assert again["settings"]["weights"]["color"] == 2.0
    assert again["settings"]["filters"]["category"] == "Kitchen"
    assert call("publish-preset", shop, "front", "--version", "1", "--json").json["version"] == 1
    back = call("rollback-preset", shop, "front", "--version", "1", "--json").json
    assert (back["version"], back["settings"]["weights"]["visual"]) == (3, 1.0)
    told = call("preset", shop, "front", "--json").json
    assert [each["version"] for each in told["versions"]] == [3, 2, 1] and told["published"] == 1
    assert call("rename-preset", shop, "front", "window", "--json").json["preset"] == "window"
    [listed] = call("presets", shop, "--json").json["presets"]
    assert (listed["preset"], listed["published"]) == ("window", 1)
    assert "window" in call("presets", shop).out
    refused = call("delete-preset", shop, "window")
    assert refused.code == 2 and "published" in refused.err
    assert call("unpublish-preset", shop, "--json").json == {"catalog": shop, "preset": None}
    event = call("delete-preset", shop, "window", "--json").json["event"]
    assert call("undo", event).code == 0
    assert call("presets", shop, "--json").json["presets"][0]["preset"] == "window"


def test_a_preset_travels_as_a_file(call, shop, tmp_path):
    call("save-preset", shop, "front", "--weight", "price=2")
    assert call("export-preset", shop, "front", tmp_path / "front.json", "--json").json["version"] == 1
    assert "formulas" in json.loads((tmp_path / "front.json").read_text(encoding="utf-8"))
    taken = call("import-preset", shop, tmp_path / "front.json", "--name", "copy", "--json").json
    assert taken["settings"] == call("preset", shop, "front", "--json").json["settings"]


@pytest.mark.parametrize(
    "words",
    [
        ("save-preset", "shop", "front", "--weight", "visual=nan"),
        ("save-preset", "shop", "front", "--weight", "visual=-1"),
        ("save-preset", "shop", "front", "--weight", "telepathy=1"),
        ("save-preset", "shop", "front", "--set", "diversity=7"),
        ("save-preset", "shop", "front", "--set", "nonsense=1"),
        ("save-preset", "shop", "../front"),
        ("save-preset", "shop", "classic"),
        ("export-preset", "shop", "standard", "/no/such/folder/x.json"),
        ("export-preset", "shop", "standard", "x.txt"),
        ("import-preset", "shop", "/no/such/file.json"),
        ("impact", "shop", "--to", "nobody"),
        ("export-matches", "shop", "--out", "x.xlsx"),
        ("serve-api", "--host", "0.0.0.0"),
        ("blind-test", "shop", "nobody"),
    ],
)
def test_a_mistake_is_one_message(call, shop, words):
    answer = call(*words)
    assert answer.code == 2
    assert answer.err.strip().splitlines()[-1].startswith("error: ") and answer.out == ""


def test_all_zero_weights_are_refused(call, shop):
    zeros = [word for part in ("visual", "color", "price") for word in ("--weight", f"{part}=0")]
    answer = call("save-preset", shop, "front", *zeros)
    assert answer.code == 2 and "at least one weight must be above 0" in answer.err


def test_measuring_and_shipping_a_preset(demo, tmp_path):
    demo("save-preset", "demo", "colors", "--weight", "visual=0.3", "--weight", "color=2")
    impact = demo("impact", "demo", "--to", "colors", "--queries", "20", "--k", "5")
    assert (impact["from"], impact["to"], impact["queries"]) == ("standard", "colors", 20)
    # More weight on color brings nearer colors: the difference is below 0 for sure.
    assert impact["measures"]["color_distance"]["difference"]["interval"][1] < 0
    points = demo("trade-off", "demo", "visual", "color", "--queries", "10")["points"]
    assert points[0]["visual"] > points[-1]["visual"] and points[0]["color"] < points[-1]["color"]
    demo("export-matches", "demo", "--preset", "colors", "--k", "2", "--out", tmp_path / "matches.parquet")
    table = pd.read_parquet(tmp_path / "matches.parquet")
    similar = demo(
        "similar", "demo", "--product", table["product_id"][0], "--k", "2", "--visual", "0.3", "--color", "2"
    )
    assert table["match_id"][:2].tolist() == [each["product_id"] for each in similar["matches"]]
    page = demo("export-demo", "demo", "--out", tmp_path / "demo.html", "--limit", "20")
    assert page["products"] == 20 and (tmp_path / "demo.html").stat().st_size == page["bytes"]


def test_picks_from_a_file_teach(demo, tmp_path):
    asked = demo("teach", "demo", "--ask", "2")
    assert asked["weights"] is None and len(asked["ask"]) == 2
    picks = [{"query": each["query"], "better": each["first"], "worse": each["second"]} for each in asked["ask"]]
    (tmp_path / "picks.json").write_text(json.dumps(picks), encoding="utf-8")
    taught = demo("teach", "demo", "--picks", tmp_path / "picks.json")
    assert taught["picks"] == 2 and max(taught["weights"].values()) == 1.0


def test_a_blind_test_is_voted_on(demo):
    made = demo("make-blind-test", "demo", "try", "--a", "standard", "--b", "classic", "--questions", "2", "--k", "3")
    assert made["questions"] == 2 and made["link"].startswith("/vote?catalog=demo&test=")
    ballot = demo("vote", "demo", "try", "--voter", "ann")
    after = demo("vote", "demo", "try", "--voter", "ann", "--question", ballot["question"], "--choose", "left")
    assert after["question"] not in (None, ballot["question"])
    assert demo("blind-test", "demo", "try")["votes"] == 1
    assert demo("close-blind-test", "demo", "try")["open"] is False
    listed = {each["test"]: each["votes"] for each in demo("blind-tests", "demo")["tests"]}
    assert listed["try"] == 1
