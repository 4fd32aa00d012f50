"""Overview: what there is, what runs, and the one next step."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import list_events, undo
from core.catalog.products import read_products
from core.explore.catalog_maps import latest_map
from core.jobs.supervise import submit
from core.models.runs import list_runs
from core.ui.caches import home
from core.ui.frame import all_catalogs, chosen_catalog
from core.ui.guard import guard, visitor_name
from core.ui.job_list import all_jobs
from core.ui.jobs_table import jobs_table
from core.ui.live_job import active_job, live_job
from core.ui.navigation import go, link
from core.ui.next_step import next_step
from core.ui.offer_row import words_and_button
from core.ui.permission import may_edit
from core.ui.product_detail import open_product, show_asked_product
from core.ui.product_grid import product_card, product_grid
from core.ui.runs_table import runs_table
from core.ui.wording import counted, number_text

DEMO_SEED = 7


def draw_welcome() -> None:
    st.title("Welcome to ShelfLens")
    st.markdown(
        "ShelfLens looks at product pictures: it **sorts** them into categories, **maps** what a model sees, "
        "**recommends** look-alikes and **finds** what is wrong in a catalog. Everything stays on this machine."
    )
    running = active_job("demo") or active_job("import")
    if running:
        live_job(running.job, title="Building the demo" if running.kind == "demo" else "Importing pictures")
        return
    left, right = st.columns(2, gap="large")
    with left.container(border=True, height="stretch"):
        st.header("Look around first", anchor=False)
        st.markdown(
            "A shop of several hundred drawn products, with a trained model, a map and look-alikes. About a minute."
        )
        if may_edit() and st.button("Build the demo", type="primary", icon=":material/auto_awesome:", width="stretch"):
            submit(home(), "demo", {"seed": DEMO_SEED}, actor=visitor_name())
            st.rerun()
    with right.container(border=True, height="stretch"):
        st.header("Use your own pictures", anchor=False)
        st.markdown(
            "A folder with one folder for each category, a table, an archive, a database: whatever you have. "
            "You see what would come of it before anything is imported."
        )
        if may_edit() and st.button("Import a folder", icon=":material/folder_open:", width="stretch"):
            go("import_products", source="folder")


def draw_next_step(catalog: Catalog) -> None:
    mapped = any(latest_map(home(), catalog, method) is not None for method in ("umap", "pca"))
    step = next_step(catalog, runs=list_runs(home(), catalog_id=catalog.catalog_id), mapped=mapped)
    with st.container(border=True, key="next_step"):
        words, button = words_and_button()
        words.markdown(f"**Next: {step.title.lower()}**  \n{step.why}")
        if button.button(step.button, type="primary", icon=":material/arrow_forward:", icon_position="right"):
            go(step.page, **step.query)


def draw_catalogs(catalogs: list[Catalog], chosen: Catalog) -> None:
    st.header("Catalogs", anchor=False)
    if len(catalogs) > 1:
        draw_catalog_table(catalogs)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Products", number_text(chosen.products), width=140)
        st.metric("Pictures", number_text(chosen.pictures), width=140)
        st.metric("Categories", number_text(chosen.categories), width=140)
    products = read_products(home(), chosen, limit=8)
    open_product(product_grid([product_card(product) for product in products], key="samples", small=True))
    link("catalog", f"Browse {counted(chosen.products, 'product')}", icon=":material/arrow_forward:")


def draw_catalog_table(catalogs: list[Catalog]) -> None:
    frame = pd.DataFrame(
        {
            "Catalog": [catalog.name for catalog in catalogs],
            "Products": [catalog.products for catalog in catalogs],
            "Pictures": [catalog.pictures for catalog in catalogs],
            "Categories": [catalog.categories for catalog in catalogs],
            "Source": [catalog.source or "" for catalog in catalogs],
            "Made (UTC)": [catalog.created[:16].replace("T", " ") for catalog in catalogs],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch")


def draw_work() -> None:
    runs, jobs = list_runs(home()), all_jobs()
    st.header("Runs", anchor=False)
    if runs:
        chosen = runs_table(runs[:10], key="overview_runs")
        if chosen is not None:
            go("evaluate", catalog=chosen.catalog, run=chosen.run_id)
    else:
        st.caption("No model has been trained yet.")
    st.header("Jobs", anchor=False)
    if not jobs:
        st.caption("Nothing has run yet.")
        return
    job = jobs_table(jobs[:10], key="overview_jobs")
    if job is not None:
        live_job(job.job, title=f"Job: {job.kind}")


def draw_changes() -> None:
    events = list_events(home(), limit=12)
    if not events:
        return
    with st.expander("Last changes", icon=":material/history:"):
        for event in events:
            words, button = st.columns([6, 1], vertical_alignment="center")
            words.text(f"{event.at[:16].replace('T', ' ')}  {event.summary}{' (undone)' if event.undone else ''}")
            undoable = may_edit() and not event.undone and event.kind in ("delete", "rename", "edit")
            if undoable and button.button("Undo", key=f"undo_event_{event.event_id}"):
                undo(home(), event.event_id, actor=visitor_name())
                st.rerun()


guard()
catalogs = all_catalogs()
chosen = chosen_catalog()
if chosen is None:
    draw_welcome()
    draw_changes()
else:
    st.title("Overview")
    draw_next_step(chosen)
    draw_catalogs(catalogs, chosen)
    draw_work()
    draw_changes()
    show_asked_product(chosen)
