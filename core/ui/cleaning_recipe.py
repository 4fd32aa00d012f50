"""The recipe of a catalog on the Clean page: what was done, by whom, and taking it back."""

import json

import streamlit as st

from core.catalog.catalogs import Catalog
from core.cleaning.recipe import RecipeStep, export_recipe, list_recipe, read_recipe, undo_step
from core.errors import SettingsError
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.errors import show_problem, shown_errors
from core.ui.guard import visitor_name
from core.ui.said import rerun_saying
from core.ui.wording import counted, literal

JOB_IN_URL = "job"
DONE = "_cleaned"
"""Under this name the session keeps what was applied last: the catalog's number and the steps."""

_MOST_BYTES = 5_000_000
_SHOWN = 30


def draw_recipe(catalog: Catalog) -> None:
    """Draw the steps that stand, newest first, each with its undo, and the recipe as a file."""
    steps = list_recipe(home(), catalog)
    st.header("Recipe", anchor=False)
    if not steps:
        st.caption("No step yet. Each step you apply is listed here, and can be undone.")
    for number, step in list(enumerate(steps, start=1))[::-1][:_SHOWN]:
        _draw_step(catalog, step, number, is_newest=number == len(steps))
    if len(steps) > _SHOWN:
        st.caption(f"{counted(len(steps) - _SHOWN, 'older step')} not shown.")
    with st.expander("Recipe as a file", icon=":material/description:"):
        _draw_file(catalog, has_steps=bool(steps))


def _draw_step(catalog: Catalog, step: RecipeStep, number: int, *, is_newest: bool) -> None:
    with st.container(border=True, key=f"recipe_{step.step_id}"):
        st.markdown(f"**{number}. {literal(step.title)}**")
        st.text(step.summary)
        st.caption(f"{step.created[:16].replace('T', ' ')} UTC · {literal(step.actor)}")
        help_text = "Takes the step back." if is_newest else "Takes the step back, unless a later one builds on it."
        if st.button("Undo", key=f"undo_{step.step_id}", icon=":material/undo:", help=help_text):
            with shown_errors():
                undo_step(home(), catalog, step.step_id, actor=visitor_name())
                st.session_state.pop(DONE, None)
                rerun_saying("Undone.", icon=":material/undo:")


def _draw_file(catalog: Catalog, *, has_steps: bool) -> None:
    """Offer the recipe for keeping, and apply one: to another catalog, or to this one after a new import."""
    if has_steps:
        text = json.dumps(export_recipe(home(), catalog), ensure_ascii=True, indent=2)
        st.download_button(
            "Download", text, f"{catalog.name}-recipe.json", "application/json", icon=":material/download:"
        )
        if st.button(
            "Apply again",
            icon=":material/refresh:",
            help="After a new import: applies every step to what is new. The recipe stays as it is.",
        ):
            _apply(catalog, export_recipe(home(), catalog))
    file = st.file_uploader("Apply a recipe", type=["json"], max_upload_size=5, key="recipe_file")
    if file is not None and st.button("Apply the file", type="primary", icon=":material/play_arrow:"):
        try:
            if file.size > _MOST_BYTES:
                raise SettingsError("the file is larger than 5 MB: that is no recipe")
            _apply(catalog, json.loads(file.getvalue().decode("utf-8-sig")))
        except (ValueError, RecursionError) as error:
            show_problem(f"The file is no recipe: {str(error)[:200]}")


def _apply(catalog: Catalog, values: object) -> None:
    with shown_errors():
        steps = [step.to_json() for step in read_recipe(values, name="the file")]
        arguments = {"catalog": catalog.name, "steps": steps, "recipe": True}
        st.query_params[JOB_IN_URL] = submit(home(), "clean", arguments, actor=visitor_name())
        st.rerun()
