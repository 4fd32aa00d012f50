"""What a setup changes since the last run of the same recipe, and setting up a training like an earlier run."""

from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.models.recipes import RECIPES, Recipe
from core.models.runs import Run, list_runs
from core.models.settings import settings_to_json
from core.ui.address import ask
from core.ui.caches import home
from core.ui.past_runs import FROM_IN_URL
from core.ui.settings_form import put_settings
from core.ui.wording import literal, percent

_MOST_SHOWN = 6
_COSMETIC = frozenset({"preset"})


def form_key(recipe: str) -> str:
    """Name the settings form of a recipe."""
    return f"settings_{recipe}"


def take_earlier_run(catalog: Catalog) -> None:
    """Set the page up like the run that the address names, once, then forget the name."""
    run_id = st.query_params.pop(FROM_IN_URL, None)
    if not run_id:
        return
    run = next((each for each in list_runs(home(), catalog_id=catalog.catalog_id) if each.run_id == run_id), None)
    if run is None or run.recipe not in RECIPES:
        st.toast("The run in this link is not here any more.", icon=":material/link_off:")
        return
    try:
        widgets = put_settings(RECIPES[run.recipe].settings_class, run.settings, key=form_key(run.recipe))
    except SettingsError as error:
        st.toast(f"Its settings cannot be used as they are: {error}")
        widgets = {}
    st.query_params["recipe"], st.query_params["target"] = run.recipe, run.target
    st.query_params["backbone"] = run.backbone
    ask(**widgets, train_view="New training", settings_open=True)
    st.rerun()


def draw_changes(catalog: Catalog, recipe: Recipe, *, backbone: str, target: str, settings: dict[str, Any]) -> None:
    """Say in one line what differs from the last run of this recipe on this catalog."""
    runs = list_runs(home(), catalog_id=catalog.catalog_id)
    last = next((run for run in runs if run.recipe == recipe.name and run.settings), None)
    if last is None:
        return
    changed = changed_words(last, recipe, backbone=backbone, target=target, settings=settings)
    if changed is None:
        return
    accuracy = percent(last.metrics.get("test", {}).get("accuracy"))
    head = f"Since the last run, {literal(last.name)} ({accuracy} on test): "
    st.caption(head + ("nothing changed." if not changed else "; ".join(literal(each) for each in changed)))


def changed_words(
    last: Run, recipe: Recipe, *, backbone: str, target: str, settings: dict[str, Any]
) -> list[str] | None:
    """List what differs from a run: ``learning rate 0.001 → 0.0005``; None where the settings cannot be read."""
    try:
        new = settings_to_json(recipe.parse_settings(settings))
    except SettingsError:
        return None
    pairs: list[tuple[str, Any, Any]] = [("backbone", last.backbone, backbone), ("target", last.target, target)]
    names = [name for name in new if name not in _COSMETIC and name in last.settings]
    pairs += [(name.replace("_", " "), last.settings[name], new[name]) for name in names]
    found = [f"{name} {_written(before)} → {_written(now)}" for name, before, now in pairs if before != now]
    more = len(found) - _MOST_SHOWN
    return found[:_MOST_SHOWN] + ([f"and {more} more"] if more > 0 else [])


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_written(each) for each in value)
    return str(value)[:60]
