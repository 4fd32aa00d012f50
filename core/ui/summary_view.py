"""The page Evaluate at a glance: figures with their intervals, what to mind, curves, and what is confused most."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.report import Evaluation
from core.models.recipes import FOREIGN
from core.models.runs import Run
from core.models.splits import SPLIT_NAMES
from core.ui.charts import curves
from core.ui.confusion_view import draw_pairs
from core.ui.hierarchy_view import draw_products_and_levels
from core.ui.leaks_view import draw_leaks
from core.ui.run_view import run_files
from core.ui.second_stage_view import draw_second_stage
from core.ui.triplet_view import draw_triplet
from core.ui.wording import counted, duration, number_text, percent

_STILL = {"displayModeBar": False}


def draw_summary(run: Run, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Draw the figures of a run.

    Args:
        run: The run.
        evaluation: How it does on the chosen pictures.
        owner: Its catalog, or None when that is gone.
    """
    _draw_origin(run)
    _draw_figures(evaluation)
    for warning in evaluation.warnings:
        st.text(f"⚠ {warning}")
    draw_leaks(run, owner)
    draw_products_and_levels(evaluation)
    _draw_curves(run)
    st.header(
        "Most confused",
        anchor=False,
        help="True category → what the model said; the share is of the true category's pictures.",
    )
    draw_pairs(evaluation)
    draw_second_stage(run, evaluation.split)
    draw_triplet(run, owner)


def _draw_origin(run: Run) -> None:
    """Say what the run learned from, how, and how long it took."""
    manifest = run_files(run.run_id).manifest
    pictures = manifest.get("pictures")
    sides = pictures if isinstance(pictures, dict) else {}
    sizes = ", ".join(f"{number_text(sides[name])} {name}" for name in SPLIT_NAMES if isinstance(sides.get(name), int))
    st.text(
        f"{run.catalog}, version {run.catalog_version}"
        + (f": {sizes} pictures" if sizes else "")
        + f" in {counted(len(run.classes), 'category', 'categories')}. Recipe {run.recipe} on {run.backbone}, "
        f"target {run.target}, {duration(run.seconds)}."
    )
    if manifest.get("leaked") == 0 and run.recipe != FOREIGN.name:
        st.caption(
            ":material/verified: No validation or test picture has a near duplicate among the training pictures."
        )


def _draw_figures(evaluation: Evaluation) -> None:
    counts, ends = evaluation.counts, evaluation.intervals
    most = float(counts.support.max() / max(counts.support.sum(), 1))
    shown = {
        "Accuracy": ("accuracy", evaluation.accuracy, "Share of pictures put into their category."),
        "Macro F1": ("macro_f1", counts.macro_f1, "Mean over categories; small ones count as much as large ones."),
        "Weighted F1": ("weighted_f1", counts.weighted_f1, "Mean over categories, weighted by their pictures."),
        "Top 3": ("top3_accuracy", evaluation.top3_accuracy, "The true category is one of the three likeliest."),
        "Baseline": ("", most, "Accuracy of always saying the most frequent category."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (name, value, words) in shown.items():
            between = _between(ends[name]) if name else None
            st.metric(label, percent(value), between, help=words, width=136, delta_color="off", delta_arrow="off")
        st.metric("Pictures", number_text(evaluation.pictures), help="What these figures rest on.", width=110)
    st.caption("Under each figure its 95 % interval, by bootstrap over products.")


def _between(ends: tuple[float, float]) -> str:
    return f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f}"


def _draw_curves(run: Run) -> None:
    files = run_files(run.run_id)
    history, best = pd.DataFrame(files.history), files.manifest.get("choices", {}).get("best_epoch")
    for column, measure in zip(st.columns(2, gap="medium"), ("loss", "accuracy"), strict=True):
        figure = curves(history, measure=measure, best_epoch=best)
        column.plotly_chart(figure, key=f"curve_{measure}", config=_STILL, alt=f"{measure} by epoch")
