import pytest

from core.catalog.catalogs import (
    check_name,
    create_catalog,
    delete_catalog,
    find_catalog,
    list_catalogs,
    rename_catalog,
)
from core.catalog.log import undo
from core.errors import CatalogError, UndoError
from tests.catalog.store import small_catalog


def test_totals_count_products_links_and_distinct_paths(home):
    catalog = small_catalog(home)
    assert (catalog.products, catalog.pictures, catalog.categories) == (4, 1, 3)


def test_deleting_hides_a_catalog_frees_its_name_and_can_be_undone(home):
    small_catalog(home)
    deleted = delete_catalog(home, "shop", actor="ann")
    assert list_catalogs(home) == []
    undo(home, deleted, actor="ann")
    assert find_catalog(home, "shop").products == 4


def test_undoing_a_deletion_whose_name_is_taken_since_is_refused_and_loses_nothing(home):
    small_catalog(home)
    deleted = delete_catalog(home, "shop", actor="ann")
    create_catalog(home, "shop", actor="bob")
    with pytest.raises(UndoError, match="later changes built on it"):
        undo(home, deleted, actor="ann")
    assert [(catalog.name, catalog.products) for catalog in list_catalogs(home)] == [("shop", 0)]


def test_renaming_keeps_the_id_and_can_be_undone(home):
    catalog = small_catalog(home)
    renamed = rename_catalog(home, "shop", "spring", actor="ann")
    assert find_catalog(home, "spring").catalog_id == catalog.catalog_id
    undo(home, renamed, actor="ann")
    assert find_catalog(home, "shop").catalog_id == catalog.catalog_id


def test_a_missing_catalog_names_the_closest_and_a_taken_name_is_refused(home):
    with pytest.raises(CatalogError, match="there is none yet"):
        find_catalog(home, "shop")
    small_catalog(home)
    with pytest.raises(CatalogError, match="no catalog 'shp'; there are shop"):
        find_catalog(home, "shp")
    with pytest.raises(CatalogError, match="there is a catalog 'shop' already"):
        create_catalog(home, "shop", actor="ann")


@pytest.mark.parametrize("name", ["", "a b", "../x", "ünder", "x" * 101, "a\n"])
def test_names_with_other_characters_are_refused(name):
    with pytest.raises(CatalogError, match="letters, digits, '-' and '_'"):
        check_name(name)


def test_an_undone_catalog_never_gives_its_number_away(home):
    first = create_catalog(home, "one", actor="ann")
    undo(home, 1, actor="ann")  # the first entry of the log made the catalog
    assert create_catalog(home, "two", actor="ann").catalog_id > first.catalog_id
