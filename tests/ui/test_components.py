"""The scripts of the components may never turn text into markup."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "core" / "ui" / "components"


# What is built holds whole libraries; what it is built from is read here, and by tests/ui/test_map_component.py.
BUILT = {FOLDER / "product_map.js", FOLDER / "map_drawing.js"}
SCRIPTS = [*sorted(set(FOLDER.glob("*.js")) - BUILT), *sorted((FOLDER / "map" / "src").glob("*.js"))]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_text_only(script):
    source = script.read_text().replace("http://www.w3.org/2000/svg", "")  # a name, never fetched
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
