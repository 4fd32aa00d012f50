"""What the page Evaluate shows of a run that predicts labels: figures, labels with their thresholds, mistakes."""

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.label_report import LabelEvaluation, evaluate_labels
from core.models.runs import Run
from core.ui.caches import home, products_of
from core.ui.charts import curves
from core.ui.errors import shown_errors
from core.ui.label_charts import label_curves
from core.ui.label_pictures import draw_label_pictures
from core.ui.label_trial import NO_LABEL, draw_label_trial
from core.ui.leaks_view import draw_leaks
from core.ui.planner_view_trust import draw_curves
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, page_rows, product_grid
from core.ui.run_view import run_files
from core.ui.wording import counted, duration, literal, number_text, percent, shortened

LABEL_VIEWS = ["Summary", "Labels", "Pictures", "Curves", "Mistakes", "Try a picture"]
MOST_LISTED = 8
_STILL = {"displayModeBar": False}
_ANY = "any label"


def draw_label_run(run: Run, owner: Catalog | None, view: str, split: str) -> None:
    """Draw one view of a run.

    Args:
        run: A run that predicts labels.
        owner: Its catalog, or None when that is gone.
        view: One of :data:`LABEL_VIEWS`.
        split: Whose pictures: ``test``, ``validation`` or ``train``.
    """
    with shown_errors():
        if view == "Try a picture":
            draw_label_trial(run)
        elif view == "Curves":
            draw_curves(run, split)
        else:
            evaluation = label_evaluation(run.run_id, split)
            if view == "Labels":
                _draw_labels(evaluation)
            elif view == "Pictures":
                draw_label_pictures(evaluation)
            elif view == "Mistakes":
                _draw_mistakes(evaluation, owner)
            else:
                _draw_summary(run, evaluation, owner)


def label_evaluation(run_id: str, split: str) -> LabelEvaluation:
    """Judge one split of a run that predicts labels.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    return _label_evaluation(str(home().root), run_id, split)


@st.cache_resource(show_spinner="Counting", max_entries=6)
def _label_evaluation(root: str, run_id: str, split: str) -> LabelEvaluation:
    return evaluate_labels(home(), run_id, split=split)


def _draw_summary(run: Run, evaluation: LabelEvaluation, owner: Catalog | None) -> None:
    figures, ends = evaluation.figures, evaluation.intervals
    answers = "Share of single yes-or-no answers that are right; most labels are rightly not chosen."
    shown = {
        "All labels right": ("all_labels_right", "Share of pictures with exactly their labels."),
        "Micro F1": ("micro_f1", "Over all answers together; frequent labels count for more."),
        "Macro F1": ("macro_f1", "Mean over labels; rare ones count as much as frequent ones."),
        "Binary accuracy": ("binary_accuracy", answers),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (name, words) in shown.items():
            low, high = ends[name]
            between = f"{100 * low:.1f} to {100 * high:.1f}"
            st.metric(
                label, percent(figures[name]), between, help=words, width=138, delta_color="off", delta_arrow="off"
            )
        st.metric("Pictures", number_text(evaluation.pictures), help="What these figures rest on.", width=110)
    st.caption(
        "Under each figure its 95 % interval, by bootstrap over products. Binary accuracy flatters: choosing no label "
        f"at all reaches {percent(figures['binary_accuracy_of_always_no'])}."
    )
    for warning in evaluation.warnings:
        st.text(f"⚠ {warning}")
    draw_leaks(run, owner)
    _draw_curves(run)
    st.header("Most mistaken", anchor=False, help="Missing: the picture has the label, the model did not say so.")
    _draw_most_mistaken(evaluation)


def _draw_curves(run: Run) -> None:
    files = run_files(run.run_id)
    history, best = pd.DataFrame(files.history), files.manifest.get("choices", {}).get("best_epoch")
    for column, measure in zip(st.columns(2, gap="medium"), ("loss", "accuracy"), strict=True):
        figure = curves(history, measure=measure, best_epoch=best)
        column.plotly_chart(figure, key=f"label_curve_{measure}", config=_STILL, alt=f"{measure} by epoch")
    st.caption(
        "Accuracy here: all labels right, every label cut at 0.5. "
        f"Trained in {duration(run.seconds)} on {literal(run.backbone)}, version {run.catalog_version} of the catalog."
    )


def _draw_most_mistaken(evaluation: LabelEvaluation) -> None:
    counts = evaluation.counts
    missing, extra = counts.support - counts.right, counts.predicted - counts.right
    found = [("missing", place, int(missing[place])) for place in np.flatnonzero(missing)]
    found += [("extra", place, int(extra[place])) for place in np.flatnonzero(extra)]
    if not found:
        st.success("Not a single mistake on these pictures.")
        return
    for kind, place, pictures in sorted(found, key=lambda each: (-each[2], each[1], each[0]))[:MOST_LISTED]:
        words, number, button = st.columns([6, 2, 1.6], vertical_alignment="center")
        words.text(f"{evaluation.classes[place]}: {kind}")
        number.text(counted(pictures, "picture"))
        button.button(
            "Look",
            key=f"label_{kind}_{place}",
            width="stretch",
            help="Shows the pictures of this mistake.",
            on_click=_show_mistake,
            args=(kind, evaluation.classes[place]),
        )


def _show_mistake(kind: str, label: str) -> None:
    """Choose a mistake before the page is drawn anew."""
    st.session_state.update({"show_labels": "Mistakes", "missing": None, "extra": None, kind: label})


def _draw_labels(evaluation: LabelEvaluation) -> None:
    st.caption(
        "Precision: of the pictures given a label, how many have it. Recall: of those that have it, how many were "
        "given it. A label is given from its threshold on, chosen on validation. Select a row to see its curve."
    )
    table = evaluation.per_label
    share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
    shown = st.dataframe(
        pd.DataFrame(
            {
                "Label": table["name"],
                "Pictures": table["support"],
                "Precision": (100 * table["precision"]).where(table["predicted"] > 0),
                "Recall": (100 * table["recall"]).where(table["support"] > 0),
                "F1": (100 * table["f1"]).where((table["support"] + table["predicted"]) > 0),
                "Threshold": table["threshold"].round(3),
                "Missing": table["support"] - table["right"],
                "Extra": table["predicted"] - table["right"],
            }
        ),
        hide_index=True,
        width="stretch",
        key="label_table",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Precision": share, "Recall": share, "F1": share},
    )
    rows = shown.selection.rows
    options = list(evaluation.classes)
    if rows and rows[0] < len(options) and st.session_state.get("_label_row") != rows[0]:
        st.session_state["curve_of"] = options[rows[0]]
    st.session_state["_label_row"] = rows[0] if rows else None
    label = st.selectbox("What other thresholds would give, for", options, key="curve_of", bind="query-params")
    place = options.index(label)
    figure = label_curves(
        evaluation.probabilities[:, place],
        evaluation.label_sets[:, place],
        threshold=float(evaluation.thresholds[place]),
    )
    st.plotly_chart(figure, key="threshold_curve", config=_STILL, alt="Precision, recall and F1 by threshold")


def _draw_mistakes(evaluation: LabelEvaluation, owner: Catalog | None) -> None:
    left, right = st.columns(2, gap="medium")
    options = list(evaluation.classes)
    missing = left.selectbox(
        "Missing label",
        options,
        index=None,
        key="missing",
        bind="query-params",
        placeholder=_ANY,
        help="Pictures that have this label and were not given it.",
    )
    extra = right.selectbox(
        "Extra label",
        options,
        index=None,
        key="extra",
        bind="query-params",
        placeholder=_ANY,
        help="Pictures that were given this label and do not have it.",
    )
    rows = evaluation.rows_of(missing=missing, extra=extra, wrong=True)
    st.header(f"{counted(len(rows), 'picture')} of {number_text(evaluation.pictures)}", anchor=False)
    st.caption("The surest mistakes come first: they are often mislabeled. Click a picture for its product.")
    window = page_rows(len(rows), key="mistakes_page", noun="picture")
    titles = {} if owner is None else products_of(owner).set_index("product_id")["title"].to_dict()
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=(
                (f"said: {shortened(row['predicted'] or NO_LABEL, 40)}", "bad"),
                (f"is: {shortened(row['label'] or NO_LABEL, 40)}", "good"),
                (percent(row["probability"], digits=0), "note"),
            ),
        )
        for row in rows.iloc[window].to_dict("records")
    ]
    opened = product_grid(cards, key="mistakes_grid", empty="No picture has this mistake.", label="mistakes")
    if owner is not None:
        open_product(opened)
