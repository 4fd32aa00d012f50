"""The choice of a run, kept in the address, and the catalog it belongs to."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.models.runs import Run, list_runs
from core.ui.address import choice_in_address, is_new_in_address
from core.ui.caches import home
from core.ui.frame import all_catalogs, choose_catalog, chosen_catalog, need_catalog
from core.ui.navigation import link
from core.ui.wording import percent


def pick_run() -> Run | None:
    """Let the visitor choose a run of the chosen catalog; a link to another catalog's run chooses that catalog."""
    catalog = chosen_catalog()
    runs = {run.run_id: run for run in list_runs(home())}
    asked = runs.get(st.query_params.get("run", ""))
    if (
        asked is not None
        and catalog is not None
        and asked.catalog_id != catalog.catalog_id
        and is_new_in_address("run")
    ):
        choose_catalog(asked.catalog)
        st.rerun()
    if asked is None and "run" in st.query_params:
        st.warning("The run in this link is not here any more.", icon=":material/link_off:")
    here = [run_id for run_id, run in runs.items() if catalog is None or run.catalog_id == catalog.catalog_id]
    if not here:
        need_catalog()
        st.info("No run yet: train a model first, then look here at what it gets wrong.", icon=":material/fact_check:")
        link("train", "Go to Train", icon=":material/arrow_forward:")
        return None
    return runs[choice_in_address("Run", here, name="run", format_func=lambda run_id: run_words(runs[run_id]))]


def run_words(run: Run) -> str:
    """Write a run for a list: its name, recipe, figure and time, to the second, so that no two runs read alike."""
    return f"{run.name} · {run.recipe} · {reached_words(run)} · {run.created[:19].replace('T', ' ')} UTC"


def reached_words(run: Run) -> str:
    """Say what a run reached on test pictures; on labels, how often all of a picture's are right."""
    named = "all labels right" if run.predicts_labels else "test accuracy"
    return f"{named} {percent(run.metrics.get('test', {}).get('accuracy'))}"


def catalog_of(run: Run) -> Catalog | None:
    """Give the catalog a run was trained on, or None when it is gone."""
    return next((catalog for catalog in all_catalogs() if catalog.catalog_id == run.catalog_id), None)
