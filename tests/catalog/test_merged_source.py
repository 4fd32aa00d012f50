import pytest

from core.catalog.merged_source import MergedSource
from core.catalog.sources import SourceRecord
from core.errors import SettingsError


class Shelf:
    """A source of one product a category."""

    description = "shelf"

    def __init__(self, *categories):
        self._categories = categories

    def count(self):
        return len(self._categories)

    def keys(self):
        return {str(place) for place in range(len(self._categories))}

    def records(self):
        return (SourceRecord(str(place), "x", category=each) for place, each in enumerate(self._categories))

    def skipped(self):
        return []


def merged(rules, *categories):
    return [record.category for record in MergedSource(Shelf(*categories), rules).records()]


def test_the_longest_rule_counts_and_levels_below_move_along():
    rules = {"A": "X", "A > B": "Y > Z", "C": ""}
    found = merged(rules, ("A",), ("A", "D"), ("A", "B"), ("A", "B", "E"), ("C", "F"), ("G",), ())
    assert found == [("X",), ("X", "D"), ("Y", "Z"), ("Y", "Z", "E"), (), ("G",), ()]


def test_rules_are_followed_until_none_fits():
    assert merged({"A": "B", "B": "C > D"}, ("A", "x")) == [("C", "D", "x")]


def test_a_rule_to_itself_changes_nothing_and_a_circle_is_one_error():
    assert merged({"A": "A"}, ("A", "x")) == [("A", "x")]
    with pytest.raises(SettingsError, match="the merge rules lead in a circle at"):
        merged({"A": "B", "B": "A"}, ("A",))
    with pytest.raises(SettingsError, match="circle"):
        merged({"A": "A > A"}, ("A",))  # it would grow forever
