from core.cli.progress_line import duration_words, progress_words
from core.cli.tables import facts, table
from core.jobs import Report


def test_columns_align_whatever_the_script():
    rows = [{"name": "鞄", "count": 5}, {"name": "e\u0301toile", "count": 1234}]  # wide; with a combining accent
    assert table(rows, {"name": "NAME", "count": "COUNT"}, empty="").splitlines() == [
        "NAME    COUNT",
        "鞄          5",
        "e\u0301toile  1,234",
    ]


def test_hostile_names_cannot_forge_lines_and_long_ones_are_cut():
    [_, line] = table([{"name": "a\nb\x1b[31m" + "x" * 80}], {"name": "NAME"}, empty="").splitlines()
    assert line.startswith("a\ufffdb\ufffd[31mx") and len(line) == 60 and line.endswith("…")


def test_facts_are_whole():
    assert facts({"a": "x" * 80, "long name": None}) == "a          " + "x" * 80 + "\nlong name  "


def test_progress_in_words():
    assert progress_words(Report(0, 42, 100, "Embedding pictures", 200)) == " 42 %  Embedding pictures, 3 min 20 s left"
    assert progress_words(Report(0, 1200, None, "Reading")) == "1,200  Reading"
    assert [duration_words(each) for each in (8.4, 60, 7500)] == ["8 s", "1 min 0 s", "2 h 5 min"]
