"""Figures and predictions of labels, in JSON and in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table


def predict_labels(
    session: Session, run_id: str, pictures: Sequence[np.ndarray], *, top: int | None
) -> list[dict[str, Any]]:
    """Label pictures: the labels chosen, and every label with its probability, those chosen first.

    Args:
        session: The session.
        run_id: A run that predicts labels.
        pictures: Decoded pictures.
        top: List only so many; None lists all.
    """
    from core.models.predicted_labels import predict_label_sets

    return [
        {
            "labels": [each.name for each in labels if each.chosen],
            "classes": [
                {"name": each.name, "probability": each.probability, "chosen": each.chosen} for each in labels[:top]
            ],
        }
        for labels in predict_label_sets(session.home, run_id, pictures)
    ]


def show_label_evaluation(result: dict[str, Any]) -> str:
    """Say how well a run that predicts labels does."""
    lines = [
        facts(
            {
                "run": result["run"],
                "catalog": result["catalog"],
                "pictures": result["pictures"],
                "all labels right": _with_interval(result, "all_labels_right"),
                "micro F1": _with_interval(result, "micro_f1"),
                "macro F1": _with_interval(result, "macro_f1"),
                "binary accuracy": f"{_with_interval(result, 'binary_accuracy')} (flatters: choosing no label at all "
                f"reaches {percent_cell(result['binary_accuracy_of_always_no'])})",
            }
        ),
        "",
        label_lines(result["labels"]),
    ]
    if result["unmatched_classes"]:
        lines.append(f"labels the run does not know: {', '.join(result['unmatched_classes'])}")
    lines += [f"taken as: {name} -> {own}" for name, own in result["matched_classes"].items()]
    return "\n".join([*lines, *(f"warning: {each}" for each in result["warnings"])])


def _with_interval(result: dict[str, Any], name: str) -> str:
    low, high = result["intervals"][name]
    return f"{percent_cell(result[name])}, 95 % interval {percent_cell(low)} to {percent_cell(high)}"


def label_lines(labels: list[dict[str, Any]]) -> str:
    """Lay out the figures of every label."""
    columns = {
        "support": "PICTURES",
        "precision": "PRECISION",
        "recall": "RECALL",
        "f1": "F1",
        "threshold": "THRESHOLD",
        "name": "LABEL",
    }
    return table(labels, columns, empty="no label")
