"""Train: choose what to learn and how, see how long it takes, watch it learn."""

from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.jobs.status import JobStatus
from core.jobs.stored_status import ACTIVE_STATES
from core.jobs.supervise import submit
from core.models.balance import BalanceSettings
from core.models.recipes import RECIPES, Recipe
from core.models.runs import list_runs
from core.ui.augmentation_preview import augmentation_preview
from core.ui.caches import home
from core.ui.errors import show_problem, shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard, visitor_name
from core.ui.live_job import known_job, live_job, ordinal
from core.ui.navigation import go
from core.ui.past_runs import draw_past
from core.ui.recipe_cards import pick_recipe
from core.ui.search_panel import search_panel
from core.ui.settings_form import settings_form
from core.ui.training_changes import draw_changes, form_key, take_earlier_run
from core.ui.training_estimate import draw_estimate, estimate_of, estimated_words
from core.ui.training_line import JOB_IN_URL, SEARCH_VIEW, draw_line, draw_stopped, keep_line_going, next_place
from core.ui.training_setup import (
    blocked_recipes,
    classes_of,
    draw_advice,
    draw_classes,
    pick_backbone,
    pick_target,
    suggested_recipe,
)
from core.ui.wording import counted, literal, number_text, percent

NEW, SEARCH, RUNS = "New training", SEARCH_VIEW, "Past runs"


def draw_result(job: JobStatus) -> None:
    """Show what a finished training reached on pictures it never saw, and where to look on."""
    result = job.result or {}
    tests = result.get("metrics", {}).get("test", {})
    classes = result.get("classes", 0)
    named = "labels" if "all_labels_right" in tests else "categories"
    shown = {
        "Test accuracy": (percent(tests.get("accuracy")), "Share of test pictures put into the right category."),
        "Macro F1": (percent(tests.get("macro_f1")), f"Mean over {named}, so small ones count as much as large ones."),
        "Test pictures": (number_text(tests.get("pictures", 0)), "What these figures rest on."),
        named.capitalize(): (number_text(len(classes) if isinstance(classes, list) else classes), None),
    }
    if named == "labels":  # any number of labels for a picture: there is no accuracy, only how often all are right
        right = percent(tests.get("all_labels_right"))
        shown = {"All labels right": (right, "Share of test pictures with exactly their labels.")} | shown
        del shown["Test accuracy"]
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=150)
    run = next((each for each in list_runs(home()) if each.run_id == result.get("run")), None)
    if run is not None and estimated_words(run):
        words = estimated_words(run)
        st.caption(words[:1].upper() + words[1:] + ". The next estimate knows.")
    if st.button("Evaluate this run", type="primary", icon=":material/fact_check:"):
        go("evaluate", catalog=job.arguments.get("catalog"), run=result.get("run"))


def draw_job(job: JobStatus) -> None:
    recipe = RECIPES.get(str(job.arguments.get("recipe")))
    how = f": {recipe.title.lower()}" if recipe else ""
    live_job(job.job, title=f"Training on {literal(job.arguments.get('catalog', ''))}{how}", on_done=draw_result)
    if st.button("Set up another training", icon=":material/add:"):
        st.query_params.pop(JOB_IN_URL, None)
        st.rerun()


def draw_setup(catalog: Catalog) -> None:
    take_earlier_run(catalog)
    left, right = st.columns(2, gap="large")
    with left:
        target = pick_target(catalog)
    with right:
        backbone, has_weights = pick_backbone()
    counts = classes_of(catalog, target)
    blocked = blocked_recipes(counts, target, has_weights=has_weights)
    if counts is not None:
        draw_classes(counts)
    words = st.container()
    recipe = pick_recipe(suggested=suggested_recipe(counts, blocked), blocked=blocked)
    if counts is not None:
        with words:
            draw_advice(counts, blocked, chosen=recipe.name if recipe else "")
    if recipe is not None:
        draw_start(catalog, recipe, backbone=backbone, target=target)


def draw_start(catalog: Catalog, recipe: Recipe, *, backbone: str, target: str) -> None:
    with st.expander(f"Settings of {recipe.title.lower()}", icon=":material/tune:", key="settings_open"):
        settings = settings_form(recipe.settings_class, key=form_key(recipe.name))
        name_column, seed_column = st.columns(2, gap="medium")
        name = name_column.text_input("Name of the run", max_chars=100, placeholder="made up when empty")
        seed = seed_column.number_input("Seed", 0, 2**31 - 1, 0, step=1, help="The same seed gives the same run.")
    with st.expander("Balance of classes", icon=":material/balance:"):
        balance = settings_form(BalanceSettings, key="balance")
    try:
        parsed = recipe.parse_settings(settings)
    except SettingsError as error:
        show_problem(error)
        return
    augmentation_preview(catalog, parsed)
    draw_changes(catalog, recipe, backbone=backbone, target=target, settings=settings)
    asked: dict[str, Any] = {"catalog": catalog.name, "recipe": recipe.name, "backbone": backbone, "target": target}
    asked |= {"settings": settings, "balance": balance, "seed": int(seed), "name": name or None}
    draw_button(catalog, asked)


def draw_button(catalog: Catalog, asked: dict[str, Any]) -> None:
    place = next_place()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="start"):
        words, button = st.container(width="stretch"), st.container(width="content")
        label = "Start training" if place is None else f"Add to the line ({ordinal(place)})"
        icon = ":material/play_arrow:" if place is None else ":material/playlist_add:"
        pressed = button.button(label, type="primary", icon=icon, key="start_training")
        with words:  # last: it may take a second, and everything else is there by then
            named = {name: asked[name] for name in ("backbone", "target", "settings")}
            estimate = estimate_of(catalog, asked["recipe"], **named)
            if estimate is not None:
                draw_estimate(estimate)
        if pressed:
            asked = {**asked, "estimate": {} if estimate is None else estimate.to_note()}
            with shown_errors():
                st.query_params[JOB_IN_URL] = submit(home(), "train", asked, actor=visitor_name())
                st.rerun()


guard()
st.title("Train")
catalog = need_catalog()
keep_line_going()
job = known_job(st.query_params.get(JOB_IN_URL), kind="train")
if job is not None:
    draw_job(job)
draw_line(shown_job=None if job is None or job.state not in ACTIVE_STATES else job.job)
if job is None:
    draw_stopped(catalog.name)
    view = st.segmented_control(
        "Show",
        [NEW, SEARCH, RUNS],
        default=NEW,
        key="train_view",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    if view == RUNS:
        draw_past(catalog)
    elif not catalog.pictures or catalog.categories < 1:
        st.info(
            f"A training needs pictures with labels; this catalog has {counted(catalog.pictures, 'picture')} in "
            f"{counted(catalog.categories, 'category', 'categories')}."
        )
    elif view == SEARCH:
        search_panel(catalog)
    else:
        draw_setup(catalog)
