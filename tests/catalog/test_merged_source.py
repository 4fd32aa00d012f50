import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.merged_source import MergedSource
from core.catalog.products import read_products
from core.catalog.sources import SourceRecord
from core.errors import SettingsError


class Shelf:
    """A source of products that have nothing but a category."""

    description = "shelf"

    def __init__(self, *paths):
        self.paths = paths

    def count(self):
        return len(self.paths)

    def keys(self):
        return {path for path in self.paths}

    def records(self):
        for path in self.paths:
            yield SourceRecord(path, path or "none", tuple(path.split(" > ")) if path else ())

    def skipped(self):
        return []


def merged(path, rules):
    [record] = MergedSource(Shelf(path), rules).records()
    return " > ".join(record.category)


@pytest.mark.parametrize(
    ("path", "rules", "becomes"),
    [
        ("Tees > Red", {"Tees": "Shirts"}, "Shirts > Red"),  # what is below moves along
        ("Clothing > TEES", {"clothing > tees": "Clothing > Shirts"}, "Clothing > Shirts"),  # in any case
        ("Clothing > Tees > Red", {"tees": "Shirts"}, "Clothing > Shirts > Red"),  # one level, wherever it stands
        ("Old > Tees", {"Tees": "Clothing > Shirts"}, "Clothing > Shirts"),  # a path says what is above it
        ("A", {"A": "B", "B": "C"}, "C"),  # a chain is followed to its end
        ("A > X", {"A": "B", "A > X": "C"}, "C"),  # the longer rule wins
        ("Tees", {"Tees": "Clothing > Tees"}, "Clothing > Tees"),  # not a circle: nothing changes any more
        ("Junk > Misc", {"Misc": ""}, ""),  # unknown
        ("Café", {"CAFE\u0301": "Bar"}, "Bar"),  # the same letters, written apart
        ("Shoes", {"Tees": "Shirts"}, "Shoes"),
    ],
)
def test_rules_are_followed_to_their_end(path, rules, becomes):
    assert merged(path, rules) == becomes


@pytest.mark.parametrize("rules", [{"A": "B", "B": "A"}, {"A": "B", "B": "C", "C": "a"}, {"A": "A > A"}])
def test_rules_in_a_circle_are_refused_before_anything_is_read(rules):
    with pytest.raises(SettingsError, match="the merge rules lead in a circle"):
        MergedSource(Shelf("Unrelated"), rules)


def test_categories_are_merged_before_they_are_cut(home):
    rules = {"Tees > Red": "Clothing > Shirts"}
    import_source(
        home, Shelf("Tees > Red"), catalog_name="shop", actor="tests",
        options=ImportOptions(merge=rules, category_levels=1),
    )  # fmt: skip
    from core.catalog.catalogs import find_catalog

    # Cut first, "Tees" alone would meet no rule.
    assert [product.category for product in read_products(home, find_catalog(home, "shop"))] == ["Clothing"]


names = st.sampled_from(["A", "B", "C", "a > b", "B > C", "", "C > c"])


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(names, names, max_size=4), names)
def test_merging_ends_and_merging_again_changes_nothing(rules, path):
    try:
        once = merged(path, rules)
    except SettingsError:
        return
    assert merged(once, rules) == once
