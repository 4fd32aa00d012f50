"""Every command and option of the command line is described in docs/command-line.md, and nothing else is."""

import re
from pathlib import Path

import pytest

from core.cli.main import build_parser
from core.cli.parser import COMMON

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
SECTIONS = {
    part.partition("\n")[0].strip(): part.partition("\n")[2].split("\n## ")[0] for part in PAGE.split("\n### ")[1:]
}
COMMANDS = build_parser()[1]
EVERYWHERE = {flag for flag, _ in COMMON} | {"--help"}


def options_of(parser):
    return {flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")} - EVERYWHERE


def test_the_page_has_a_section_for_every_command_and_no_other():
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_row_and_every_row_is_an_option(name):
    rows = set(re.findall(r"^\| `(--[a-z-]+)", SECTIONS[name], flags=re.MULTILINE))
    assert rows == options_of(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_section_shows_the_json_it_gives(name):
    assert re.search(r"^-> \{", SECTIONS[name], flags=re.MULTILINE)


def test_common_options_and_exit_codes_are_described():
    top = PAGE.partition("\n### ")[0]
    for flag in (*EVERYWHERE, "--version"):
        assert f"| `{flag}" in top
    for code in (0, 1, 2, 130):
        assert f"| {code} |" in top


def test_detachable_commands_are_named():
    [row] = re.findall(r"^\| `--detach` \|.*$", PAGE, flags=re.MULTILINE)
    detachable = {name for name, parser in COMMANDS.items() if parser.get_default("detachable")}
    assert detachable == {word for word in re.findall(r"`([a-z][a-z-]*)`", row)}
