import json

import numpy as np
import pytest

from core.catalog.catalogs import delete_catalog, rename_catalog
from core.catalog.log import undo
from core.catalog.products import edit_product
from core.errors import Cancelled, RunError, TrainingError
from core.models import run_writer, train
from core.models.estimate import estimate_training
from core.models.linear_state import CHECKPOINT_NAME
from core.models.predict import predict_features
from core.models.recipes import find_recipe
from core.models.runs import delete_run, find_run, list_runs, open_run, rename_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

SETTINGS = {"epochs": 4, "batch_size": 32}
LABELS = ["mug"] * 20 + ["lamp"] * 20 + ["vase"] * 20


class Folder(SilentProgress):
    def __init__(self, folder, *, cancel_before=None):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.epochs = []
        self._cancel_before = cancel_before

    def report(self, done, total, message):
        if message == f"epoch {self._cancel_before}":
            raise Cancelled

    def record(self, kind, values):
        self.epochs.append(values["epoch"])


def trained(home, catalog, *, progress=None, **options):
    options = {"settings": SETTINGS, **options}
    return train_run(home, catalog, recipe="linear", actor="tests", progress=progress or SilentProgress(), **options)


@pytest.fixture
def shop(home):
    return planted_catalog(home, LABELS)


def test_a_run_keeps_everything_that_says_where_it_comes_from(home, shop):
    result = trained(home, shop, seed=3, name="First try")
    run = open_run(home, result["run"])
    assert result["classes"] == 3
    assert run.run.name == "First try"
    assert run.run.classes == ("lamp", "mug", "vase")
    assert run.run.catalog_version == shop.version
    assert run.manifest["seed"] == 3
    assert run.manifest["settings"]["epochs"] == 4
    assert run.manifest["pictures"] == {"train": 42, "validation": 6, "test": 12}  # 70 / 10 / 20 % of 3 x 20
    assert len(run.manifest["weights_hash"]) == 64
    assert run.manifest["versions"]["numpy"] == np.__version__
    assert list(run.products.columns[:4]) == ["product_id", "picture_hash", "label", "split"]
    assert run.probabilities.shape == (60, 3) and run.probabilities.dtype == np.float32
    assert [each["epoch"] for each in run.history] == [1, 2, 3, 4]
    assert sum(part["pictures"] for part in result["metrics"].values()) == 60


def test_metrics_and_predictions_agree_with_the_probabilities(home, shop):
    result = trained(home, shop)
    run = open_run(home, result["run"])
    predicted = np.array(run.run.classes)[run.probabilities.argmax(axis=1)]
    assert (run.products["predicted"] == predicted).all()
    test = run.products["split"] == "test"
    right = (predicted == run.products["label"]) & test
    assert result["metrics"]["test"]["accuracy"] == pytest.approx(right.sum() / test.sum())
    assert ((run.products["label_rank"] == 1) == (run.products["predicted"] == run.products["label"])).all()


def test_the_same_seed_gives_the_same_run_and_features_predict_what_it_kept(home, shop):
    first, second = (open_run(home, trained(home, shop)["run"]) for _ in range(2))
    assert first.run.run_id != second.run.run_id
    assert first.products.equals(second.products)
    from core.vision.feature_store import read_features

    features, _ = read_features(home, first.products["picture_hash"].tolist())
    assert predict_features(first, features) == pytest.approx(np.asarray(first.probabilities), abs=1e-5)
    with pytest.raises(RunError, match=r"takes features of shape \(N, 1280\), not \(2, 7\)"):
        predict_features(first, np.zeros((2, 7), dtype=np.float32))


def test_later_edits_change_nothing_in_a_run(home, shop):
    result = trained(home, shop)
    before = open_run(home, result["run"]).products
    edit_product(home, shop, "p0000", {"category": "lamp"}, actor="tests")
    run = open_run(home, result["run"])
    assert run.products.equals(before)
    assert run.run.metrics == result["metrics"]


def test_a_training_stopped_between_epochs_goes_on_and_repeats_none(home, shop, tmp_path):
    first, second = Folder(tmp_path / "job", cancel_before=3), Folder(tmp_path / "job")
    with pytest.raises(Cancelled):
        trained(home, shop, progress=first)
    assert list_runs(home) == []
    result = trained(home, shop, progress=second)
    assert first.epochs + second.epochs == [1, 2, 3, 4]
    uninterrupted = trained(home, shop)
    assert result["metrics"] == uninterrupted["metrics"]
    assert open_run(home, result["run"]).history == open_run(home, uninterrupted["run"]).history


def test_a_run_whose_folder_was_finished_but_not_listed_is_only_entered(home, shop, tmp_path, monkeypatch):
    def killed(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(train, "register_run", killed)
        with pytest.raises(KeyboardInterrupt):
            trained(home, shop, progress=Folder(tmp_path / "job"))
    assert list_runs(home) == []
    (tmp_path / "job" / "learn" / CHECKPOINT_NAME).unlink()  # were it trained again, epochs would be told
    again = Folder(tmp_path / "job")
    result = trained(home, shop, progress=again)
    trained(home, shop, progress=again)
    assert again.epochs == []
    assert [run.run_id for run in list_runs(home)] == [result["run"]]


def test_a_full_disk_leaves_no_half_run(home, shop, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_writer, "write_json_whole", full)
    with pytest.raises(OSError, match="No space"):
        trained(home, shop)
    assert list_runs(home) == []
    assert list(home.runs.iterdir()) == []


def test_runs_are_renamed_and_deleted_with_undo(home, shop):
    run_id = trained(home, shop)["run"]
    rename_run(home, run_id, "  Better name ", actor="tests")
    assert find_run(home, run_id).name == "Better name"
    event = delete_run(home, run_id, actor="tests")
    with pytest.raises(RunError, match=f"there is no run '{run_id}'; there is none yet"):
        open_run(home, run_id)
    undo(home, event, actor="tests")
    assert open_run(home, run_id).run.name == "Better name"
    with pytest.raises(RunError, match="1 to 100 printable characters"):
        rename_run(home, run_id, " ", actor="tests")


def test_a_training_does_not_raise_the_version_of_its_catalog(home, shop):
    trained(home, shop)
    from core.catalog.catalogs import find_catalog

    assert find_catalog(home, "shop").version == shop.version


def test_a_run_outlives_the_name_and_the_life_of_its_catalog(home, shop):
    run_id = trained(home, shop)["run"]
    rename_catalog(home, "shop", "store", actor="tests")
    assert find_run(home, run_id).catalog == "store"
    delete_catalog(home, "store", actor="tests")
    run = find_run(home, run_id)
    assert (run.catalog, run.catalog_deleted, run.state) == ("shop", True, "done")
    assert len(open_run(home, run_id).products) == 60


def test_ids_are_looked_up_and_never_joined_to_a_path(home, shop):
    run_id = trained(home, shop)["run"]
    for hostile in (f"../runs/{run_id}", f"{run_id}/.", "/etc", ""):
        with pytest.raises(RunError, match="there is no run"):
            open_run(home, hostile)


def test_a_run_that_lost_its_files_is_listed_as_such(home, shop):
    run_id = trained(home, shop)["run"]
    run = open_run(home, run_id)
    (home.runs / run_id / "probabilities.npy").unlink()
    with pytest.raises(RunError, match=r"has lost its file probabilities.npy"):
        _ = run.probabilities
    (home.runs / run_id / "manifest.json").unlink()
    assert [each.state for each in list_runs(home)] == ["files missing"]
    with pytest.raises(RunError, match="files of run"):
        open_run(home, run_id)


def test_what_is_asked_wrongly_is_refused_before_anything_is_done(home, shop):
    with pytest.raises(TrainingError, match="there is no recipe 'coarse-tune': choose one of linear, "):
        find_recipe("coarse-tune")
    with pytest.raises(TrainingError, match="unknown target"):
        trained(home, shop, target="taste")
    assert list_runs(home) == []


def test_the_manifest_is_plain_json(home, shop):
    run_id = trained(home, shop)["run"]
    text = (home.runs / run_id / "manifest.json").read_text()
    assert json.loads(text)["format"] == 1


def test_estimates_say_what_they_rest_on(home, shop):
    before = estimate_training(home, shop, "linear", "efficientnet-lite0")
    assert before.pictures_to_embed == 0
    assert before.seconds is not None and before.seconds > 0
    assert "a probe of one step just now" in before.basis
    run_id = trained(home, shop, settings={})["run"]
    after = estimate_training(home, shop, "linear", "efficientnet-lite0")
    assert f"scaled from run {run_id}" in after.basis
    manifest = open_run(home, run_id).manifest
    # The same work again: the estimate is what it took, but for embedding, which is done.
    assert after.seconds == pytest.approx(manifest["seconds"] - manifest["seconds_by_part"]["embed"])
