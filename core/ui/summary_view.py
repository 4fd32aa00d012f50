"""The page Evaluate at a glance: figures with their intervals, what to mind, curves, and what is confused most."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.charts import curves
from core.ui.confusion_view import draw_pairs
from core.ui.hierarchy_view import draw_products_and_levels
from core.ui.run_view import run_files
from core.ui.second_stage_view import draw_second_stage
from core.ui.triplet_view import draw_triplet
from core.ui.wording import duration, literal, percent

_STILL = {"displayModeBar": False}


def draw_summary(run: Run, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Draw the figures of a run.

    Args:
        run: The run.
        evaluation: How it does on the chosen pictures.
        owner: Its catalog, or None when that is gone.
    """
    _draw_figures(evaluation)
    for warning in evaluation.warnings:
        st.text(f"⚠ {warning}")
    draw_products_and_levels(evaluation)
    _draw_curves(run)
    st.subheader(
        "Most confused",
        anchor=False,
        help="True category → what the model said; the share is of the true category's pictures.",
    )
    draw_pairs(evaluation)
    draw_second_stage(run, evaluation.split)
    draw_triplet(run, owner)


def _draw_figures(evaluation: Evaluation) -> None:
    counts, (low, high) = evaluation.counts, evaluation.interval
    most = float(counts.support.max() / max(counts.support.sum(), 1))
    between = f"Share of pictures put into their category; 95 % interval {percent(low)} to {percent(high)}."
    shown = {
        "Accuracy": (percent(evaluation.accuracy), between),
        "Macro F1": (percent(counts.macro_f1), "Mean over categories; small ones count as much as large ones."),
        "Top 3": (percent(evaluation.top3_accuracy), "The true category is one of the three likeliest."),
        "Baseline": (percent(most), "Accuracy of always saying the most frequent category."),
        "Pictures": (f"{evaluation.pictures:,}", "What these figures rest on."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=124)


def _draw_curves(run: Run) -> None:
    files = run_files(run.run_id)
    history, best = pd.DataFrame(files.history), files.manifest.get("choices", {}).get("best_epoch")
    for column, measure in zip(st.columns(2, gap="medium"), ("loss", "accuracy"), strict=True):
        figure = curves(history, measure=measure, best_epoch=best)
        column.plotly_chart(figure, key=f"curve_{measure}", config=_STILL, alt=f"{measure} by epoch")
    st.caption(
        f"Trained in {duration(run.seconds)} on {run.backbone}, target {literal(run.target)}, "
        f"version {run.catalog_version} of the catalog."
    )
