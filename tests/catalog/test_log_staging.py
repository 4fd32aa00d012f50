"""Changing many products at once leaves the rows and records that changing them one by one does."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.catalog import log_change, log_staging
from core.catalog.catalogs import create_catalog
from core.catalog.database import read
from core.catalog.log import change, undo
from core.catalog.product_history import product_history
from core.catalog.products import product_events
from core.catalog.schema import changed_rows, products
from core.errors import UndoError

ONE_BY_ONE = 10**9
# Text that JSON writes with escapes, and characters beyond the first plane.
TEXTS = st.text(st.sampled_from("a\"\\/\b\f\n\r\t\x01\x1f\x7fé\u2028😀'"), max_size=5)
COLUMNS = {
    "title": TEXTS,
    "category": st.none() | TEXTS,
    "price_minor_units": st.none() | st.integers(-(2**62), 2**62),
    "split": st.sampled_from([None, "train", "test"]),
    "left_out": st.none() | TEXTS,
    "attributes": st.dictionaries(TEXTS, st.integers(0, 9), max_size=2),
}
ROUNDS = st.lists(
    st.dictionaries(st.integers(0, 3), st.fixed_dictionaries({}, optional=COLUMNS).filter(bool), max_size=4),
    min_size=1,
    max_size=3,
)


def fill(home, name, ids):
    """A catalog of products with these ids."""
    catalog = create_catalog(home, name, actor="tests")
    empty = {"title": "Mug", "attributes": {}, "source_values": {}, "brand": "Nord", "category": None}
    with change(home, actor="ann", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        filling.insert(
            products,
            [
                {**empty, "catalog_id": catalog.catalog_id, "product_id": each, "source_key": each, "position": place}
                for place, each in enumerate(ids)
            ],
        )
    return catalog


def key(catalog, product_id):
    return {"catalog_id": catalog.catalog_id, "product_id": product_id}


def rows(home, catalog):
    """The products without the numbers that differ from catalog to catalog."""
    chosen = [column for column in products.columns if column.name not in ("catalog_id", "added_by", "changed_in")]
    query = select(*chosen).where(products.c.catalog_id == catalog.catalog_id).order_by(products.c.product_id)
    with read(home) as connection:
        return [tuple(row) for row in connection.execute(query)]


def records(home, event_id):
    """The records of an event as they are kept, without the catalog's number."""
    query = select(changed_rows).where(changed_rows.c.event_id == event_id)
    with read(home) as connection:
        found = connection.execute(query).mappings().all()
    # Keys are looked for as texts: they are compared as they were written.
    texts = [row["row_key"] for row in found]
    assert texts == [log_change.key_text(json.loads(text)) for text in texts]
    return sorted(
        json.dumps(
            {name: value for name, value in row["row_before"].items() if name not in ("catalog_id", "added_by")},
            sort_keys=True,
        )
        for row in found
    )


def play(home, catalog, ids, rounds):
    """Change products in one event, undo it and do it again; gives all that can be seen of it."""
    with change(home, actor="ann", kind="edit", summary="Many", catalog_id=catalog.catalog_id) as many:
        for each in rounds:
            many.update_many(products, [(key(catalog, ids[place]), values) for place, values in each.items()])
    seen = [rows(home, catalog), records(home, many.event_id)]
    seen.append([[done.fields for done in product_history(home, catalog, each)] for each in ids])
    undone = undo(home, many.event_id, actor="ann")
    seen += [rows(home, catalog), records(home, undone)]
    redone = undo(home, undone, actor="ann")
    return [*seen, rows(home, catalog), records(home, redone)]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(TEXTS.map("p".__add__), min_size=4, max_size=4, unique=True), rounds=ROUNDS)
def test_both_ways_leave_the_same_rows_records_and_histories(home, ids, rounds):
    seen = []
    for name, least in (("alone", ONE_BY_ONE), ("staged", 1)):
        catalog = fill(home, f"{name}-{uuid.uuid4().hex}", ids)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(log_staging, "STAGED_ROWS", least)
            patch.setattr(log_change, "ROWS_STAGED", 2)
            before = rows(home, catalog)
            seen.append(play(home, catalog, ids, rounds))
            assert seen[-1][3] == before
            assert seen[-1][5] == seen[-1][0]
    assert seen[0] == seen[1]


def many_products(home, monkeypatch, count=25):
    monkeypatch.setattr(log_staging, "STAGED_ROWS", 5)
    ids = [f"p{number:02}" for number in range(count)]
    return fill(home, "shop", ids), ids


def recolor(home, catalog, ids, color):
    with change(home, actor="ann", kind="clean", summary=f"All {color}", catalog_id=catalog.catalog_id) as writing:
        writing.update_many(products, [(key(catalog, each), {"color": color}) for each in ids])
    return writing.event_id


def test_staged_changes_are_refused_and_undone_like_others(home, monkeypatch):
    catalog, ids = many_products(home, monkeypatch)
    check_refusals(home, catalog, ids)


def check_refusals(home, catalog, ids):
    """What both databases answer."""
    green = recolor(home, catalog, ids, "green")
    with change(home, actor="ann", kind="edit", summary="One", catalog_id=catalog.catalog_id) as editing:
        editing.update(products, key(catalog, ids[3]), {"color": "red"})
    with pytest.raises(UndoError, match=rf"change {editing.event_id} \(One\) came later"):
        undo(home, green, actor="ann")
    undo(home, editing.event_id, actor="ann")
    assert {row[8] for row in rows(home, catalog)} == {"green"}
    blue = recolor(home, catalog, ids[:10], "blue")
    with pytest.raises(UndoError, match=rf"change {blue} \(All blue\) came later"):
        undo(home, green, actor="ann")
    undo(home, blue, actor="ann")
    undone = undo(home, green, actor="ann")
    assert {row[8] for row in rows(home, catalog)} == {None}
    assert [event.event_id for event in product_events(home, catalog, ids[20])][:2] == [undone, green]
    filled = product_events(home, catalog, ids[20])[-1].event_id
    undo(home, filled, actor="ann")
    # The rows that were green are out: green waits for them.
    with pytest.raises(UndoError, match="Undid: Filled"):
        undo(home, undone, actor="ann")


def test_an_import_with_staged_changes_of_its_own_rows_keeps_no_record_of_them(home, monkeypatch):
    catalog, ids = many_products(home, monkeypatch)
    new = {"title": "New", "attributes": {}, "source_values": {}, "position": 99}
    with change(home, actor="ann", kind="import", summary="More", catalog_id=catalog.catalog_id) as more:
        more.insert(products, [{**new, **key(catalog, f"n{number}"), "source_key": "n"} for number in range(9)])
        changed = [*(f"n{number}" for number in range(9)), *ids[:4]]
        more.update_many(products, [(key(catalog, each), {"split": "test"}) for each in changed])
    assert len(records(home, more.event_id)) == 4
    undone = undo(home, more.event_id, actor="ann")
    assert len(rows(home, catalog)) == 25
    undo(home, undone, actor="ann")
    assert len(rows(home, catalog)) == 34


def test_a_product_that_is_not_there_drops_the_whole_change(home, monkeypatch):
    catalog, ids = many_products(home, monkeypatch)
    with pytest.raises(KeyError, match="'nowhere'"):
        recolor(home, catalog, [*ids, "nowhere"], "green")
    assert {row[8] for row in rows(home, catalog)} == {None}
