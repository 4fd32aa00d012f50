import pytest
from sqlalchemy import func, select

from core.catalog import log_staging
from core.catalog.catalogs import find_catalog, rename_catalog
from core.catalog.database import read
from core.catalog.log import change, list_events, undo
from core.catalog.products import edit_product, get_product, product_events
from core.catalog.schema import changed_rows, product_pictures, products
from core.errors import CatalogError, UndoError
from tests.catalog.store import small_catalog


@pytest.fixture(autouse=True, params=[1, log_staging.STAGED_ROWS], ids=["staged", "one by one"])
def least_staged(request, monkeypatch):
    """Every test changes products in both ways."""
    monkeypatch.setattr(log_staging, "STAGED_ROWS", request.param)


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


def _filled(home):
    return next(event.event_id for event in list_events(home) if event.summary == "Filled")


def test_added_rows_need_no_record_each_and_are_still_told_in_their_history(home):
    catalog = small_catalog(home)
    with read(home) as connection:
        recorded = connection.execute(select(func.count()).select_from(changed_rows)).scalar()
        marks = connection.execute(select(products.c.added_by)).scalars().all()
    # One record: that of the catalog's own row. The products bear the event instead.
    assert recorded == 1
    assert marks == [_filled(home)] * 4
    undone = undo(home, _filled(home), actor="ann")
    redone = undo(home, undone, actor="ann")
    assert [event.event_id for event in product_events(home, catalog, "a/2")] == [redone, undone, _filled(home)]


def test_an_import_is_not_undone_under_a_later_edit_of_one_of_its_rows(home):
    catalog = small_catalog(home)
    edited = edit_product(home, catalog, "c/1", {"title": "Lamp"}, actor="ann")
    with pytest.raises(UndoError, match=rf"change {edited} \(Changed title of c/1\) came later"):
        undo(home, _filled(home), actor="ann")
    undo(home, edited, actor="ann")
    undo(home, _filled(home), actor="ann")
    assert find_catalog(home, "shop").products == 0


def test_an_import_is_not_done_again_over_rows_of_the_same_names(home):
    catalog = small_catalog(home)
    row = {"title": "Mug", "attributes": {}, "source_values": {}, "position": 0, "source_key": "a/1"}
    undone = undo(home, _filled(home), actor="ann")
    with change(home, actor="ann", kind="import", summary="Anew", catalog_id=catalog.catalog_id) as anew:
        anew.insert(products, [{**row, "catalog_id": catalog.catalog_id, "product_id": "a/1"}])
    with pytest.raises(UndoError, match=rf"change {anew.event_id} \(Anew\) came later"):
        undo(home, undone, actor="ann")
    undo(home, anew.event_id, actor="ann")
    undo(home, undone, actor="ann")
    assert get_product(home, catalog, "a/1").title == "Red mug"


def test_rows_added_and_changed_in_one_event_leave_whole_and_come_back_changed(home):
    catalog = small_catalog(home)
    key = {"catalog_id": catalog.catalog_id, "product_id": "d/1"}
    row = {"title": "Cup", "attributes": {}, "source_values": {}, "position": 9, "source_key": "d/1", "split": None}
    with change(home, actor="ann", kind="import", summary="More", catalog_id=catalog.catalog_id) as more:
        more.insert(products, [{**row, **key}])
        more.update_many(products, [(key, {"split": "test"}), ({**key, "product_id": "a/1"}, {"split": "train"})])
    undone = undo(home, more.event_id, actor="ann")
    assert get_product(home, catalog, "a/1").split is None
    with pytest.raises(CatalogError, match="no product 'd/1'"):
        get_product(home, catalog, "d/1")
    undo(home, undone, actor="ann")
    assert (get_product(home, catalog, "a/1").split, get_product(home, catalog, "d/1").split) == ("train", "test")


def test_many_rows_changed_at_once_go_back_at_once_and_keep_only_what_was_set(home):
    catalog = small_catalog(home)
    changes = [
        ({"catalog_id": catalog.catalog_id, "product_id": f"a/{number}"}, {"color": "green"}) for number in (1, 2)
    ]
    with change(home, actor="ann", kind="edit", summary="Green", catalog_id=catalog.catalog_id) as green:
        green.update_many(products, changes)
    with read(home) as connection:
        kept = connection.execute(select(changed_rows.c.row_before).where(changed_rows.c.event_id == green.event_id))
        assert [sorted(row) for row in kept.scalars()] == [["added_by", "catalog_id", "color", "product_id"]] * 2
    undo(home, green.event_id, actor="ann")
    assert [get_product(home, catalog, f"a/{number}").color for number in (1, 2)] == ["red", "blue"]


def test_every_change_of_a_product_or_its_pictures_marks_it_with_the_version_it_made(home):
    catalog = small_catalog(home)
    key = {"catalog_id": catalog.catalog_id, "product_id": "a/1"}
    edit_product(home, catalog, "a/2", {"title": "Cup"}, actor="ann")
    with change(home, actor="ann", kind="edit", summary="Unlinked", catalog_id=catalog.catalog_id) as unlinked:
        unlinked.delete(product_pictures, [{**key, "position": 0}])
    with read(home) as connection:
        marks = dict(connection.execute(select(products.c.product_id, products.c.changed_in)).all())
    version = find_catalog(home, "shop").version
    # Filled, then edited, then unlinked: three versions in this order.
    assert [marks[name] for name in ("c/1", "a/2", "a/1")] == [version - 2, version - 1, version]
    undo(home, unlinked.event_id, actor="ann")
    with read(home) as connection:
        mark = connection.execute(select(products.c.changed_in).where(products.c.product_id == "a/1")).scalar()
    assert mark == version + 1
