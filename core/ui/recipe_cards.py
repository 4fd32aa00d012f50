"""Recipes as cards in plain words: what each does, what it costs, and why one cannot run here."""

from collections.abc import Mapping

import streamlit as st

from core.models.recipes import RECIPES, Recipe
from core.ui.wording import literal

RECIPE_IN_URL = "recipe"
_GROUPS = {
    "features": ("On features", "The pretrained network stays as it is; seconds, and it works with few pictures."),
    "network": (
        "A network of its own",
        "Learns from the pictures themselves; minutes, and its features can be mapped.",
    ),
    "baseline": ("Baselines", "From random weights: what the pretrained network is worth, by comparison."),
}
_CARD_PX = 228


def pick_recipe(*, suggested: str | None, blocked: Mapping[str, str]) -> Recipe | None:
    """Draw a card a recipe, by group; give the chosen one, which the address names.

    Args:
        suggested: Name of the recipe that is chosen when the address names none.
        blocked: Why recipes cannot run, by name.

    Returns:
        None when nothing can run.
    """
    chosen = _chosen(suggested, blocked)
    groups = {group: [each for each in RECIPES.values() if each.shown_group == group] for group in _GROUPS}
    groups = {group: recipes for group, recipes in groups.items() if recipes}
    titles = {group: f"{_GROUPS[group][0]} ({len(recipes)})" for group, recipes in groups.items()}
    opened = titles[chosen.shown_group] if chosen else None
    for (group, recipes), tab in zip(groups.items(), st.tabs(list(titles.values()), default=opened), strict=True):
        with tab:
            st.caption(_GROUPS[group][1])
            with st.container(horizontal=True, gap="small"):
                for recipe in recipes:
                    is_first = recipe.name == suggested if suggested else recipe.recommended
                    _draw_card(recipe, chosen=recipe is chosen, recommended=is_first, reason=blocked.get(recipe.name))
    return chosen


def choose_recipe(name: str) -> None:
    """Choose a recipe; it is drawn on the next rerun."""
    st.query_params[RECIPE_IN_URL] = name


def _chosen(suggested: str | None, blocked: Mapping[str, str]) -> Recipe | None:
    asked = RECIPES.get(str(st.query_params.get(RECIPE_IN_URL, "")))
    if asked is not None and asked.name not in blocked:
        return asked
    if asked is not None:
        st.text(f"{asked.title} cannot run: {blocked[asked.name]}")
    free = [name for name in RECIPES if name not in blocked]
    name = suggested if suggested in free else next(iter(free), None)
    return None if name is None else RECIPES[name]


def _draw_card(recipe: Recipe, *, chosen: bool, recommended: bool, reason: str | None) -> None:
    with st.container(border=True, width=_CARD_PX, height="stretch", key=f"recipe_{recipe.name}", gap="small"):
        with st.container(height="stretch", gap="small"):
            badge = " :green-badge[recommended]" if recommended else ""
            mark = ":green[:material/check_circle:] " if chosen else ""
            st.markdown(f"{mark}**{literal(recipe.title)}**{badge}  \n{literal(recipe.summary)}")
            st.caption(literal(recipe.cost))
            if reason is not None:
                st.caption(f":orange[:material/block:] {literal(reason)}")
        if st.button(
            "Chosen" if chosen else "Choose",
            key=f"choose_{recipe.name}",
            icon=":material/check:" if chosen else None,
            disabled=chosen or reason is not None,
            width="stretch",
        ):
            choose_recipe(recipe.name)
            st.rerun()
