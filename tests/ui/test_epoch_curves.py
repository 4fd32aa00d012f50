import pandas as pd

from core.ui.epoch_curves import epoch_table, measures_of, phase_changes, title_of


def test_rows_of_any_recipe_are_laid_out_once_each():
    rows = [
        {"epoch": 1, "train_loss": 2.0, "phase": 1},
        {"epoch": 2, "train_loss": 1.5, "phase": 1, "words": "no number"},
        {"epoch": 2, "train_loss": 1.0, "phase": 1},  # recorded again after a kill: the last one counts
        {"epoch": "x"},
        {"epoch": 3, "train_loss": None, "phase": 2},
    ]
    table = epoch_table(rows)
    assert table["epoch"].tolist() == [1, 2, 3]
    assert table["train_loss"].tolist()[:2] == [2.0, 1.0]
    assert "words" not in table
    assert epoch_table([]).empty


def test_loss_and_accuracy_come_first_then_whatever_else_there_is():
    triplet = {"epoch": [1, 2], "train_active": [0.5, 0.4], "validation_precision": [0.4, 0.5], "train_loss": [1, 2]}
    assert measures_of(pd.DataFrame(triplet)) == ["loss", "active", "precision"]
    plain = {"epoch": [1], "learning_rate": [0.1], "pictures_per_second": [9.0], "gain": [0.1], "phase": [1]}
    assert measures_of(pd.DataFrame(plain)) == ["gain"]
    assert measures_of(pd.DataFrame({"epoch": [1], "train_loss": [None]})) == []


def test_titles_are_words():
    assert (title_of("precision"), title_of("own_measure")) == ("Precision among the nearest", "Own measure")


def test_a_later_phase_is_marked_between_its_epochs():
    history = pd.DataFrame({"epoch": [1, 2, 3, 4], "phase": [1, 1, 2, 2]})
    assert phase_changes(history) == [(2.5, "phase 2")]
    assert phase_changes(history[["epoch"]]) == []
