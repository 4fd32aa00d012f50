"""Runs as a table: what was learned from what, and how well on pictures the model never saw."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.models.runs import Run
from core.ui.navigation import go
from core.ui.wording import duration


def runs_table(runs: Sequence[Run], *, key: str) -> Run | None:
    """Draw runs, newest first, to tick; give the one a visitor wants to look at.

    Two or more that are ticked can be compared, which leaves for the page of comparisons.
    """
    tests = [run.metrics.get("test", {}) for run in runs]
    frame = pd.DataFrame(
        {
            "Run": [run.name for run in runs],
            "Catalog": [run.catalog for run in runs],
            "Recipe": [run.recipe for run in runs],
            "Target": [run.target for run in runs],
            "Test accuracy": [percentage(figures.get("accuracy")) for figures in tests],
            "Macro F1": [percentage(figures.get("macro_f1")) for figures in tests],
            "Test pictures": [figures.get("pictures") for figures in tests],
            "Took": [duration(run.seconds) for run in runs],
            "Finished (UTC)": [run.created[:16].replace("T", " ") for run in runs],
        }
    )
    shown = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="multi-row",
        column_config=share_columns(),
    )
    chosen = [runs[row] for row in shown.selection.rows if row < len(runs)]
    return _offer(chosen, key=key)


def _offer(chosen: Sequence[Run], *, key: str) -> Run | None:
    """Offer what can be done with the ticked runs; give the one to look at."""
    if not chosen:
        st.caption("Tick a run to evaluate it, or several to compare them.")
        return None
    if len(chosen) == 1:
        asked = st.button("Evaluate this run", key=f"{key}_evaluate", icon=":material/fact_check:")
        st.caption("Tick another run to compare them.")
        return chosen[0] if asked else None
    if st.button(f"Compare {len(chosen)} runs", key=f"{key}_compare", type="primary", icon=":material/balance:"):
        go("compare", runs=",".join(run.run_id for run in chosen))
    return None


def share_columns() -> dict[str, Any]:
    """Give how the columns `Test accuracy` and `Macro F1`, in percent, are drawn."""
    words = "Share of test pictures put into the right category; of runs that say labels, with exactly their labels."
    return {
        name: st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0, help=told)
        for name, told in (("Test accuracy", words), ("Macro F1", "Mean over categories, or labels."))
    }


def percentage(share: float | None) -> float | None:
    """Turn a share into percent."""
    return None if share is None else 100 * share
