import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.documents import (
    add_document,
    append_entries,
    change_document,
    delete_document,
    find_document,
    list_documents,
    read_entries,
)
from core.catalog.log import list_events, undo
from core.errors import CatalogError, EditConflictError
from tests.catalog.store import small_catalog


def test_a_document_comes_back_as_it_was_kept_and_leaves_the_version(home):
    catalog = small_catalog(home)
    made = add_document(home, catalog, "slice", "red", body={"product_ids": ["a/1"]}, actor="ann")
    assert find_document(home, catalog, "slice", "red") == made
    assert (made.revision, made.body, made.created_by) == (1, {"product_ids": ["a/1"]}, "ann")
    # Nothing of the products changed: what was computed from them stays good.
    assert find_catalog(home, catalog.name).version == catalog.version


def test_kinds_have_names_of_their_own_and_a_taken_name_is_refused(home):
    catalog = small_catalog(home)
    add_document(home, catalog, "slice", "red", body={}, actor="ann")
    add_document(home, catalog, "preset", "red", body={}, actor="ann")
    with pytest.raises(CatalogError, match="has a slice 'red' already"):
        add_document(home, catalog, "slice", "red", body={}, actor="bob")
    with pytest.raises(CatalogError, match="letters, digits"):
        add_document(home, catalog, "slice", "../red", body={}, actor="bob")
    with pytest.raises(CatalogError, match="no slice 'blue'; it has red"):
        find_document(home, catalog, "slice", "blue")


def test_saving_over_somebody_else_is_refused_and_tells_theirs(home):
    catalog = small_catalog(home)
    read_by_both = add_document(home, catalog, "preset", "shop", body={"visual": 1}, actor="ann")
    change_document(home, catalog, read_by_both, body={"visual": 2}, actor="ann")
    with pytest.raises(EditConflictError, match="changed by somebody else") as conflict:
        change_document(home, catalog, read_by_both, body={"visual": 3}, actor="bob")
    assert conflict.value.theirs == {"visual": 2}
    assert find_document(home, catalog, "preset", "shop").body == {"visual": 2}


def test_changes_are_undone_one_by_one(home):
    catalog = small_catalog(home)
    made = add_document(home, catalog, "preset", "shop", body={"visual": 1}, actor="ann")
    renamed = change_document(home, catalog, made, name="store", actor="ann")
    assert renamed.name == "store" and renamed.revision == 2
    deleted = delete_document(home, catalog, renamed, actor="ann")
    assert list_documents(home, catalog, "preset") == []
    undo(home, deleted, actor="ann")
    undo(home, next(event.event_id for event in list_events(home) if event.kind == "rename"), actor="ann")
    assert find_document(home, catalog, "preset", "shop").body == {"visual": 1}


def test_entries_keep_their_order_and_stay_when_the_document_is_changed(home):
    catalog = small_catalog(home)
    test = add_document(home, catalog, "blind test", "a-or-b", body={}, actor="ann")
    append_entries(home, test, [{"vote": "a"}, {"vote": "b"}], actor="bob")
    changed = change_document(home, catalog, test, body={"open": False}, actor="ann")
    append_entries(home, changed, [{"vote": "a"}], actor="eve")
    entries = read_entries(home, changed)
    assert [(entry.sequence, entry.actor, entry.body["vote"]) for entry in entries] == [
        (1, "bob", "a"),
        (2, "bob", "b"),
        (3, "eve", "a"),
    ]
    assert [entry.sequence for entry in read_entries(home, changed, after=2)] == [3]
