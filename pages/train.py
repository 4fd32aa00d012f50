"""Train: choose what to learn and how, see how long it takes, watch it learn."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.models.recipes import RECIPES
from core.models.runs import list_runs
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard, visitor_name
from core.ui.live_job import active_job, known_job, live_job
from core.ui.navigation import go
from core.ui.runs_table import runs_table
from core.ui.settings_form import settings_form
from core.ui.training_setup import draw_estimate, pick_backbone, pick_recipe, pick_target
from core.ui.wording import counted, percent

JOB_IN_URL = "job"


def draw_result(job: JobStatus) -> None:
    """Show what a finished training reached on pictures it never saw, and where to look on."""
    result = job.result or {}
    tests = result.get("metrics", {}).get("test", {})
    figures = st.columns(4)
    figures[0].metric(
        "Test accuracy", percent(tests.get("accuracy")), help="Share of test pictures put into the right category."
    )
    figures[1].metric(
        "Macro F1",
        percent(tests.get("macro_f1")),
        help="Mean over categories, so small ones count as much as large ones.",
    )
    figures[2].metric("Test pictures", f"{tests.get('pictures', 0):,}")
    figures[3].metric(
        "Categories",
        f"{len(result['classes']) if isinstance(result.get('classes'), list) else result.get('classes', 0):,}",
    )
    if st.button("Evaluate this run", type="primary", icon=":material/fact_check:"):
        go("evaluate", catalog=job.arguments.get("catalog"), run=result.get("run"))


def draw_setup(catalog: Catalog) -> None:
    recipe = pick_recipe()
    left, right = st.columns(2, gap="large")
    with left:
        target = pick_target(catalog)
    with right:
        backbone = pick_backbone()
    with st.expander("Settings", icon=":material/tune:"):
        settings = settings_form(RECIPES[recipe].settings_class, key=f"settings_{recipe}")
        name_column, seed_column = st.columns(2, gap="medium")
        name = name_column.text_input("Name of the run", max_chars=100, placeholder="made up when empty")
        seed = seed_column.number_input("Seed", 0, 2**31 - 1, 0, step=1, help="The same seed gives the same run.")
    with st.container(border=True):
        words, button = st.columns([4, 1.2], vertical_alignment="center")
        if button.button("Start training", type="primary", icon=":material/play_arrow:", width="stretch"):
            arguments = {"catalog": catalog.name, "recipe": recipe, "backbone": backbone, "target": target}
            arguments |= {"settings": settings, "seed": int(seed), "name": name or None}
            with shown_errors():
                st.query_params[JOB_IN_URL] = submit(home(), "train", arguments, actor=visitor_name())
                st.rerun()
    draw_past(catalog)
    with words:  # last: it may take a second, and everything else is there by then
        draw_estimate(catalog, recipe, backbone=backbone, target=target)


def draw_past(catalog: Catalog) -> None:
    runs = list_runs(home(), catalog_id=catalog.catalog_id)
    st.subheader("Past runs", anchor=False)
    if not runs:
        st.caption("No run yet: the first one appears here.")
        return
    chosen = runs_table(runs, key="past_runs")
    if chosen is not None:
        go("evaluate", catalog=catalog.name, run=chosen.run_id)


guard()
st.title("Train")
catalog = need_catalog()
job = known_job(st.query_params.get(JOB_IN_URL), kind="train") or active_job("train", catalog=catalog.name)
if job is not None:
    live_job(job.job, title=f"Training on {counted(catalog.products, 'product')}", on_done=draw_result)
    ended = job.state not in ("queued", "running")
    if ended and st.button("Set up another training", icon=":material/add:"):
        st.query_params.pop(JOB_IN_URL, None)
        st.rerun()
    draw_past(catalog)
elif not catalog.pictures or catalog.categories < 2:
    st.info(
        "A training needs pictures in at least two categories; this catalog has "
        f"{counted(catalog.pictures, 'picture')} in {counted(catalog.categories, 'category', 'categories')}."
    )
else:
    draw_setup(catalog)
