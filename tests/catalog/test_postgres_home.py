"""The store on a real PostgreSQL server: the same rows, marks, undoing and searching as with SQLite."""

import uuid
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.catalog import column_store, log_change, log_staging
from core.catalog.catalogs import find_catalog
from core.catalog.database import read
from core.catalog.import_comparison import compare_imports, list_imports
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.log import list_events, undo
from core.catalog.product_filter import ProductFilter
from core.catalog.products import edit_product, find_products, product_events
from core.catalog.schema import metadata
from core.errors import UndoError
from core.home import open_home
from tests.catalog.test_import_comparison import LAMP, MUG, VASE, Shelf
from tests.catalog.test_log_staging import ONE_BY_ONE, check_refusals, fill, play


@pytest.fixture
def postgres_home(postgres_server, tmp_path, monkeypatch):
    name = f"home_{uuid.uuid4().hex}"
    postgres_server.run(f"CREATE DATABASE {name}")
    address = postgres_server.address(name).replace("postgresql://", "postgresql+pg8000://")
    monkeypatch.setenv("SHELFLENS_DATABASE", address)
    yield open_home(tmp_path / "home")
    from core.catalog.database import _engine

    _engine(address).dispose()


def shelve(home, *records, **options):
    return import_source(home, Shelf(*records), catalog_name="shop", actor="ann", options=ImportOptions(**options))


def found(home, **conditions):
    rows, total = find_products(home, find_catalog(home, "shop"), ProductFilter(**conditions))
    assert total == len(rows)
    return [product.product_id for product in rows]


def test_the_migrations_make_the_tables_of_the_schema(postgres_home):
    with read(postgres_home) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_imports_are_repeated_undone_and_done_again(postgres_home):
    home = postgres_home
    assert shelve(home, LAMP, MUG, split="8:1:1").new == 2
    assert shelve(home, LAMP, MUG, split="8:1:1").new == 0
    imported = list_imports(home, find_catalog(home, "shop"))[0].event_id
    undone = undo(home, imported, actor="ann")
    assert find_catalog(home, "shop").products == 0
    redone = undo(home, undone, actor="ann")
    assert found(home) == ["lamp", "mug"]
    assert [event.event_id for event in product_events(home, find_catalog(home, "shop"), "mug")] == [
        redone, undone, imported,
    ]  # fmt: skip


def test_an_import_is_not_undone_under_a_later_edit_and_edits_not_without_it(postgres_home):
    home = postgres_home
    shelve(home, LAMP, MUG)
    edited = edit_product(home, find_catalog(home, "shop"), "mug", {"title": "Cup"}, actor="ann")
    imported = next(event.event_id for event in list_events(home) if event.kind == "import")
    with pytest.raises(UndoError, match=f"change {edited} "):
        undo(home, imported, actor="ann")
    edit_undone = undo(home, edited, actor="ann")
    import_undone = undo(home, imported, actor="ann")
    with pytest.raises(UndoError, match=f"change {import_undone} "):
        undo(home, edit_undone, actor="ann")


def test_filters_search_and_comparison_answer_alike(postgres_home, monkeypatch):
    home = postgres_home
    monkeypatch.setattr(column_store, "KEPT_PRODUCTS", 1)
    shelve(home, LAMP, MUG)
    shelve(home, replace(LAMP, title="Lámpara", price_minor_units=700), VASE)
    assert found(home, text="lampara") == found(home, price_max=800) == ["lamp"]
    assert found(home, color="red") == ["mug"]
    assert found(home, where="title = 'Vase'") == ["vase"]
    assert found(home, order_by="title") == ["lamp", "mug", "vase"]
    first, second = sorted(run.import_id for run in list_imports(home, find_catalog(home, "shop")))
    compared = compare_imports(home, find_catalog(home, "shop"), first, second)
    assert (compared.new, compared.gone, len(compared.changed)) == (("vase",), ("mug",), 1)


def test_changes_of_many_products_leave_the_same_rows_and_records_as_one_by_one(postgres_home, monkeypatch):
    ids = ['a"\\/', "b\b\f\n\r\t\x01\x1f\x7f", "\u2028é😀'", "plain"]
    rounds = [
        {0: {"title": 'x"\n', "price_minor_units": 2**60}, 1: {"title": "y", "price_minor_units": None}},
        {0: {"category": "Mugs"}, 1: {"category": None}, 2: {"category": "é\x01"}, 3: {"attributes": {"a": 1}}},
        {0: {"category": "Cups"}, 2: {"left_out": "capped"}},
    ]
    seen = []
    for name, least in (("alone", ONE_BY_ONE), ("staged", 1)):
        monkeypatch.setattr(log_staging, "STAGED_ROWS", least)
        monkeypatch.setattr(log_change, "ROWS_STAGED", 2)
        seen.append(play(postgres_home, fill(postgres_home, name, ids), ids, rounds))
    assert seen[0] == seen[1]
    ids = [f"p{number:02}" for number in range(25)]
    check_refusals(postgres_home, fill(postgres_home, "shop", ids), ids)
