"""Presets: kept, versioned, rolled back, published and shared."""

import json

import pytest

from core.catalog.documents import add_document, change_document, find_document
from core.catalog.log import list_events, undo
from core.errors import CatalogError, EditConflictError, SettingsError
from core.recommend.presets import (
    delete_preset,
    find_preset,
    list_presets,
    preset_settings,
    publish_preset,
    published_preset,
    rename_preset,
    roll_back_preset,
    save_preset,
    unpublish_preset,
)
from core.recommend.presets_file import preset_file, read_preset_file
from core.recommend.ranking_settings import CLASSIC, RankingSettings
from core.recommend.weights import RankWeights
from tests.catalog.store import small_catalog

RED = RankingSettings(weights=RankWeights(visual=1, color=2, price=0, category=0))
CHEAP = RankingSettings(weights=RankWeights(visual=1, color=0, price=2, category=0), diversity=0.3)


@pytest.fixture
def catalog(home):
    return small_catalog(home)


def test_every_save_is_a_new_version_and_all_are_kept(home, catalog):
    save_preset(home, catalog, "window", RED, actor="ann", description="Shop window", note="first")
    saved = save_preset(home, catalog, "window", CHEAP, actor="bob", note="cheaper")
    assert [(each.version, each.note, each.created_by) for each in saved.versions] == [
        (1, "first", "ann"),
        (2, "cheaper", "bob"),
    ]
    assert saved.description == "Shop window"  # a new version does not forget what it is for
    assert preset_settings(home, catalog, "window") == CHEAP
    assert preset_settings(home, catalog, "window@1") == RED
    assert find_preset(home, catalog, "window") == saved


def test_rolling_back_adds_a_version_and_loses_none(home, catalog):
    save_preset(home, catalog, "window", RED, actor="ann")
    save_preset(home, catalog, "window", CHEAP, actor="ann")
    back = roll_back_preset(home, catalog, "window", 1, actor="ann")
    assert [each.settings for each in back.versions] == [RED, CHEAP, RED]
    with pytest.raises(CatalogError, match="no version 9; it has 1 to 3"):
        roll_back_preset(home, catalog, "window", 9, actor="ann")


def test_saving_over_what_somebody_saved_meanwhile_is_refused(home, catalog):
    seen = save_preset(home, catalog, "window", RED, actor="ann")
    save_preset(home, catalog, "window", CHEAP, actor="bob")
    with pytest.raises(EditConflictError, match="changed by somebody else"):
        save_preset(home, catalog, "window", RED, actor="ann", seen=seen)
    assert find_preset(home, catalog, "window").newest.settings == CHEAP


def test_publishing_pins_a_version_until_another_is_published(home, catalog):
    save_preset(home, catalog, "window", RED, actor="ann")
    assert published_preset(home, catalog) is None
    publish_preset(home, catalog, "window", actor="ann")
    save_preset(home, catalog, "window", CHEAP, actor="ann")  # ships nothing
    assert published_preset(home, catalog).version.settings == RED
    rename_preset(home, catalog, "window", "front", actor="ann")
    assert published_preset(home, catalog).preset.name == "front"
    with pytest.raises(CatalogError, match="is published"):
        delete_preset(home, catalog, "front", actor="ann")
    save_preset(home, catalog, "other", CHEAP, actor="ann")
    publish_preset(home, catalog, "other@1", actor="ann")
    assert published_preset(home, catalog).preset.name == "other"  # one a catalog
    undo(home, list_events(home)[0].event_id, actor="ann")
    assert published_preset(home, catalog).preset.name == "front"
    unpublish_preset(home, catalog, actor="ann")
    assert published_preset(home, catalog) is None
    delete_preset(home, catalog, "front", actor="ann")


def test_built_in_presets_are_there_and_stay_as_they_are(home, catalog):
    assert preset_settings(home, catalog, "classic") == CLASSIC
    assert preset_settings(home, catalog, "standard") == RankingSettings()
    with pytest.raises(CatalogError, match="built in"):
        save_preset(home, catalog, "classic", RED, actor="ann")
    with pytest.raises(CatalogError, match="built in"):
        publish_preset(home, catalog, "classic", actor="ann")


@pytest.mark.parametrize(
    "reference", ["nobody", "window@", "window@0", "window@x", "window@٣", "window@99999999", "../window"]
)
def test_what_is_not_there_is_said(home, catalog, reference):
    save_preset(home, catalog, "window", RED, actor="ann")
    with pytest.raises(CatalogError, match=r"nobody|version|window"):
        preset_settings(home, catalog, reference)


def test_a_preset_of_a_newer_version_is_one_clear_error_and_hides_no_other(home, catalog):
    save_preset(home, catalog, "good", RED, actor="ann")
    newer = RED.to_json() | {"version": 99, "telepathy": 1}
    body = {"format": 1, "description": "", "versions": [{"version": 1, "settings": newer}]}
    add_document(home, catalog, "preset", "newer", body=body, actor="ann")
    with pytest.raises(SettingsError, match="newer ShelfLens"):
        preset_settings(home, catalog, "newer")
    with pytest.raises(SettingsError, match="newer ShelfLens"):
        publish_preset(home, catalog, "newer", actor="ann")
    add_document(home, catalog, "preset", "format", body={"format": 2}, actor="ann")
    add_document(home, catalog, "preset", "torn", body={"format": 1, "versions": [{"version": True}]}, actor="ann")
    found, problems = list_presets(home, catalog)
    assert [each.name for each in found] == ["good", "newer"]
    assert sorted(problems) == ["format", "torn"]


def test_a_file_brings_the_same_settings_to_another_catalog(home, catalog, tmp_path):
    saved = save_preset(home, catalog, "window", CHEAP, actor="ann", description="For <b>sales</b>")
    path = tmp_path / "window.json"
    path.write_text(json.dumps(preset_file(saved, saved.newest)), encoding="utf-8")
    assert read_preset_file(path) == ("window", "For <b>sales</b>", CHEAP)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "newer ShelfLens"),
        ({"format": None}, "no format"),
        ({"kind": "recipe"}, "is no preset"),
        ({"settings": {"weights": {"visual": float("nan")}}}, "finite number"),
        ({"settings": {"weights": {"visual": -1}}}, "at least 0"),
        ({"settings": {"weights": {"visual": 0}}}, "at least one weight"),
        ({"settings": []}, "JSON object"),
    ],
)
def test_a_hostile_file_is_one_clear_error(home, catalog, tmp_path, change, message):
    saved = save_preset(home, catalog, "window", CHEAP, actor="ann")
    path = tmp_path / "window.json"
    path.write_text(json.dumps(preset_file(saved, saved.newest) | change), encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_preset_file(path)


def test_no_file_and_no_json_are_said(tmp_path):
    with pytest.raises(SettingsError, match="cannot read"):
        read_preset_file(tmp_path / "none.json")
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(SettingsError, match="is no preset"):
        read_preset_file(tmp_path / "deep.json")


def test_a_publication_whose_preset_is_gone_says_so(home, catalog):
    save_preset(home, catalog, "window", RED, actor="ann")
    publish_preset(home, catalog, "window", actor="ann")
    publication = find_document(home, catalog, "publication", "published")
    change_document(home, catalog, publication, body={"document_id": 10**9, "version": "x"}, actor="ann")
    with pytest.raises(CatalogError, match="is gone"):
        published_preset(home, catalog)
