"""Histories from the command line: what an import prints, what is refused, and pairs of categories."""


def test_histories_come_in_are_listed_and_undone(call, colors, tmp_path):
    file = tmp_path / "h.txt"
    # red-00 is in the catalog twice over for ann and bob; "gone" is not.
    file.write_text("ann red/red-00.png blue/blue-01.png\nbob red/red-00.png gone\n")
    found = call("histories", colors, file, "--json").json
    assert (found["users"], found["events"], found["unmatched"]) == (2, 3, 1)
    assert call("histories", colors, "--json").json["histories"][0]["events"] == 3
    assert call("undo", found["event"]).code == 0
    assert call("histories", colors, "--json").json == {"histories": []}


def test_mistakes_give_one_message(call, colors, tmp_path):
    for words in (
        ("histories", colors, tmp_path / "missing.csv"),
        ("histories", colors, "--name", "x"),
        ("recommend", colors),
        ("recommend", colors, "--user", "a", "--hybrid", "2"),
        ("add-product", colors, "--picture", tmp_path / "missing.png"),
        ("set-pair", colors, "red", "nothing-like-it"),
    ):
        answer = call(*words)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), words


def test_pairs_are_kept(call, colors):
    assert call("set-pair", colors, "red", "blue", "--json").json["pairs"] == [
        {"category": "blue", "other": "red", "says": "together"}
    ]
    assert call("set-pair", colors, "blue", "red", "--as", "nothing", "--json").json == {"pairs": []}
    assert "nobody paired" in call("pairs", colors).out
