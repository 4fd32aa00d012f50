"""Runs as a table: what was learned from what, and how well on pictures the model never saw."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.models.runs import Run
from core.ui.wording import duration


def runs_table(runs: Sequence[Run], *, key: str) -> Run | None:
    """Draw runs, newest first; give the one a visitor selected."""
    tests = [run.metrics.get("test", {}) for run in runs]
    frame = pd.DataFrame(
        {
            "Run": [run.name for run in runs],
            "Catalog": [run.catalog for run in runs],
            "Recipe": [run.recipe for run in runs],
            "Target": [run.target for run in runs],
            "Test accuracy": [_percentage(figures.get("accuracy")) for figures in tests],
            "Macro F1": [_percentage(figures.get("macro_f1")) for figures in tests],
            "Test pictures": [figures.get("pictures") for figures in tests],
            "Took": [duration(run.seconds) for run in runs],
            "Finished (UTC)": [run.created[:16].replace("T", " ") for run in runs],
        }
    )
    share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
    shown = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Test accuracy": share,
            "Macro F1": share,
        },
    )
    rows = shown.selection.rows
    return runs[rows[0]] if rows and rows[0] < len(runs) else None


def _percentage(share: float | None) -> float | None:
    return None if share is None else 100 * share
