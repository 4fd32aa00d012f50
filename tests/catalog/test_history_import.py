import json
import random

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.histories import find_history, history_sets, list_histories, read_history
from core.catalog.history_file import MOST_LINE_CHARACTERS, HistoryFile
from core.catalog.history_import import import_history
from core.catalog.history_values import event_of, time_of
from core.catalog.log import list_events, undo
from core.catalog.recorded_history import RECORDED, append_events, recorded_event
from core.errors import Cancelled, CatalogError, SettingsError
from core.progress import SilentProgress
from tests.catalog.store import small_catalog

# small_catalog has the products a/1, a/2, b/1 and c/1.
TABLE = """customer_id;sku;action;timestamp
ann;a/2;purchase;2026-01-03T10:00:00Z
ann;a/1;click;2026-01-02
bob;zz/9;view;2026-01-01
bob;c/1;add-to-cart;1767225600
bob;zz/9;view;2026-01-05
=HYPERLINK("http://x");b/1;dance;someday
"""


def imported(home, tmp_path, text, name="h.csv", **settings):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    catalog = find_catalog(home, "shop") if list_events(home) else small_catalog(home)
    return catalog, import_history(home, catalog, HistoryFile(str(path), **settings), actor="ann")


def test_a_table_comes_in_by_the_names_of_its_columns(home, tmp_path):
    catalog, report = imported(home, tmp_path, TABLE)
    # zz/9 is not in the catalog: one id, two events. ann, bob and the formula remain, with four events.
    assert (report.users, report.events, report.unmatched, report.unmatched_events) == (3, 4, 1, 2)
    assert report.unmatched_examples == ["zz/9"]
    reasons = {each["reason"]: each["count"] for each in report.skipped}
    assert reasons == {"other_event_taken_as_view": 1, "unreadable_time_left_out": 1}
    found = read_history(home, find_history(home, catalog, "histories").history_id)
    by_user = [(each.user, each.product_id, each.event, each.at) for each in found]
    assert by_user == [
        ('=HYPERLINK("http://x")', "b/1", "view", ""),  # a name like a formula is a name
        ("ann", "a/1", "view", "2026-01-02T00:00:00+00:00"),  # in order of time, not of the file
        ("ann", "a/2", "buy", "2026-01-03T10:00:00+00:00"),
        ("bob", "c/1", "wish", "2026-01-01T00:00:00+00:00"),  # 1767225600 s after 1970
    ]


def test_importing_leaves_the_version_and_is_undone_and_redone_as_one(home, tmp_path):
    catalog, report = imported(home, tmp_path, TABLE)
    undone = undo(home, int(report.event), actor="ann")
    assert list_histories(home, catalog) == []
    undo(home, undone, actor="ann")
    assert find_history(home, catalog, "histories").events == 4


def test_a_line_a_user_comes_in_the_order_of_the_line(home, tmp_path):
    catalog, report = imported(home, tmp_path, "ann c/1 a/1 nope a/2 c/1\n\nbob a/1\ncid\n", "Beauty.txt")
    # c/1 comes twice without a time: the last place counts.
    assert (report.users, report.events, report.unmatched, report.repeated) == (2, 4, 1, 1)
    assert [each["reason"] for each in report.skipped] == ["no_products"]
    found = read_history(home, history_sets(home, catalog)[0].history_id)
    assert [each.product_id for each in found if each.user == "ann"] == ["a/1", "a/2", "c/1"]


def test_a_table_without_a_header_is_known_by_its_times(home, tmp_path):
    _catalog, report = imported(home, tmp_path, "7\ta/1\t5\t881250949\n8\ta/1\t3\t891717742\n", "u.data")
    assert (report.users, report.events) == (2, 2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("h.jsonl", '{"user": 1, "items": ["a/1", "c/1"]}\n{"user": 2, "items": ["a/2"]}\n'),
        ("h.csv", "user,items\n1,a/1,c/1\n2,a/2\n"),
        ("h.csv", "1,a/1,c/1\n2,a/2\n"),
    ],
)
def test_lists_of_products_a_user(home, tmp_path, name, text):
    _catalog, report = imported(home, tmp_path, text, name)
    assert (report.users, report.events, report.unmatched) == (2, 3, 0)


def test_columns_can_be_named(home, tmp_path):
    text = "who,what\nann,a/1\n"
    with pytest.raises(CatalogError, match=r"no line|none of the 1 product ids|no column"):
        imported(home, tmp_path, text, layout="table")
    _catalog, report = imported(home, tmp_path, text, columns={"user": "who", "product": "what"})
    assert report.events == 1
    with pytest.raises(SettingsError, match="no column 'which': found who, what"):
        imported(home, tmp_path, text, columns={"user": "which"})


def test_repeated_events_count_once(home, tmp_path):
    row = "ann,a/1,view,2026-01-01\n"
    _catalog, report = imported(home, tmp_path, "user,product,event,time\n" + row * 3)
    assert (report.events, report.repeated) == (1, 2)


def test_a_taken_name_is_refused_and_a_missing_one_made_up(home, tmp_path):
    catalog, _report = imported(home, tmp_path, "ann a/1\n", "a.txt")
    _catalog, second = imported(home, tmp_path, "ann a/1\n", "a.txt")
    assert second.history == "histories-2"
    with pytest.raises(CatalogError, match="has a history 'histories' already"):
        import_history(home, catalog, HistoryFile(str(tmp_path / "a.txt")), name="histories", actor="ann")


def test_nothing_that_matches_is_told_with_the_way_out(home, tmp_path):
    with pytest.raises(
        CatalogError, match=r"none of the 2 product ids of h.csv is in catalog 'shop': it says 'x', 'y'"
    ):
        imported(home, tmp_path, "user,product\nann,x\nann,y\n")
    assert history_sets(home, imported(home, tmp_path, "ann a/1\n", "a.txt")[0])[0].name == "histories"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (random.Random(7).randbytes(4000), "is no text|packed|begins with"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "is a picture"),
        (b"\0" * 500, "zero bytes"),
        (b"", "is empty"),
        (b"\n\n  \n", "holds no line|no event"),
    ],
)
def test_files_that_are_none_give_one_message(home, tmp_path, data, words):
    with pytest.raises(CatalogError, match=words):
        imported(home, tmp_path, data, "h.txt")


def test_a_huge_line_costs_itself_only(home, tmp_path):
    text = "bob a/1\nann" + " a/1" * (MOST_LINE_CHARACTERS // 4 + 10) + "\ncid a/2\n"
    _catalog, report = imported(home, tmp_path, text, "h.txt")
    assert (report.users, report.events) == (2, 2)
    assert report.skipped[0]["reason"] == "long_line"


def test_an_id_of_a_megabyte_is_left_out(home, tmp_path):
    _catalog, report = imported(home, tmp_path, f"ann a/1 {'x' * 100_000}\n", "h.txt")
    assert (report.events, report.unmatched) == (1, 0)
    assert report.skipped[0]["reason"] == "long_id" and len(report.skipped[0]["examples"][0]) <= 120


def test_cancelling_keeps_nothing(home, tmp_path):
    class Stopping(SilentProgress):
        def report(self, done, total, message):
            if message == "Keeping events":
                raise Cancelled

    catalog = small_catalog(home)
    (tmp_path / "h.txt").write_text("ann a/1\n")
    with pytest.raises(Cancelled):
        import_history(home, catalog, HistoryFile(str(tmp_path / "h.txt")), actor="ann", progress=Stopping())
    assert history_sets(home, catalog) == []
    assert not list(home.cache.glob("history-*"))  # nor the file that sorted them


def test_recorded_events_are_appended_without_an_entry_each(home):
    catalog = small_catalog(home)
    append_events(home, catalog, [recorded_event("ann", "a/1", "view")], actor="ann")
    before = len(list_events(home))
    append_events(
        home, catalog, [recorded_event("ann", "a/2", "wish"), recorded_event("bob", "a/1", "view")], actor="b"
    )
    assert len(list_events(home)) == before
    found = find_history(home, catalog, RECORDED)
    assert (found.users, found.events) == (2, 3)
    assert [each.product_id for each in read_history(home, found.history_id)] == ["a/1", "a/2", "a/1"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-01-02", "2026-01-02T00:00:00+00:00"),
        ("2026-01-02 10:00:00+02:00", "2026-01-02T08:00:00+00:00"),
        ("1767225600000", "2026-01-01T00:00:00+00:00"),  # milliseconds
        ("", ""),
        ("yesterday", None),
        ("9999999999999999999", None),
        ("0001-01-01", None),
        (5, None),
    ],
)
def test_times_are_read_or_refused(cell, expected):
    assert time_of(cell) == expected


def test_words_of_events():
    assert [event_of(word) for word in ("Add to cart", "ORDERED", "", "pageView", "fly")] == [
        "wish",
        "buy",
        "view",
        "view",
        None,
    ]


def test_json_of_a_report(home, tmp_path):
    _catalog, report = imported(home, tmp_path, "ann a/1 x\n", "h.txt")
    assert json.loads(json.dumps(report.to_json())).items() >= {"users": 1, "events": 1, "unmatched": 1}.items()
