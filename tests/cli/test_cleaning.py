"""The commands clean, recipe and suggest-merges."""

import json


def test_a_step_is_previewed_applied_listed_and_undone(call, colors):
    shown = call("clean", colors, "merge-categories", "--set", "file=nowhere.csv", "--preview", "--json")
    assert shown.code == 2 and "cannot read the merge rules in nowhere.csv" in shown.err
    shown = call("clean", colors, "cap-per-category", "--set", "most=5", "--preview", "--json").json
    # Three categories of twelve: seven of each are too many.
    assert shown["previews"][0]["products"] == 21
    applied = call("clean", colors, "cap-per-category", "--set", "most=5", "--json").json["steps"][0]
    assert applied["products"] == 21
    assert len(call("products", colors, "--json").json["products"]) == 15
    listed = call("recipe", colors, "--json").json["steps"]
    assert [(each["step"], each["settings"]["most"], each["event"]) for each in listed] == [
        ("cap-per-category", 5, applied["event"])
    ]
    assert call("undo", applied["event"]).code == 0
    assert len(call("products", colors, "--json").json["products"]) == 36
    assert call("recipe", colors, "--json").json["steps"] == []


def test_a_recipe_is_exported_and_applied(call, colors, tmp_path):
    call("clean", colors, "cap-per-category", "--set", "most=5")
    path = tmp_path / "recipe.json"
    assert call("recipe", colors, "--export", path, "--json").json["file"] == str(path)
    assert json.loads(path.read_text())["steps"][0]["kind"] == "cap-per-category"
    applied = call("clean", colors, "--recipe", path, "--json").json["steps"]
    assert [(each["products"], each["event"]) for each in applied] == [(0, None)]
    assert "nothing to change" in call("clean", colors, "--recipe", path).out


def test_mistakes_end_in_one_message(call, colors, tmp_path):
    for words, said in (
        (("clean", colors), "name either a step or --recipe FILE"),
        (("clean", colors, "split", "--recipe", "x"), "name either a step or --recipe FILE"),
        (("clean", colors, "polish"), "there is no cleaning step 'polish'"),
        (("clean", colors, "split", "--set", "shares=1"), "split must be three numbers"),
        (("clean", colors, "--recipe", tmp_path / "none.json"), "cannot read the recipe"),
        (("clean", "nothing", "split"), "there is no catalog 'nothing'"),
        (("recipe", colors, "--export", tmp_path / "no" / "such" / "x.json" / "y"), ""),
    ):
        answer = call(*words)
        if said:
            assert (answer.code, answer.out) == (2, "")
            assert said in answer.err


def test_suggestions_are_rules(call, colors, tmp_path):
    path = tmp_path / "rules.json"
    call("clean", colors, "merge-categories", "--set", f"file={_rules(tmp_path)}")
    found = call("suggest-merges", colors, "--export", path, "--json").json["suggestions"]
    # "Greens" was made of green above, beside "Green" made of blue: they differ in the plural alone.
    assert [(each["from"], each["to"]) for each in found] == [("Greens", "Green")]
    assert "plural" in found[0]["why"]
    assert (
        call("clean", colors, "merge-categories", "--set", f"file={path}", "--json").json["steps"][0]["products"] == 12
    )


def _rules(tmp_path):
    path = tmp_path / "first.csv"
    path.write_text("from,to\ngreen,Greens\nblue,Green\n")
    return path
