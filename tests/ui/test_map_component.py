"""The map's component: built from the sources that lie beside it, small enough, licensed; and what it may be told."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from core.ui.map_component import HoverCard, MapAnswers, _answer, read_camera, read_codes

FOLDER = Path(__file__).parents[2] / "core" / "ui" / "components"


BUILT = [FOLDER / "product_map.js", FOLDER / "map_drawing.js"]


@pytest.mark.parametrize("built", BUILT, ids=lambda path: path.name)
def test_a_built_file_fits_its_sources(built):
    # The same as map/build.mjs: names and contents of what it is made from. Mend with `make map-component`.
    sources = FOLDER / "map"
    names = ["build.mjs", "package.json", "package-lock.json"]
    names += [f"src/{path.name}" for path in sorted((sources / "src").iterdir())]
    name = hashlib.sha256()
    for each in names:
        name.update(f"{each}\0".encode() + (sources / each).read_bytes() + b"\0")
    assert name.hexdigest() in built.read_text(encoding="utf-8")[:200]


def test_it_is_small_and_knows_no_network():
    first, later = (path.read_text(encoding="utf-8") for path in BUILT)
    assert len(first.encode()) < 60_000  # what a visitor waits for, and what travels anew with every coloring
    assert len(later.encode()) < 900_000
    built = first + later
    hosts = set(re.findall(r"(?:https?|wss?)://([a-z0-9.-]+)", built))
    assert hosts <= {"www.w3.org", "www.w", "en.wikipedia.org"}  # the name of SVG, and words of messages
    assert [word for word in ("eval(", "new Function", "document.write") if word in built] == []


def test_every_bundled_package_has_its_licence():
    notices = (FOLDER / "product_map.LICENSES.txt").read_text(encoding="utf-8")
    kinds = re.findall(r"^(@?[a-z0-9./-]+) \d+\.\d+\.\d+ \(([^)]+)\)$", notices, re.MULTILINE)
    assert {"@deck.gl/core", "@luma.gl/core", "d3-contour"} <= {name for name, _ in kinds}
    assert {kind for _, kind in kinds} <= {"MIT", "ISC"}
    assert notices.count("ermission") >= len(kinds)


def test_a_lock_names_no_registry():
    lock = (FOLDER / "map" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 20


ANSWERS = MapAnswers(
    card=lambda row: HoverCard("Mug", "Kitchen", None) if row == 1 else None,
    picture_hash=lambda row: None,
    search=lambda words: (np.array([True, False]), 1),
    moved=lambda camera: None,
)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (None, {}),
        ("text", {}),
        ({"number": 3, "name": "hover", "value": 1}, {"card": {"row": 1, "title": "Mug", "line": "Kitchen"}}),
        ({"number": 3, "name": "hover", "value": 9}, {}),
        ({"number": 3, "name": "hover", "value": "../x"}, {}),
        ({"number": 3, "name": "thumbs", "value": [0, "x", None]}, {"thumbs": [[0, ""]]}),
        ({"number": 3, "name": "search", "value": "mug"}, {"search": {"text": "mug", "found": "AQ==", "count": 1}}),
        ({"number": 3, "name": "view", "value": {"view": ["a"], "only": "zz"}}, {}),
        ({"number": 3, "name": "nonsense", "value": []}, {}),
    ],
)
def test_questions_are_answered_and_nonsense_is_passed_by(asked, answer):
    got = _answer(asked, ANSWERS)
    if "card" in got:
        got["card"].pop("picture")
    assert got == ({"number": 3, **answer} if isinstance(asked, dict) else {})


def test_a_camera_from_outside_makes_sense_or_shows_the_whole_map():
    assert read_camera([1, 2, 3.5], [4, 2, 4, -1, 999, "x"]).only == (2, 4)
    assert read_camera([1, 2, 3.5], None).view == (1.0, 2.0, 3.5)
    for view in (None, [], [1, 2], [1, 2, 1e9], "abc", [None] * 3, [float("nan")] * 3):
        assert read_camera(view, None).view is None
    assert read_codes([0.0, 255, 256]) == (0, 255)
