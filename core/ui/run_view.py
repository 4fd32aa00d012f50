"""What the pages show of a run: its judged pictures, its confusion matrix and single cells of it."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.evaluation.confusion import Confusion, cell_products, confusion_matrix
from core.models.runs import RunFiles, open_run
from core.models.scores import ClassCounts, count_classes
from core.ui.caches import home

SPLIT_WORDS = {"Test": "test", "Validation": "validation", "Training": "train"}


@dataclass(frozen=True)
class JudgedSplit:
    """One split of a run. C classes, P pictures.

    Attributes:
        rows: One row a picture: product_id, picture_hash, label, predicted, probability, label_rank.
        classes: C class names in order.
        confusion: Which class was taken for which.
        counts: Right, given and true pictures a class.
    """

    rows: pd.DataFrame
    classes: tuple[str, ...]
    confusion: Confusion
    counts: ClassCounts

    def cell(self, true: str | None, predicted: str | None) -> pd.DataFrame:
        """Give the pictures of a cell, a row or a column of the matrix, the most confident first; None takes all."""
        if true is not None and predicted is not None:
            numbers = self.classes.index(true), self.classes.index(predicted)
            return self.rows.iloc[cell_products(self.confusion, *numbers)]
        chosen = self.rows
        for name, value in (("label", true), ("predicted", predicted)):
            if value is not None:
                chosen = chosen[chosen[name] == value]
        return chosen.sort_values("probability", ascending=False, kind="stable")


def run_files(run_id: str) -> RunFiles:
    """Open a run; its files never change, so they are kept while it is looked at.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    return _run_files(str(home().root), run_id)


@st.cache_resource(show_spinner="Opening the run", max_entries=4)
def _run_files(root: str, run_id: str) -> RunFiles:
    return open_run(home(), run_id)


def judged_split(run_id: str, split: str) -> JudgedSplit:
    """Give one split of a run with its confusion matrix."""
    return _judged_split(str(home().root), run_id, split)


@st.cache_resource(show_spinner="Counting", max_entries=6)
def _judged_split(root: str, run_id: str, split: str) -> JudgedSplit:
    files = run_files(run_id)
    classes = files.run.classes
    rows = files.products[files.products["split"] == split].reset_index(drop=True)
    index = pd.Index(classes)
    labels, predicted = (index.get_indexer(pd.Index(rows[name])) for name in ("label", "predicted"))
    confusion = confusion_matrix(labels, predicted, probability=rows["probability"].to_numpy(), classes=classes)
    return JudgedSplit(rows, classes, confusion, count_classes(labels, predicted, class_count=len(classes)))


def verdicts(run_id: str) -> dict[str, str]:
    """Say for each product of a run whether its pictures were put right: ``right``, ``wrong``; any wrong one counts."""
    return _verdicts(str(home().root), run_id)


@st.cache_data(show_spinner=False, max_entries=4)
def _verdicts(root: str, run_id: str) -> dict[str, str]:
    rows = run_files(run_id).products
    right = (rows["label"] == rows["predicted"]).groupby(rows["product_id"]).all()
    return {product_id: "right" if fine else "wrong" for product_id, fine in right.items()}


def class_table(judged: JudgedSplit) -> pd.DataFrame:
    """Give precision, recall, F1 and support a class, in the order of the classes."""
    counts = judged.counts
    return pd.DataFrame(
        {
            "Category": judged.classes,
            "Precision": counts.precision,
            "Recall": counts.recall,
            "F1": counts.f1,
            "Pictures": counts.support,
            "Wrong": counts.support - counts.right,
        }
    )
