"""Evaluate: how good a run is, where it is wrong, and the pictures behind every number."""

import pandas as pd
import streamlit as st

from core.evaluation.report import Evaluation
from core.models.predict import predict_pictures
from core.models.runs import Run
from core.ui.caches import home, picture_address
from core.ui.charts import bars, curves
from core.ui.confusion_view import ask_cell, draw_confusion, draw_pairs
from core.ui.errors import shown_errors
from core.ui.guard import guard
from core.ui.hierarchy_view import draw_hierarchical_order, draw_products_and_levels
from core.ui.labels_view import LABEL_VIEWS, draw_label_run
from core.ui.other_catalog import draw_other_catalog
from core.ui.product_detail import show_asked_product
from core.ui.run_care import draw_run_care
from core.ui.run_choice import catalog_of, pick_run
from core.ui.run_view import SPLIT_WORDS, class_table, evaluation_of, run_files
from core.ui.second_stage_view import draw_second_stage
from core.ui.triplet_view import draw_triplet
from core.ui.uploads import decoded_upload
from core.ui.wording import duration, literal, percent
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone

VIEWS = ["Summary", "Confusion", "Categories", "Try a picture", "Another catalog"]
STILL = {"displayModeBar": False}


def draw_summary(run: Run, evaluation: Evaluation) -> None:
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
    for warning in evaluation.warnings:
        st.text(f"⚠ {warning}")
    draw_products_and_levels(evaluation)
    draw_curves(run)
    st.subheader(
        "Most confused",
        anchor=False,
        help="True category → what the model said; the share is of the true category's pictures.",
    )
    draw_pairs(evaluation)
    draw_second_stage(run, evaluation.split)


def draw_curves(run: Run) -> None:
    files = run_files(run.run_id)
    history, best = pd.DataFrame(files.history), files.manifest.get("choices", {}).get("best_epoch")
    for column, measure in zip(st.columns(2, gap="medium"), ("loss", "accuracy"), strict=True):
        figure = curves(history, measure=measure, best_epoch=best)
        column.plotly_chart(figure, key=f"curve_{measure}", config=STILL, alt=f"{measure} by epoch")
    st.caption(
        f"Trained in {duration(run.seconds)} on {run.backbone}, target {literal(run.target)}, "
        f"version {run.catalog_version} of the catalog."
    )


def draw_categories(evaluation: Evaluation) -> None:
    draw_hierarchical_order(evaluation)
    st.caption(
        "Precision: of what was put into a category, how much belongs there. "
        "Recall: of what belongs there, how much was found. Select a row to see its pictures."
    )
    share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
    table = class_table(evaluation)
    shown = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        key="class_table",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Precision": share, "Recall": share, "F1": share},
    )
    rows = shown.selection.rows
    if rows and st.button("Show its pictures", icon=":material/arrow_forward:"):
        ask_cell(str(table.iloc[rows[0]]["Category"]), None)


def draw_trial(run: Run) -> None:
    side_px = find_backbone(run.encoder or DEFAULT_BACKBONE, home=home()).side_px
    picture = decoded_upload("Picture to classify", enough_px=side_px, key="trial")
    if picture is None:
        st.caption("The picture is looked at on this machine and not kept.")
        return
    left, right = st.columns([1, 2], gap="large")
    left.image(picture_address(picture), width="stretch")
    with right:
        answers = predict_pictures(home(), run.run_id, [picture], top=5)[0]
        names, chances = [name for name, _ in answers], [chance for _, chance in answers]
        figure = bars(names, chances, title="Most probable", as_percent=True)
        st.plotly_chart(figure, key="trial_bars", config=STILL, alt="Most probable categories")


guard()
st.title("Evaluate")
run = pick_run()
if run is None:
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    views, key = (LABEL_VIEWS, "show_labels") if run.predicts_labels else (VIEWS, "show")
    view = st.segmented_control("Show", views, default=views[0], key=key, bind="query-params", required=True)
    words = st.segmented_control(
        "Pictures", list(SPLIT_WORDS), default="Test", key="split_shown", bind="query-params", required=True
    )
    draw_run_care(run)
if words != "Test":
    st.caption(
        ":orange[:material/info:] The model learned from these pictures; only figures on test pictures are fair."
    )
owner = catalog_of(run)
if run.predicts_labels:
    draw_label_run(run, owner, view, SPLIT_WORDS[words])
    st.stop()
with shown_errors():
    evaluation = evaluation_of(run.run_id, SPLIT_WORDS[words])
    if view == "Try a picture":
        draw_trial(run)
    elif view == "Another catalog":
        draw_other_catalog(run)
    elif not evaluation.pictures:
        st.info(f"This run has no {words.lower()} pictures.")
    elif view == "Summary":
        draw_summary(run, evaluation)
        draw_triplet(run, owner)
    elif view == "Confusion":
        draw_confusion(evaluation, owner)
    else:
        draw_categories(evaluation)
if owner is not None:
    show_asked_product(owner)
