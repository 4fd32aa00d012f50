import pytest

from core.catalog.catalogs import find_catalog, rename_catalog
from core.catalog.log import change, list_events, undo
from core.catalog.products import edit_product, get_product, product_events
from core.catalog.schema import products
from core.errors import UndoError
from tests.catalog.store import small_catalog


def test_undo_puts_the_row_back_and_undoing_that_does_it_again(home):
    catalog = small_catalog(home)
    edited = edit_product(home, catalog, "a/1", {"title": "Scarlet mug"}, actor="ann")
    undone = undo(home, edited, actor="bob")
    assert get_product(home, catalog, "a/1").title == "Red mug"
    undo(home, undone, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Scarlet mug"
    # The first change stands again, so it can be undone again.
    undo(home, edited, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Red mug"


def test_a_change_with_a_later_one_on_the_same_row_names_what_to_undo_first(home):
    catalog = small_catalog(home)
    first = edit_product(home, catalog, "a/1", {"title": "One"}, actor="ann")
    edit_product(home, catalog, "a/1", {"title": "Two"}, actor="ann")
    with pytest.raises(UndoError, match=r"change \d+ \(Changed title of a/1\) came later"):
        undo(home, first, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Two"


def test_changes_of_other_rows_do_not_stand_in_the_way(home):
    catalog = small_catalog(home)
    first = edit_product(home, catalog, "a/1", {"title": "One"}, actor="ann")
    edit_product(home, catalog, "a/2", {"title": "Two"}, actor="ann")
    undo(home, first, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Red mug"


def test_undoing_twice_and_undoing_nothing_are_refused(home):
    catalog = small_catalog(home)
    edited = edit_product(home, catalog, "a/1", {"title": "One"}, actor="ann")
    undo(home, edited, actor="ann")
    with pytest.raises(UndoError, match="undone already"):
        undo(home, edited, actor="ann")
    with pytest.raises(UndoError, match="there is no change 999"):
        undo(home, 999, actor="ann")


def test_undoing_an_import_removes_its_rows_and_redoing_brings_every_value_back(home):
    catalog = small_catalog(home)
    before = get_product(home, catalog, "a/2")
    imported = next(event for event in list_events(home) if event.summary == "Filled")
    undone = undo(home, imported.event_id, actor="ann")
    assert find_catalog(home, "shop").products == 0
    undo(home, undone, actor="ann")
    assert find_catalog(home, "shop").products == 4
    assert get_product(home, catalog, "a/2") == before


def test_a_row_changed_twice_in_one_change_goes_back_to_the_first_value(home):
    catalog = small_catalog(home)
    key = {"catalog_id": catalog.catalog_id, "product_id": "a/1"}
    with change(home, actor="ann", kind="edit", summary="Twice", catalog_id=catalog.catalog_id) as twice:
        twice.update(products, key, {"title": "One"})
        twice.update(products, key, {"title": "Two"})
    undo(home, twice.event_id, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Red mug"


def test_an_error_inside_a_change_leaves_neither_rows_nor_log_nor_version(home):
    catalog = small_catalog(home)
    entries = len(list_events(home))
    with (
        pytest.raises(RuntimeError),
        change(home, actor="ann", kind="edit", summary="Half", catalog_id=catalog.catalog_id) as half,
    ):
        half.update(products, {"catalog_id": catalog.catalog_id, "product_id": "a/1"}, {"title": "Half"})
        raise RuntimeError("power cut")
    assert get_product(home, catalog, "a/1").title == "Red mug"
    assert len(list_events(home)) == entries
    assert find_catalog(home, "shop").version == catalog.version


def test_a_continued_event_is_undone_as_one(home):
    catalog = small_catalog(home)
    key = {"catalog_id": catalog.catalog_id}
    with change(home, actor="ann", kind="edit", summary="Part 1", catalog_id=catalog.catalog_id) as part:
        part.update(products, {**key, "product_id": "a/1"}, {"title": "X"})
    with change(
        home, actor="ann", kind="edit", summary="", catalog_id=catalog.catalog_id, event_id=part.event_id
    ) as more:
        more.update(products, {**key, "product_id": "a/2"}, {"title": "Y"})
        more.summarize("Both parts")
    assert list_events(home)[0].summary == "Both parts"
    undo(home, part.event_id, actor="ann")
    assert [get_product(home, catalog, name).title for name in ("a/1", "a/2")] == ["Red mug", "Blue mug"]


def test_the_log_says_who_did_what_and_raises_the_version_each_time(home):
    catalog = small_catalog(home)
    edit_product(home, catalog, "a/1", {"color": "green"}, actor="ann")
    newest = list_events(home, catalog_id=catalog.catalog_id)[0]
    assert (newest.actor, newest.kind, newest.summary) == ("ann", "edit", "Changed color of a/1")
    assert find_catalog(home, "shop").version == catalog.version + 1
    assert [event.summary for event in product_events(home, catalog, "a/1")] == ["Changed color of a/1", "Filled"]


def test_undoing_never_gives_a_catalog_a_version_it_had_before(home):
    catalog = small_catalog(home)
    renamed = rename_catalog(home, "shop", "store", actor="ann")
    edit_product(home, catalog, "a/1", {"title": "One"}, actor="ann")
    before = find_catalog(home, "store").version
    undo(home, renamed, actor="ann")
    # Caches are keyed by it: lower, the number would stand for the rows before the edit.
    assert find_catalog(home, "shop").version == before + 1
    assert get_product(home, catalog, "a/1").title == "One"


def test_an_edit_is_not_done_again_while_the_import_it_was_built_on_is_undone(home):
    catalog = small_catalog(home)
    imported = next(event for event in list_events(home) if event.summary == "Filled")
    edited = edit_product(home, catalog, "a/1", {"title": "One"}, actor="ann")
    edit_undone = undo(home, edited, actor="ann")
    import_undone = undo(home, imported.event_id, actor="ann")
    with pytest.raises(UndoError, match=rf"change {import_undone} \(Undid: Filled\) came later"):
        undo(home, edit_undone, actor="ann")
    assert find_catalog(home, "shop").products == 0
    undo(home, import_undone, actor="ann")
    undo(home, edit_undone, actor="ann")
    assert get_product(home, catalog, "a/1").title == "One"


def test_a_change_made_and_undone_in_between_does_not_stand_in_the_way_of_doing_again(home):
    catalog = small_catalog(home)
    undone = undo(home, edit_product(home, catalog, "a/1", {"title": "One"}, actor="ann"), actor="ann")
    undo(home, edit_product(home, catalog, "a/1", {"title": "Two"}, actor="ann"), actor="ann")
    undo(home, undone, actor="ann")
    assert get_product(home, catalog, "a/1").title == "One"
