import json

import pytest

from core.errors import HomeError
from core.home import HOME_FORMAT, open_home


def test_a_new_home_carries_the_version_of_its_layout(tmp_path):
    open_home(tmp_path)
    assert json.loads((tmp_path / "home.json").read_text())["format"] == HOME_FORMAT


def test_a_newer_home_is_refused_by_its_number(tmp_path):
    (tmp_path / "home.json").write_text(json.dumps({"format": HOME_FORMAT + 1}))
    with pytest.raises(HomeError, match=f"home format {HOME_FORMAT + 1}, this one reads up to {HOME_FORMAT}"):
        open_home(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["home.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"format": null}', "{"])
def test_a_damaged_marker_is_named(tmp_path, content):
    (tmp_path / "home.json").write_text(content)
    with pytest.raises(HomeError, match=r"home\.json is damaged"):
        open_home(tmp_path)


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(HomeError, match=r"cannot use .*file as home.*--home DIR"):
        open_home(tmp_path / "file")


def test_the_environment_names_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SHELFLENS_HOME", str(tmp_path / "mine"))
    assert open_home().root == tmp_path / "mine"
