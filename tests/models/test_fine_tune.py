"""Fine-tuning on a few plain pictures: what is kept, resumed, predicted and searched."""

import json
import shutil

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.errors import Cancelled, RunError, SettingsError, TrainingError
from core.evaluation.report import evaluate_run
from core.home import Home
from core.models.fine_tune_fit import epoch_batches
from core.models.fine_tune_settings import FineTuneSettings
from core.models.predict import predict_pictures
from core.models.runs import find_run, open_run
from core.models.settings import parse_settings
from core.models.train import train_run
from core.progress import SilentProgress
from core.vision.activations import make_room
from core.vision.backbones import find_backbone
from core.vision.cut_backbone import cut_backbone
from core.vision.embed import embed_catalog

FEW = {"views": 2, "epochs": 3, "least_steps": 1, "trained_blocks": 2, "batch_size": 8, "patience": 3}


@pytest.fixture(scope="module")
def tuned(tmp_path_factory, color_folder):
    """A home with one catalog of plain colors and one fine-tuned run on it."""
    from core.home import open_home

    home = open_home(tmp_path_factory.mktemp("tuned"))
    import_source(
        home, FolderSource(color_folder), catalog_name="colors", actor="ann", options=ImportOptions(split="6:2:2")
    )
    result = train(home)
    return home, result


def train(home, progress=None, **settings):
    return train_run(
        home,
        find_catalog(home, "colors"),
        recipe="fine-tune",
        settings={**FEW, **settings},
        seed=1,
        actor="ann",
        progress=progress or SilentProgress(),
    )


def test_plain_colors_are_told_apart(tuned):
    home, result = tuned
    # One color a category: whatever learns at all tells them apart.
    assert result["metrics"]["test"]["accuracy"] == 1.0
    run = open_run(home, result["run"])
    assert [row["epoch"] for row in run.history] == [1, 2, 3]
    assert run.manifest["choices"]["views"] == 2
    assert run.manifest["network"]["agreement"] > 0.999
    np.testing.assert_allclose(run.probabilities.sum(axis=1), 1, atol=1e-5)


def test_the_network_predicts_pictures_as_it_did_in_training(tuned):
    home, result = tuned
    run = open_run(home, result["run"])
    from core.catalog.pictures import read_picture
    from core.catalog.products import picture_table

    table = picture_table(home, find_catalog(home, "colors")).set_index("product_id")
    row = run.products.iloc[0]
    path = home.picture_path(row["picture_hash"], table.loc[row["product_id"], "extension"])
    [[(name, chance)]] = predict_pictures(home, run.run.run_id, [read_picture(path, enough_px=224)], top=1)
    assert name == row["predicted"]
    # Training reads activations rounded to float16, the exported network none.
    assert chance == pytest.approx(row["probability"], abs=0.01)


def test_the_run_is_an_embedding_of_its_own(tuned):
    home, result = tuned
    catalog = find_catalog(home, "colors")
    report = embed_catalog(home, catalog, backbone=result["run"], actor="ann", progress=SilentProgress())
    assert report.backbone == result["run"]
    assert report.pictures == catalog.pictures
    assert find_backbone(result["run"], home=home).title == "EfficientNet-Lite0"
    assert find_run(home, result["run"]).encoder == result["run"]
    evaluation = evaluate_run(home, result["run"])
    assert evaluation.accuracy == 1.0


def test_a_second_training_reuses_the_views(tuned, monkeypatch):
    home, _ = tuned

    def refuse(*_args, **_kwargs):
        raise AssertionError("views were drawn again")

    monkeypatch.setattr("core.vision.activations.make_view", refuse)
    again = train(home, learning_rate=2e-3)
    assert again["metrics"]["test"]["pictures"] > 0


class StopAfter(SilentProgress):
    """Cancels once so many epochs are recorded."""

    def __init__(self, folder, epochs):
        self.folder, self.left, self.rows = folder, epochs, []

    def record(self, kind, values):
        self.rows.append(values["epoch"])
        self.left -= 1

    def report(self, done, total, message):
        if self.left <= 0:
            raise Cancelled("stopped")


def test_a_stopped_training_goes_on_with_no_epoch_twice(tuned, tmp_path):
    home, _ = tuned
    first = StopAfter(tmp_path, 1)
    with pytest.raises(Cancelled):
        train(home, first)
    second = StopAfter(tmp_path, 100)
    result = train(home, second)
    assert first.rows + second.rows == [1, 2, 3]
    whole = train(home)
    histories = [open_run(home, each["run"]).history for each in (result, whole)]
    losses = [[row["validation_loss"] for row in history] for history in histories]
    # The same seed: stopping in between changes nothing that is learned.
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)


def test_phase_1_teaches_the_head_alone(tuned):
    home, _ = tuned
    result = train(home, head_epochs=2)
    history = open_run(home, result["run"]).history
    assert [row["phase"] for row in history] == [1, 1, 2, 2, 2]
    assert history[1]["train_loss"] < history[0]["train_loss"]


def test_a_network_that_lost_its_weights_says_so(tuned, tmp_path):
    home, result = tuned
    shutil.copytree(home.root, tmp_path / "copy", symlinks=True)
    copy = Home(tmp_path / "copy")
    (copy.runs / result["run"] / "network" / "model.bin").write_bytes(b"other weights")
    with pytest.raises(RunError, match="was trained with weights"):
        predict_pictures(copy, result["run"], [np.zeros((32, 32, 3), np.uint8)])
    note = copy.runs / result["run"] / "network" / "network.json"
    note.write_text(json.dumps({"title": "x"}))
    with pytest.raises(Exception, match="is damaged"):
        find_backbone(result["run"], home=copy)


def test_settings_say_what_is_wrong(tuned):
    home, _ = tuned
    with pytest.raises(SettingsError, match="epochs is 0: expected at least 1"):
        FineTuneSettings(epochs=0)
    with pytest.raises(TrainingError, match="99: EfficientNet-Lite0 can be cut before 1 to 16 of its blocks"):
        train(home, trained_blocks=99)


def test_presets_have_the_reports_figures_and_what_is_named_wins():
    settings = parse_settings(FineTuneSettings, {"preset": "report-two-phases", "epochs": 2})
    # L4: 12 epochs of the new layer, batches of 20, then all layers with a tenth of the rate.
    assert (settings.head_epochs, settings.epochs, settings.batch_size) == (12, 2, 20)
    assert (settings.head_learning_rate, settings.learning_rate, settings.trained_blocks) == (1e-3, 1e-4, 0)
    frozen = parse_settings(FineTuneSettings, {"preset": "report-frozen-layers"})
    assert (frozen.epochs, frozen.batch_size, frozen.learning_rate, frozen.dropout) == (30, 40, 1e-5, 0.5)


def test_no_number_of_blocks_means_all_of_them(home):
    backbone = find_backbone("efficientnet-lite0")
    everything = cut_backbone(home, backbone, trained_blocks=0)
    assert everything.layer == cut_backbone(home, backbone, trained_blocks=16).layer


def test_the_fast_upper_part_computes_what_the_network_does(tuned):
    home, _ = tuned
    from core.vision.backbone_graphs import build_backbone

    backbone = find_backbone("efficientnet-lite0")
    cut = cut_backbone(home, backbone, trained_blocks=5)
    pixels = np.random.default_rng(0).uniform(-1, 1, (2, 224, 224, 3)).astype(np.float32)
    expected = build_backbone(home, backbone).predict(pixels, verbose=0)
    np.testing.assert_allclose(cut.fused().predict(pixels, verbose=0), expected, atol=1e-4)
    assert cut.shape == (7, 7, 192)


def test_room_is_made_by_dropping_what_was_used_longest_ago(home, monkeypatch):
    import os

    root = home.cache / "activations"
    for age, name in enumerate(["new", "middle", "old"]):
        (root / name).mkdir(parents=True)
        (root / name / "activations.npy").write_bytes(b"x" * 100)
        os.utime(root / name, (1_000_000 - age, 1_000_000 - age))
    monkeypatch.setattr("core.vision.activations.DISK_LIMIT_BYTES", 250)
    make_room(home, needed=100, keep="")  # 300 + 100 bytes against 250: two must go
    assert sorted(path.name for path in root.iterdir() if path.is_dir()) == ["new"]


def test_few_pictures_are_passed_over_several_times_in_an_epoch():
    # 3 batches of 4 hold 12 rows: each of 5 pictures comes at least twice before any comes a fourth time.
    settings = FineTuneSettings(batch_size=4, least_steps=3)
    assert settings.steps_an_epoch(5) == 3
    batches = epoch_batches(5, settings, np.random.default_rng(0))
    assert [len(rows) for rows in batches] == [4, 4, 4]
    assert sorted(np.bincount(np.concatenate(batches), minlength=5)) == [2, 2, 2, 3, 3]
    # Many pictures come once, without the rest that fills no batch.
    assert settings.steps_an_epoch(19) == 4
    assert np.bincount(np.concatenate(epoch_batches(19, settings, np.random.default_rng(0)))).max() == 1
    # Fewer pictures than a batch: a batch holds each once.
    assert [len(rows) for rows in epoch_batches(3, settings, np.random.default_rng(0))] == [3, 3, 3]
