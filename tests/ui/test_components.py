"""The scripts of the components may never turn text into markup."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "core" / "ui" / "components"


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_scripts_write_text_only(script):
    source = script.read_text()
    banned = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "http://",
        "https://",
    )
    assert [word for word in banned if word in source] == []


@pytest.mark.parametrize("sheet", sorted(FOLDER.glob("*.css")), ids=lambda path: path.name)
def test_styles_load_nothing(sheet):
    assert "url(" not in sheet.read_text()
    assert "@import" not in sheet.read_text()
