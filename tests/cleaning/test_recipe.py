"""Every step: one change of the log, undone and done again, kept in the recipe, applied twice without effect."""

import json

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.log import list_events, undo
from core.catalog.products import edit_product
from core.cleaning.balance import BalanceSettings, balance_settings, views_of_each
from core.cleaning.kinds import STEP_KINDS
from core.cleaning.recipe import apply_recipe, export_recipe, list_recipe, read_recipe, read_recipe_file, undo_step
from core.errors import CatalogError, SettingsError, UndoError
from core.progress import SilentProgress
from tests.cleaning.shop import add_rows, clean, make_shop, preview, values, whole_catalog

ROWS = [
    {
        "product_id": f"{name}-{number}",
        "title": f"{name} {number // 2}",
        "category": f"{name} > Things",
        "brand": ("Acme", "ACME Ltd.", "acme")[number % 3],
        "color": ("navy", "Navy Blue", "blue, red")[number % 3],
        "attributes": {"price": f"EUR {number + 1},50", "note": name},
        "pictures": (number,),
    }
    for name in ("Mugs", "mugs", "Hats")
    for number in range(6)
]

STEPS = {
    "spelling": {},
    "category-levels": {"levels": 1},
    "merge-categories": {"rules": [["Hats", "Mugs"]]},
    "colors": {},
    "brands": {},
    "prices": {},
    "merge-products": {"key": "title,category"},
    "cap-per-category": {"most": 2},
    "under-sample": {"above": 4, "down_to": 2},
    "split": {"shares": "2:1:1"},
}


@pytest.mark.parametrize("kind", STEPS)
def test_a_step_is_undone_done_again_and_changes_nothing_twice(home, kind):
    make_shop(home, ROWS)
    before = whole_catalog(home)
    shown = preview(home, kind, **STEPS[kind])
    assert whole_catalog(home) == before, "a preview changes nothing"
    applied = clean(home, kind, **STEPS[kind])
    after = whole_catalog(home)
    assert shown.total == applied.products > 0
    assert shown.summary == applied.summary
    assert after != before
    catalog = find_catalog(home, "shop")
    assert [step.kind for step in list_recipe(home, catalog)] == [kind]
    twice = clean(home, kind, **STEPS[kind])
    assert (twice.event_id, twice.products) == (None, 0)
    taking_back = undo_step(home, catalog, list_recipe(home, catalog)[0].step_id, actor="ann")
    assert whole_catalog(home) == before
    assert list_recipe(home, catalog) == []
    undo(home, taking_back, actor="ann")
    assert whole_catalog(home) == after
    assert [step.kind for step in list_recipe(home, catalog)] == [kind]


def test_previews_tell_before_and_after(home):
    make_shop(home, ROWS)
    shown = preview(home, "brands").to_json()
    # "acme" and "ACME Ltd." occur as often as "Acme"; of equals the first by code point wins once "Ltd." is off.
    changed = {(each["before"], each["after"]) for each in shown["changes"]}
    assert changed == {("ACME Ltd.", "ACME"), ("Acme", "ACME"), ("acme", "ACME")}
    assert sum(group["products"] for group in shown["groups"]) == shown["products"] == 18
    json.dumps(shown)


def test_every_kind_is_tested_here_or_beside(home):
    beside = {"predict-categories", "duplicates", "balance"}
    assert set(STEPS) | beside == set(STEP_KINDS)


def test_a_recipe_cleans_what_a_later_import_brings(home):
    make_shop(home, ROWS)
    clean(home, "category-levels", levels=1)
    clean(home, "spelling")
    catalog = find_catalog(home, "shop")
    kept = export_recipe(home, catalog)
    add_rows(home, catalog, [{"product_id": "new", "category": "MUGS > Red"}], first=100)
    applied = apply_recipe(home, find_catalog(home, "shop"), read_recipe(kept), actor="ann", progress=SilentProgress())
    assert [each.products for each in applied] == [1, 1]
    assert values(home, "category")["new"] == "Mugs"
    # The recipe says what is done, not how often.
    assert export_recipe(home, find_catalog(home, "shop")) == kept
    assert [event.kind for event in list_events(home, limit=2)] == ["clean", "clean"]


def test_a_recipe_moves_to_another_catalog_whole(home, tmp_path):
    make_shop(home, ROWS)
    clean(home, "category-levels", levels=1)
    clean(home, "balance", raise_to=30)
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(export_recipe(home, find_catalog(home, "shop"))))
    other = make_shop(home, [{"category": "Short"}], name="other")
    apply_recipe(home, other, read_recipe_file(path), actor="ann", progress=SilentProgress())
    # The first step changes nothing there today, yet belongs to the recipe.
    assert [step.kind for step in list_recipe(home, other)] == ["category-levels", "balance"]
    assert balance_settings(home, other)["raise_to"] == 30


@pytest.mark.parametrize(
    ("values_", "words"),
    [
        ([], "expected an object with a list 'steps'"),
        ({"steps": [{}]}, "step 1 of the recipe is no step"),
        ({"steps": [{"kind": "polish"}]}, "there is no cleaning step 'polish'"),
        ({"steps": [{"kind": "split", "settings": {"speed": 1}}]}, "step 1 of the recipe: step split: unknown setting"),
        ({"steps": [{"kind": "category-levels", "settings": {"levels": 0}}]}, "levels is 0: expected at least 1"),
        ({"steps": [{"kind": "merge-categories", "settings": {"file": "/etc/passwd"}}]}, "name no file"),
        ({"steps": [], "format": 9}, "recipe format 9"),
    ],
)
def test_a_bad_recipe_is_refused_whole(values_, words):
    with pytest.raises(SettingsError) as error:
        read_recipe(values_)
    assert words in str(error.value)


def test_a_file_that_is_no_recipe_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(SettingsError, match="cannot read the recipe"):
        read_recipe_file(path)


def test_a_later_edit_stands_in_the_way_of_undoing(home):
    make_shop(home, ROWS)
    clean(home, "category-levels", levels=1)
    catalog = find_catalog(home, "shop")
    edit_product(home, catalog, "Hats-0", {"category": "Caps"}, actor="bob")
    with pytest.raises(UndoError, match="touches the same rows"):
        undo_step(home, catalog, list_recipe(home, catalog)[0].step_id, actor="ann")
    with pytest.raises(CatalogError, match="has no step 99"):
        undo_step(home, catalog, 99, actor="ann")


def test_a_catalog_that_changed_meanwhile_is_left_alone(home, monkeypatch):
    make_shop(home, ROWS)
    before = values(home, "category")
    kind = STEP_KINDS["category-levels"]

    def slow(home_, catalog, settings, progress):
        plan = kind.plan(home_, catalog, settings, progress)
        edit_product(home_, catalog, "Hats-0", {"title": "Edited"}, actor="bob")
        return plan

    from dataclasses import replace

    monkeypatch.setitem(STEP_KINDS, "category-levels", replace(kind, plan=slow))
    with pytest.raises(CatalogError, match="nothing was changed: try again"):
        clean(home, "category-levels", levels=1)
    assert values(home, "category") == before


def test_balance_is_kept_for_trainings_and_changes_no_product(home):
    make_shop(home, ROWS)
    before = whole_catalog(home)
    catalog = find_catalog(home, "shop")
    assert balance_settings(home, catalog) is None
    applied = clean(home, "balance", raise_to=9, most_views=2)
    # Three categories of six pictures: raised to nine by half a view each, which is below two views.
    assert applied.figures["views"] == 9
    assert whole_catalog(home) == before
    assert balance_settings(home, catalog) == {
        "raise_to": 9, "most_views": 2, "rotation": 15.0, "flip": True, "color": 0.1, "level": 0,
    }  # fmt: skip
    assert clean(home, "balance", raise_to=9, most_views=2).event_id is None
    clean(home, "balance", raise_to=12)
    assert balance_settings(home, catalog)["raise_to"] == 12  # the newest counts


@pytest.mark.parametrize(("pictures", "views"), [(1, 5.0), (250, 3.0), (750, 1.0), (9000, 1.0)])
def test_views_of_a_picture(pictures, views):
    # 750 wanted: 250 pictures three times; one picture at most five times; large categories once.
    assert views_of_each(pictures, BalanceSettings()) == views


@pytest.mark.parametrize("target", ["a\x00b", "\x1b[2J", "\ud800", "x" * 1001])
def test_no_rule_makes_a_category_that_cannot_be_shown(target):
    rules = [{"from": "Shirts", "to": target}]
    with pytest.raises(SettingsError, match="merge rule 1 leads to") as refused:
        read_recipe({"steps": [{"kind": "merge-categories", "settings": {"rules": rules}}]})
    assert str(refused.value).isprintable()


def test_a_format_of_terminal_commands_is_shown_escaped():
    with pytest.raises(SettingsError, match="has recipe format") as refused:
        read_recipe({"steps": [], "format": "\x1b[2J"})
    assert str(refused.value).isprintable()
