"""Why the accuracy of yes-or-no models flatters: the same answers, counted as the one-versus-all report counted them.

The report trained one yes-or-no model a category and averaged their accuracies to 89 %, where one model for all
categories had reached 36 % (K3, K4). Averages of yes-or-no questions cannot be held against a choice among all: with C
categories a model that always says no is right for all but one in C pictures. A run that puts a share *a* of the
pictures into the right one of C categories answers a share 1 - 2 (1 - a) / C of the yes-or-no questions rightly, since
every mistake spoils two of them: one wrong yes and one wrong no.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.compared_runs import ComparedRun

ONE_VS_ALL = "one-vs-all"


@dataclass(frozen=True)
class OneAgainstRest:
    """The answers of a run, counted two ways on the same test pictures.

    Attributes:
        run_id: The run.
        classes: Number of classes, C.
        pictures: Test pictures.
        accuracy: Share of pictures put into the right one of C classes.
        yes_or_no: Mean over the classes of the share of pictures for which "is it this class?" is answered rightly.
        always_no: The same for saying no to everything.
        models_on_validation: What the separate models of a one-vs-all run reached on validation, each at threshold
            0.5, before they were combined; None for other runs.
    """

    run_id: str
    classes: int
    pictures: int
    accuracy: float
    yes_or_no: float
    always_no: float
    models_on_validation: float | None


def one_against_rest(compared: ComparedRun) -> OneAgainstRest | None:
    """Count a run's answers both ways; None for runs without test pictures of one class each."""
    rows, classes = compared.test, compared.run.classes
    if rows is None or rows.empty or len(classes) < 2:
        return None
    index = pd.Index(classes)
    labels, given = (index.get_indexer(pd.Index(rows[name])) for name in ("label", "predicted"))
    if (labels < 0).any() or (given < 0).any():  # sets of labels, not one class each
        return None
    wrong = labels != given
    # A wrong picture is a wrong no for its own class and a wrong yes for the one it was put into.
    mistakes = np.bincount(labels[wrong], minlength=len(classes)) + np.bincount(given[wrong], minlength=len(classes))
    mean = compared.choices.get("mean_binary_accuracy")
    return OneAgainstRest(
        run_id=compared.run.run_id,
        classes=len(classes),
        pictures=len(rows),
        accuracy=float((~wrong).mean()),
        yes_or_no=float((1 - mistakes / len(rows)).mean()),
        always_no=1 - 1 / len(classes),
        models_on_validation=float(mean) if isinstance(mean, int | float) else None,
    )
