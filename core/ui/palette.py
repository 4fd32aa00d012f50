"""The colors of the application, read from ``.streamlit/config.toml``: the one place that names them."""

from typing import Literal

import streamlit as st

Mode = Literal["light", "dark"]

PART_NAMES = ("visual", "color", "price", "category", "brand", "popularity", "freshness", "text")
"""The parts of a recommendation score."""

PART_COLORS = dict(zip(PART_NAMES, (0, 1, 3, 2, 4, 5, 6, 7), strict=True))
"""The place of each part's color among the categorical ones."""

_BUTTON_STYLE = """<style>
[data-testid^="stBaseButton-primary"]:enabled { color: light-dark(#fff, %s); }
</style>"""
"""Streamlit writes on primary buttons in white: hard to read on a color that is light enough for dark pages."""


def write_button_style() -> None:
    """Let what is written on primary buttons be dark in the dark theme. Only the frame calls this."""
    st.html(_BUTTON_STYLE % ink_on_primary("dark"))


def ink_on_primary(mode: Mode) -> str:
    """Give the color of what is written on the primary color."""
    return "#FFFFFF" if mode == "light" else str(st.get_option("theme.dark.backgroundColor"))


def current_mode() -> Mode:
    """Give the theme the visitor looks at now; light while it is unknown."""
    return "dark" if st.context.theme.type == "dark" else "light"


def categorical_colors(mode: Mode | None = None) -> list[str]:
    """Give the eight colors for kinds of things as ``#RRGGBB``, the most distinct first."""
    return list(st.get_option(f"theme.{mode or current_mode()}.chartCategoricalColors") or [])


def verdict_colors(mode: Mode | None = None) -> dict[str, str]:
    """Give the colors of right and wrong predictions: teal and amber, safe for every kind of sight."""
    colors = categorical_colors(mode)
    return {"right": colors[0], "wrong": colors[1]}


def part_colors(mode: Mode | None = None) -> dict[str, str]:
    """Give the color of each part of a recommendation score."""
    colors = categorical_colors(mode)
    return {name: colors[place] for name, place in zip(PART_NAMES, PART_COLORS.values(), strict=True)}
