"""Levels, spelling and merges of categories."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cleaning.category_paths import path_levels, top_levels
from core.cleaning.merge_rules import make_rules, read_merge_file
from core.cleaning.spellings import spelled_paths
from core.errors import SettingsError
from tests.cleaning.shop import clean, make_shop, preview, values

PATHS = ["Kitchen > Mugs > Red", "Kitchen > Mugs", "kitchen > Mug", "Kitchen > Mugs", None]


def shop(home, paths=PATHS):
    return make_shop(home, [{"category": path} for path in paths])


def test_levels_are_cut_and_counted(home):
    shop(home)
    shown = preview(home, "category-levels", levels=1)
    # All four paths are longer than one level; "Kitchen" and "kitchen" stay two names.
    assert (shown.total, shown.figures["categories_before"], shown.figures["categories_after"]) == (4, 3, 2)
    assert shown.groups[0].before == "Kitchen > Mugs"  # the most frequent first
    clean(home, "category-levels", levels=2)
    assert values(home, "category") == {
        "p0000": "Kitchen > Mugs",
        "p0001": "Kitchen > Mugs",
        "p0002": "kitchen > Mug",
        "p0003": "Kitchen > Mugs",
        "p0004": None,
    }


def test_spelling_takes_the_most_frequent_form_of_each_level(home):
    shop(home)
    applied = clean(home, "spelling")
    # "Kitchen" stands three times against one "kitchen", "Mugs" three times against one "Mug".
    assert applied.products == 1
    assert values(home, "category")["p0002"] == "Kitchen > Mugs"


def test_plurals_can_be_left_apart(home):
    shop(home)
    clean(home, "spelling", plurals=False)
    assert values(home, "category")["p0002"] == "Kitchen > Mug"


def test_merging_moves_what_lies_below(home):
    shop(home, ["Home & Kitchen > Pans", "Kitchen & Dining", "Home & Kitchen", "Toys", "Junk > Things"])
    rules = [{"from": "Home & Kitchen", "to": "Kitchen & Dining"}, {"from": "Junk", "to": ""}]
    applied = clean(home, "merge-categories", rules=rules)
    assert list(values(home, "category").values()) == [
        "Kitchen & Dining > Pans",
        "Kitchen & Dining",
        "Kitchen & Dining",
        "Toys",
        None,
    ]
    assert applied.products == 3


def test_a_rule_may_name_a_level_anywhere(home):
    shop(home, ["Men > Tees", "Women > Tees > Red", "Tees"])
    clean(home, "merge-categories", rules=[{"from": "Tees", "to": "T-Shirts"}], match="level")
    assert list(values(home, "category").values()) == ["Men > T-Shirts", "Women > T-Shirts > Red", "T-Shirts"]


def test_rules_without_effect_are_named(home):
    shop(home, ["Shoes"])
    shown = preview(home, "merge-categories", rules=[["Shos", "Boots"], ["Shoes", "Footwear"]])
    assert shown.notes == ("1 rules fit no category of this catalog: 'Shos'",)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([["A", "B"], ["B", "C"], ["C", "A"]], "in a circle: 'A' -> 'B' -> 'C' -> 'A'"),
        ([["A", "A > B"]], "in a circle: 'A' -> 'A > B' -> 'A > B > B'"),
        ([["A", "B"], ["A", "C"]], "'A' is merged into both 'B' and 'C'"),
        ([["", "B"]], "merge rule 1 names no category"),
        ([], "there is no merge rule"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(home, rules, words):
    shop(home, ["A"])
    with pytest.raises(SettingsError) as error:
        clean(home, "merge-categories", rules=rules)
    assert words in str(error.value)


def test_a_chain_leads_to_its_end():
    rules = make_rules([("A", "B"), ("B", "C"), ("B > x", "D")], match="path")
    # "A > x" becomes "B > x", which a longer rule takes to D.
    assert [rules.rewritten(path) for path in ("A", "B > y", "A > x", "Z")] == ["C", "C > y", "D", "Z"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules.csv", '\ufefffrom,to\n"Bags, big",Bags\nOld,\n'),
        ("plain.csv", "Bags, big;Bags\nOld;\n"),
        ("rules.tsv", "note\tto\tfrom\nx\tBags\tBags, big\ny\t\tOld\n"),
        ("pairs.json", '[["Bags, big", "Bags"], {"from": "Old", "to": null}]'),
        ("object.json", '{"Bags, big": "Bags", "Old": ""}'),
    ],
)
def test_rules_are_read_from_every_kind_of_file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read_merge_file(path) == (("Bags, big", "Bags"), ("Old", ""))


@pytest.mark.parametrize(
    ("text", "words"), [("from,to\nA\n", "row 2"), ('{"a": [1]}', "merge rule 1"), ("[1, 2", "no JSON")]
)
def test_a_bad_file_names_what_is_wrong(tmp_path, text, words):
    path = tmp_path / "rules"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_merge_file(path)


names = st.text(st.sampled_from("AaBbé &-'s>"), min_size=1, max_size=6)
paths = st.lists(names, min_size=1, max_size=4).map(" > ".join)


@given(paths, st.integers(1, 5))
def test_a_cut_path_has_no_more_levels(path, count):
    cut = top_levels(path, count)
    assert len(path_levels(cut or "")) <= count
    assert top_levels(cut or "", count) == (cut or "")


@settings(max_examples=60)
@given(st.dictionaries(paths, st.integers(1, 9), max_size=8), st.booleans())
def test_spelling_twice_changes_nothing_more(counts, plurals):
    first = spelled_paths(counts, plurals=plurals)
    again: dict[str, int] = {}
    for path, count in counts.items():
        again[first[path]] = again.get(first[path], 0) + count
    assert {path: path for path in again} == spelled_paths(again, plurals=plurals)


@settings(max_examples=80)
@given(st.lists(st.tuples(paths, paths), min_size=1, max_size=5), paths, st.sampled_from(["path", "level"]))
def test_merging_twice_changes_nothing_more(rules, path, match):
    try:
        made = make_rules(rules, match=match)
        once = made.rewritten(path)
    except SettingsError:
        return  # circles and doubled rules are refused
    assert once is None or made.rewritten(once) == once


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_rules_or_one_error(text):
    from core.cleaning.merge_rules import read_merge_text

    try:
        rules = read_merge_text(text, name="a file")
    except SettingsError:
        return
    assert all(isinstance(part, str) for rule in rules for part in rule)


def test_a_recipe_keeps_rules_not_the_file(home, tmp_path):
    shop(home, ["A"])
    path = tmp_path / "rules.csv"
    path.write_text("from,to\nA,B\n")
    clean(home, "merge-categories", file=str(path))
    from core.catalog.catalogs import find_catalog
    from core.cleaning.recipe import export_recipe

    kept = export_recipe(home, find_catalog(home, "shop"))["steps"]
    assert kept == [{"kind": "merge-categories", "settings": {"rules": [{"from": "A", "to": "B"}], "match": "path"}}]
    assert str(tmp_path) not in json.dumps(kept)
