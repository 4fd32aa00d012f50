from dataclasses import replace

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.import_comparison import compare_imports, list_imports
from core.catalog.import_log import list_skipped
from core.catalog.imports import import_source
from core.catalog.log import undo
from core.catalog.products import edit_product
from core.catalog.sources import SkippedFile, SourceRecord
from core.errors import CatalogError

LAMP = SourceRecord("lamp", "Lamp", price_minor_units=900, currency="EUR", attributes={"watts": 5})
MUG = SourceRecord("mug", "Mug", color="red")
VASE = SourceRecord("vase", "Vase")


class Shelf:
    """A source that holds the given records."""

    def __init__(self, *records, description="shelf", skipped=()):
        self.given, self.description, self.left = records, description, list(skipped)

    def count(self):
        return len(self.given)

    def keys(self):
        return {record.product_id for record in self.given}

    def records(self):
        return iter(self.given)

    def skipped(self):
        return self.left


def run(home, *records, **settings):
    return import_source(home, Shelf(*records, **settings), catalog_name="shop", actor="tests")


def ids(home):
    return [each.import_id for each in reversed(list_imports(home, find_catalog(home, "shop")))]


def compared(home, first, second, **settings):
    return compare_imports(home, find_catalog(home, "shop"), first, second, **settings)


def test_new_changed_and_gone_are_told_with_the_fields_before_and_after(home):
    run(home, LAMP, MUG)
    run(home, replace(LAMP, price_minor_units=700, attributes={"watts": 9}), VASE)
    first, second = ids(home)
    found = compared(home, second, first)  # in either order
    assert (found.first.import_id, found.second.import_id) == (first, second)
    assert found.counts == {"new": 1, "changed": 1, "moved": 0, "gone": 1}
    assert (found.new, found.gone) == (("vase",), ("mug",))
    [lamp] = found.changed
    assert lamp.product_id == "lamp"
    assert lamp.fields == {"price_minor_units": (900, 700), "attribute.watts": (5, 9)}


def test_changes_of_imports_in_between_are_put_together_and_what_came_back_falls_away(home):
    run(home, LAMP, MUG)
    run(home, replace(LAMP, title="Lampe"), replace(MUG, color="blue"), VASE)
    run(home, replace(LAMP, title="Luz"), MUG, replace(VASE, title="Urn"))
    first, _middle, last = ids(home)
    found = compared(home, first, last)
    # The mug is red again; the vase was not there at first, so its new title is no change.
    assert [(each.product_id, each.fields) for each in found.changed] == [("lamp", {"title": ("Lamp", "Luz")})]
    assert found.new == ("vase",)


def test_a_product_that_comes_back_is_new_to_the_source_again(home):
    run(home, LAMP, MUG)
    run(home, LAMP)
    run(home, LAMP, MUG, VASE)
    first, without, last = ids(home)
    assert compared(home, first, without).gone == ("mug",)
    assert compared(home, without, last).new == ("mug", "vase")
    assert compared(home, first, last).new == ("vase",)
    assert compared(home, first, last).gone == ()


def test_an_edit_by_hand_is_no_difference_between_sources(home):
    run(home, LAMP, MUG)
    edit_product(home, find_catalog(home, "shop"), "mug", {"title": "Cup"}, actor="ann")
    run(home, LAMP, MUG, VASE)
    assert compared(home, *ids(home)).counts == {"new": 1, "changed": 0, "moved": 0, "gone": 0}


def test_an_import_that_was_undone_does_not_count(home):
    run(home, LAMP)
    run(home, replace(LAMP, title="Lampe"))
    undo(home, list_imports(home, find_catalog(home, "shop"))[0].event_id, actor="ann")
    run(home, LAMP, VASE)
    first, _undone, last = ids(home)
    assert [each.undone for each in list_imports(home, find_catalog(home, "shop"))] == [False, True, False]
    assert compared(home, first, last).counts == {"new": 1, "changed": 0, "moved": 0, "gone": 0}


def test_lists_are_cut_and_counts_are_not(home):
    run(home, LAMP)
    run(home, LAMP, *(SourceRecord(f"p{number}", "P") for number in range(9)))
    found = compared(home, *ids(home), limit=2)
    assert (found.new, found.counts["new"]) == (("p0", "p1"), 9)


def test_imports_of_other_sources_and_unknown_ones_are_refused(home):
    run(home, LAMP)
    run(home, MUG, description="other")
    first, other = ids(home)
    with pytest.raises(CatalogError, match="only imports of one source can be compared"):
        compared(home, first, other)
    with pytest.raises(CatalogError, match="had no import 99"):
        compared(home, first, 99)


def test_an_import_that_found_nothing_new_leaves_no_trace(home):
    run(home, LAMP, MUG)
    run(home, LAMP)
    run(home, LAMP)  # the mug is as gone as before
    assert len(ids(home)) == 2


def test_every_skipped_row_is_listed_by_import_and_reason(home):
    left = [SkippedFile("row 1", "ragged_row", "5 cells"), SkippedFile("row 1", "bad_price", "x")]
    run(home, LAMP, skipped=left)
    again = run(home, LAMP, skipped=left)
    assert (again.new, len(ids(home))) == (0, 1)  # two troubles of one row are nothing new the second time
    catalog_id = find_catalog(home, "shop").catalog_id
    assert [file.reason for file in list_skipped(home, catalog_id)] == ["bad_price", "ragged_row"]
    assert list_skipped(home, catalog_id, import_id=ids(home)[0], reason="ragged_row") == left[:1]
    with pytest.raises(CatalogError, match="had no import 7"):
        list_skipped(home, catalog_id, import_id=7)
