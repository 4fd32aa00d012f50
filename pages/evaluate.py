"""Evaluate: how good a run is, where it is wrong, and the pictures behind every number."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog, list_catalogs
from core.evaluation.report import Evaluation
from core.models.predict import predict_pictures
from core.models.runs import Run, list_runs
from core.ui.address import choice_in_address, is_new_in_address
from core.ui.caches import home, picture_address
from core.ui.charts import bars, curves
from core.ui.confusion_view import ask_cell, draw_confusion, draw_pairs
from core.ui.errors import shown_errors
from core.ui.frame import choose_catalog, chosen_catalog, need_catalog
from core.ui.guard import guard
from core.ui.navigation import link
from core.ui.product_detail import show_asked_product
from core.ui.run_care import draw_run_care
from core.ui.run_view import SPLIT_WORDS, class_table, evaluation_of, run_files
from core.ui.uploads import decoded_upload
from core.ui.wording import duration, literal, percent

VIEWS = ["Summary", "Confusion", "Categories", "Try a picture"]
STILL = {"displayModeBar": False}


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
    accuracy = percent(run.metrics.get("test", {}).get("accuracy"))
    return f"{run.name} · {run.recipe} · test accuracy {accuracy} · {run.created[:16].replace('T', ' ')} UTC"


def draw_summary(run: Run, evaluation: Evaluation) -> None:
    counts, (low, high) = evaluation.counts, evaluation.interval
    most = float(counts.support.max() / max(counts.support.sum(), 1))
    between = f"Share of pictures put into their category; 95 % interval {percent(low)} to {percent(high)}."
    shown = {
        "Accuracy": (percent(evaluation.accuracy), between),
        "Macro F1": (percent(counts.macro_f1), "Mean over categories; small ones count as much as large ones."),
        "Among the first 3": (percent(evaluation.top3_accuracy), "The true category is one of the three likeliest."),
        "Baseline": (percent(most), "Accuracy of always saying the most frequent category."),
        "Pictures": (f"{evaluation.pictures:,}", "What these figures rest on."),
    }
    for place, (label, (value, words)) in zip(st.columns(len(shown)), shown.items(), strict=True):
        place.metric(label, value, help=words)
    for warning in evaluation.warnings:
        st.text(f"⚠ {warning}")
    draw_curves(run)
    st.subheader("Most confused", anchor=False, help="True category → what the model said.")
    draw_pairs(evaluation)


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
    picture = decoded_upload("Picture to classify", key="trial")
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


def catalog_of(run: Run) -> Catalog | None:
    return next((catalog for catalog in list_catalogs(home()) if catalog.catalog_id == run.catalog_id), None)


guard()
st.title("Evaluate")
run = pick_run()
if run is None:
    st.stop()
left, middle, right = st.columns([4, 3, 1.4], vertical_alignment="bottom")
view = left.segmented_control("Show", VIEWS, default=VIEWS[0], key="show", bind="query-params", required=True)
words = middle.segmented_control(
    "Pictures", list(SPLIT_WORDS), default="Test", key="split_shown", bind="query-params", required=True
)
with right:
    draw_run_care(run)
if words != "Test":
    st.caption(
        ":orange[:material/info:] The model learned from these pictures; only figures on test pictures are fair."
    )
owner = catalog_of(run)
with shown_errors():
    evaluation = evaluation_of(run.run_id, SPLIT_WORDS[words])
    if view == "Try a picture":
        draw_trial(run)
    elif not evaluation.pictures:
        st.info(f"This run has no {words.lower()} pictures.")
    elif view == "Summary":
        draw_summary(run, evaluation)
    elif view == "Confusion":
        draw_confusion(evaluation, owner)
    else:
        draw_categories(evaluation)
if owner is not None:
    show_asked_product(owner)
