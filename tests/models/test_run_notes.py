import pytest

from core.catalog.log import list_events, undo
from core.errors import RunError
from core.models.run_notes import check_note, check_tags, note_run, tag_run
from core.models.runs import find_run, register_run


@pytest.fixture
def run_id(home):
    manifest = {"run": "linear-20261121-101530-ab12", "catalog_id": 1, "catalog": "shop", "name": "first"}
    facts = {"recipe": "linear", "backbone": "b", "created": "2026-11-21", "seconds": 1.0, "metrics": {}}
    register_run(home, {**manifest, **facts}, actor="ann")
    return manifest["run"]


def test_notes_and_tags_are_kept_and_each_change_can_be_undone(home, run_id):
    assert (find_run(home, run_id).notes, find_run(home, run_id).tags) == ("", ())
    first = note_run(home, run_id, "  more views\r\nhelped \n", actor="ann")
    tagged = tag_run(home, run_id, ["best", " for  the demo ", "best", ""], actor="bob")
    assert find_run(home, run_id).notes == "more views\nhelped"
    assert find_run(home, run_id).tags == ("best", "for the demo")
    undo(home, tagged, actor="ann")
    assert find_run(home, run_id).tags == ()
    assert find_run(home, run_id).notes == "more views\nhelped"  # the other change stands
    undo(home, first, actor="ann")
    assert find_run(home, run_id).notes == ""
    kinds = [(event.kind, event.actor) for event in list_events(home)][2:4]
    assert kinds == [("edit", "bob"), ("edit", "ann")]


def test_an_empty_note_and_no_tags_take_them_away(home, run_id):
    note_run(home, run_id, "x", actor="ann")
    tag_run(home, run_id, ["x"], actor="ann")
    note_run(home, run_id, "  ", actor="ann")
    tag_run(home, run_id, [], actor="ann")
    assert (find_run(home, run_id).notes, find_run(home, run_id).tags) == ("", ())


def test_a_run_that_is_not_there_is_told(home):
    with pytest.raises(RunError, match=r"there is no run '\.\./x'"):
        note_run(home, "../x", "note", actor="ann")
    with pytest.raises(RunError, match="there is no run"):
        tag_run(home, "none", ["a"], actor="ann")


def test_hostile_text_is_kept_as_text_without_what_cannot_be_seen():
    # Markup stays as it was typed: it is shown as text. A mark that turns the direction of reading does not.
    assert check_note("![x](http://a/b.png) <script>\u202e\x00\ud800 ok") == "![x](http://a/b.png) <script> ok"
    assert check_tags(["<b>", "[a](b)"]) == ("<b>", "[a](b)")


@pytest.mark.parametrize("tag", ["a,b", "x" * 41, "a\u202eb", "\x00"])
def test_what_is_no_tag_is_refused(tag):
    with pytest.raises(RunError, match="a tag has 1 to 40 printable characters and no comma"):
        check_tags([tag])


def test_too_much_is_refused():
    with pytest.raises(RunError, match="4,001 characters, at most 4,000"):
        check_note("x" * 4001)
    with pytest.raises(RunError, match="21 tags are too many: at most 20"):
        check_tags([str(number) for number in range(21)])
