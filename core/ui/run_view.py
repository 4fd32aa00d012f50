"""What the pages show of a run: its figures, and single cells of its confusion."""

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.confusion import Confusion, picture_rows
from core.evaluation.hierarchy import class_confidence
from core.evaluation.report import Evaluation, evaluate_run
from core.models.runs import RunFiles, open_run
from core.ui.caches import home

SPLIT_WORDS = {"Test": "test", "Validation": "validation", "Training": "train"}


def run_files(run_id: str) -> RunFiles:
    """Open a run; its files never change, so they are kept while it is looked at.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    return _run_files(str(home().root), run_id)


@st.cache_resource(show_spinner="Opening the run", max_entries=4)
def _run_files(root: str, run_id: str) -> RunFiles:
    return open_run(home(), run_id)


def evaluation_of(run_id: str, split: str) -> Evaluation:
    """Judge one split of a run.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    return _evaluation_of(str(home().root), run_id, split)


@st.cache_resource(show_spinner="Counting", max_entries=6)
def _evaluation_of(root: str, run_id: str, split: str) -> Evaluation:
    return evaluate_run(home(), run_id, split=split)


def confusion_of(evaluation: Evaluation, level: int | None) -> Confusion:
    """Give the confusion of the classes, or of the categories of a level above them.

    Args:
        evaluation: How a run does on pictures of its own.
        level: From 1, the top; None for the classes themselves.
    """
    if level is None or evaluation.tree is None:
        return evaluation.confusion
    return _rolled_up((evaluation.run_id, evaluation.split, level), evaluation)


@st.cache_resource(show_spinner=False, max_entries=8)
def _rolled_up(key: tuple[str, str, int], _evaluation: Evaluation) -> Confusion:
    return _evaluation.rolled_up(key[2])


def cell_rows(evaluation: Evaluation, confusion: Confusion, true: str | None, predicted: str | None) -> pd.DataFrame:
    """Give the predictions of a cell, a row or a column of the confusion, most confident first; None takes all."""
    numbers = {
        name: None if value is None else confusion.classes.index(value)
        for name, value in (("true", true), ("predicted", predicted))
    }
    rows = evaluation.predictions.iloc[picture_rows(confusion, **numbers)]
    return rows.sort_values("probability", ascending=False, kind="stable")


def class_table(evaluation: Evaluation) -> pd.DataFrame:
    """Give precision, recall and F1 a class as percentages, its pictures, and how sure the run is of its own class.

    What cannot be told is missing. Confidence counts the pictures of a class by the probability of their class, in ten
    steps from 0 to 100 %.
    """
    table = evaluation.per_class
    occurs = (table["support"] + table["predicted"]) > 0
    return pd.DataFrame(
        {
            "Category": table["class_name"],
            "Precision": (100 * table["precision"]).where(table["predicted"] > 0),
            "Recall": (100 * table["recall"]).where(table["support"] > 0),
            "F1": (100 * table["f1"]).where(occurs),
            "Pictures": table["support"],
            "Wrong": table["support"] - table["right"],
            "Confidence": list(class_confidence(evaluation)),
        }
    )


def train_counts(run_id: str, classes: tuple[str, ...]) -> np.ndarray:
    """Count the training pictures of each class, int64 (C,)."""
    rows = run_files(run_id).products
    labels = rows.loc[rows["split"] == "train", "label"].value_counts()
    return labels.reindex(list(classes), fill_value=0).to_numpy(np.int64)
