"""Networks from random weights that learn labels: their loss by hand, and a run from pictures to predictions."""

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.pictures import read_picture
from core.errors import Cancelled
from core.models.predicted_labels import predict_label_sets
from core.models.runs import open_run
from core.models.scratch_objectives import LabelsObjective, make_objective
from core.models.train import train_run
from core.progress import SilentProgress
from tests.cli.test_labels import draw


def test_the_loss_is_the_mean_binary_cross_entropy():
    sets, logits = np.array([[1, 0], [1, 1]], dtype=np.uint8), np.array([[2.0, -1.0], [0.5, -3.0]], dtype=np.float32)
    objective = LabelsObjective(sets, np.ones(2, dtype=np.float32))
    chances = 1 / (1 + np.exp(-logits))
    losses = -np.log(np.where(sets > 0, chances, 1 - chances))
    rows = np.arange(2)
    # The first picture is right in both labels; the second's last label is missing.
    assert objective.judge(rows, logits) == (pytest.approx(losses.mean(axis=1).sum()), 1)
    assert float(objective.loss(objective.targets(rows), logits)) == pytest.approx(losses.mean())


def test_rare_labels_count_for_more_only_where_asked():
    sets = np.array([[1, 1], [1, 0], [1, 0], [0, 0]], dtype=np.uint8)
    arguments = (np.zeros(4, np.int64), sets, np.arange(4))
    assert make_objective(*arguments, class_count=2, weight_power=0.0).weights.tolist() == [1, 1]
    # One lacks the first label and three have it; three lack the second and one has it.
    weights = make_objective(*arguments, class_count=2, weight_power=1.0).weights
    assert weights.tolist() == pytest.approx([1 / 3, 3])


class StopAfter(SilentProgress):
    def __init__(self, folder, epochs):
        self.folder, self.left, self.rows = folder, epochs, []

    def record(self, kind, values):
        self.rows.append(values["epoch"])
        self.left -= 1
        if self.left == 0:
            raise Cancelled("stopped")


def test_a_small_vgg_learns_labels_and_goes_on_after_a_stop(home, tmp_path):
    folder = draw(tmp_path / "pictures", count=6)
    source, options = FolderSource(folder, labels="parts"), ImportOptions(split="6:2:2")
    import_source(home, source, catalog_name="drawn", actor="ann", options=options)
    settings = {"side_px": 32, "epochs": 3, "batch_size": 4}

    def train(progress):
        catalog = find_catalog(home, "drawn")
        return train_run(
            home, catalog, recipe="small-vgg", target="labels", settings=settings, actor="ann", progress=progress
        )

    first, second = StopAfter(tmp_path, 1), StopAfter(tmp_path, 100)
    with pytest.raises(Cancelled):
        train(first)
    result = train(second)
    assert first.rows + second.rows == [1, 2, 3]
    run = open_run(home, result["run"])
    assert run.head.keys() == {"weights", "bias", "feature_power", "thresholds"}
    assert set(result["metrics"]["test"]) >= {"all_labels_right", "micro_f1", "macro_f1", "binary_accuracy"}
    [labels] = predict_label_sets(home, run.run.run_id, [read_picture(folder / "red_disc" / "00.png", enough_px=32)])
    assert {each.name for each in labels} == {"red", "blue", "disc", "box"}
    row = run.products.index[run.products["product_id"] == "red_disc/00.png"][0]
    kept = dict(zip(run.run.classes, run.probabilities[row], strict=True))
    # Training and the page run the same weights; bfloat16, where the processor has it, moves the last digits.
    assert {each.name: each.probability for each in labels} == pytest.approx(kept, abs=0.02)
