"""Every library ShelfLens installs is free to use in a shop: none asks for the source of what is built with it."""

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REFUSED = re.compile(r"\b(A?GPL|Affero|GNU General Public)", re.IGNORECASE)
LESSER = re.compile(r"\bL(esser )?GPL|Lesser General Public|Library or Lesser", re.IGNORECASE)


def pinned():
    """Names of the libraries that the lock installs."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [match.group(1) for line in lines if (match := re.match(r"([A-Za-z0-9_.-]+)==", line))]


def licence_of(name):
    """What a library says of its licence: the expression, else the field's first line, else the classifiers."""
    about = metadata.metadata(name)
    named = [about.get("License-Expression"), (about.get("License") or "").strip().partition("\n")[0]]
    named += [each for each in about.get_all("Classifier") or [] if each.startswith("License ::")]
    return " | ".join(each for each in named if each)


@pytest.mark.parametrize("name", pinned())
def test_a_library_is_free_for_shops(name):
    try:
        licence = licence_of(name)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed on this kind of machine")
    assert not REFUSED.search(LESSER.sub("", licence)), f"{name}: {licence}"


def test_every_direct_need_says_why():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    needs = [place for place, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    silent = [lines[place] for place in needs if "#" not in lines[place] and not lines[place - 1].startswith("#")]
    assert silent == []
