"""Past runs of a catalog: sorted, filtered by tag and recipe, opened, kept in order."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.models.estimate_note import ratio_to_actual
from core.models.recipes import RECIPES
from core.models.runs import Run, list_runs
from core.ui.caches import home
from core.ui.navigation import go, has_page
from core.ui.run_care import delete_with_undo, draw_run_form, draw_run_words, offer_undo
from core.ui.run_choice import reached_words
from core.ui.runs_table import percentage, share_columns
from core.ui.training_estimate import estimated_words
from core.ui.wording import counted, duration, literal

FROM_IN_URL = "like"
_ALL = "All recipes"
_MOST_ROWS = 11


def draw_past(catalog: Catalog) -> None:
    """Draw the runs of a catalog and what can be done with them."""
    offer_undo()
    runs = list_runs(home(), catalog_id=catalog.catalog_id)
    if not runs:
        st.info("No run yet: the first one appears here.", icon=":material/model_training:")
        return
    shown = _filtered(runs)
    if not shown:
        st.caption("No run passes these filters.")
        return
    chosen = _table(shown)
    if not chosen:
        st.caption(
            f"{counted(len(shown), 'run')}. Tick one to open, rename, tag or delete it, several to compare them."
        )
    elif len(chosen) == 1:
        _draw_one(chosen[0])
    elif has_page("compare") and st.button(
        f"Compare {len(chosen)} runs", type="primary", icon=":material/balance:", key="compare_past"
    ):
        go("compare", runs=",".join(run.run_id for run in chosen))


def _filtered(runs: Sequence[Run]) -> list[Run]:
    """Draw the filters, each only where it could choose, and give the runs that pass."""
    recipes = sorted({run.recipe for run in runs})
    tags = sorted({tag for run in runs for tag in run.tags})
    recipe, wanted = _ALL, []
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if len(recipes) > 1:
            titles = {name: RECIPES[name].title if name in RECIPES else name for name in recipes}
            recipe = st.selectbox(
                "Recipe",
                [_ALL, *recipes],
                key="past_recipe",
                format_func=lambda name: titles.get(name, name),
                width=260,
                persist_state="session",
            )
        if tags:
            wanted = st.multiselect("Tags", tags, key="past_tags", width=380, persist_state="session")
    return [run for run in runs if recipe in (_ALL, run.recipe) and set(wanted) <= set(run.tags)]


def _table(runs: Sequence[Run]) -> list[Run]:
    shown = st.dataframe(
        run_table(runs),
        key="past_runs",
        hide_index=True,
        width="stretch",
        height="auto" if len(runs) < _MOST_ROWS else 420,
        on_select="rerun",
        placeholder="",
        selection_mode="multi-row",
        column_config={
            **share_columns(),
            "Took, s": st.column_config.NumberColumn(format="%.1f"),
            "Off by": st.column_config.NumberColumn(
                format="%+.0f %%", help="How much longer it took than was estimated before."
            ),
        },
    )
    return [runs[row] for row in shown.selection.rows if row < len(runs)]


def run_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Lay out runs with numbers as numbers, so that every column sorts."""
    tests = [run.metrics.get("test", {}) for run in runs]
    ratios = [ratio_to_actual(run.estimate, run.seconds) for run in runs]
    return pd.DataFrame(
        {
            "Run": [run.name for run in runs],
            "Tags": [list(run.tags) for run in runs],
            "Recipe": [run.recipe for run in runs],
            "Backbone": [run.backbone for run in runs],
            "Target": [run.target for run in runs],
            "Test accuracy": [percentage(figures.get("accuracy")) for figures in tests],
            "Macro F1": [percentage(figures.get("macro_f1")) for figures in tests],
            "Test pictures": [figures.get("pictures") for figures in tests],
            "Took, s": [run.seconds for run in runs],
            "Off by": [None if ratio is None else 100 * (ratio - 1) for ratio in ratios],
            "Finished (UTC)": [run.created[:16].replace("T", " ") for run in runs],
        }
    )


def _draw_one(run: Run) -> None:
    with st.container(border=True, key="chosen_run", gap="small"):
        st.markdown(f"**{literal(run.name)}** · {reached_words(run)}")
        words = estimated_words(run) or f"took {duration(run.seconds)}"
        st.caption(words[:1].upper() + words[1:])
        draw_run_words(run)
        with st.container(horizontal=True, gap="small"):
            if st.button("Open", type="primary", icon=":material/fact_check:", key="open_past"):
                go("evaluate", catalog=run.catalog, run=run.run_id)
            if run.recipe in RECIPES and st.button("Train again like this", icon=":material/replay:", key="like_past"):
                st.query_params[FROM_IN_URL] = run.run_id
                st.rerun()
            with st.popover("Name, note, tags", icon=":material/edit:"):
                draw_run_form(run)
            if st.button("Delete", icon=":material/delete:", key="delete_past"):
                delete_with_undo(run)
