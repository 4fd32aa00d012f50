import pytest

from core.catalog.histories import (
    HistoryEvent,
    add_history,
    delete_history,
    find_history,
    list_histories,
    read_history,
    rename_history,
)
from core.catalog.log import list_events, undo
from core.errors import CatalogError
from tests.catalog.store import small_catalog

EVENTS = [
    HistoryEvent("ann", "a/1", "view", "2026-01-01T10:00:00+00:00"),
    HistoryEvent("bob", "a/2", "buy", "2026-01-02T10:00:00+00:00"),
    HistoryEvent("ann", "c/1", "wish", "2026-01-03T10:00:00+00:00"),
]


def test_events_come_back_in_order_and_are_counted(home):
    catalog = small_catalog(home)
    number = add_history(home, catalog, "spring", events=EVENTS, actor="ann")
    assert read_history(home, number) == EVENTS
    history = find_history(home, catalog, "spring")
    assert (history.users, history.events) == (2, 3)


def test_renaming_and_deleting_can_be_undone(home):
    catalog = small_catalog(home)
    add_history(home, catalog, "spring", events=EVENTS, actor="ann")
    undo(home, rename_history(home, catalog, "spring", "summer", actor="ann"), actor="ann")
    deleted = delete_history(home, catalog, "spring", actor="ann")
    assert list_histories(home, catalog) == []
    undo(home, deleted, actor="ann")
    assert find_history(home, catalog, "spring").events == 3


def test_importing_can_be_undone_and_redone_with_its_events(home):
    catalog = small_catalog(home)
    add_history(home, catalog, "spring", events=EVENTS, actor="ann")
    undone = undo(home, list_events(home)[0].event_id, actor="ann")
    assert list_histories(home, catalog) == []
    undo(home, undone, actor="ann")
    assert find_history(home, catalog, "spring").events == 3


def test_a_taken_or_missing_name_is_refused(home):
    catalog = small_catalog(home)
    add_history(home, catalog, "spring", events=EVENTS, actor="ann")
    with pytest.raises(CatalogError, match="has a history 'spring' already"):
        add_history(home, catalog, "spring", events=[], actor="ann")
    with pytest.raises(CatalogError, match="no history 'x'; it has spring"):
        find_history(home, catalog, "x")
