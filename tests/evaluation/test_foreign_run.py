"""A model from elsewhere, from its file to a run that pages can use. Each model is loaded in a process of its own."""

from pathlib import Path

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.errors import RunError
from core.evaluation.foreign_run import ForeignPlan, add_foreign_model, check_class_names, check_count
from core.evaluation.report import evaluate_run
from core.home import open_home
from core.models.foreign_head import CHANCES, SEPARATE, SIGMOID, SOFTMAX, predict_foreign, two_columns
from core.models.foreign_network import ForeignNetwork
from core.models.predict import predict_pictures
from core.models.runs import list_runs
from core.progress import SilentProgress
from core.vision.quiet_tensorflow import import_keras

CLASSES = ["blue", "green", "red"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory, color_folder):
    home = open_home(tmp_path_factory.mktemp("foreign") / "home")
    import_source(
        home, FolderSource(color_folder), catalog_name="colors", actor="t", options=ImportOptions(split="4:1:1")
    )
    return home, find_catalog(home, "colors")


def color_model(*, activation="softmax", weight=8.0):
    """A model that is right by construction: the mean of each channel decides, scores in the order blue, green, red."""
    keras = import_keras()
    pixels = keras.Input((24, 24, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(pixels))
    dense = keras.layers.Dense(3, activation=activation)
    model = keras.Model(pixels, dense(pooled))
    dense.set_weights([weight * np.eye(3, dtype=np.float32)[:, ::-1], np.zeros(3, np.float32)])
    return model


def added(shop, path, **plan):
    home, catalog = shop
    return add_foreign_model(
        home,
        catalog,
        ForeignPlan(path, **{"classes": CLASSES, "settings": {}, **plan}),
        actor="t",
        progress=SilentProgress(),
    )


def test_a_model_becomes_a_run_that_every_page_can_use(shop, tmp_path):
    color_model().save(tmp_path / "colors.keras")
    result = added(shop, tmp_path / "colors.keras")
    # Right by construction; 36 pictures, 4:1:1 of each color.
    assert result["metrics"]["test"]["accuracy"] == 1.0 and result["metrics"]["test"]["pictures"] == 6
    assert result["about"]["head"] == "its last layer" and result["about"]["feature_dimensions"] == 3
    home, _ = shop
    [run] = [each for each in list_runs(home) if each.run_id == result["run"]]
    assert (run.recipe, run.encoder, run.classes) == ("foreign", run.run_id, ("blue", "green", "red"))
    assert evaluate_run(home, run.run_id).accuracy == 1.0
    picture = np.full((40, 60, 3), (200, 30, 30), dtype=np.uint8)
    [(best, chance), *_] = predict_pictures(home, run.run_id, [picture])[0]
    # Keras' own answer: softmax of 8 * (200, 30, 30) / 255
    assert best == "red" and chance == pytest.approx(1 / (1 + 2 * np.exp(-8 * 170 / 255)), abs=0.02)
    assert not list((home.cache).glob("foreign-*"))  # the work is gone


@pytest.mark.parametrize("spoil", ["nan", "shape"])
def test_models_that_do_not_fit_are_refused_and_leave_nothing(shop, tmp_path, spoil):
    home, _ = shop
    before = len(list_runs(home))
    keras = import_keras()
    model = color_model()
    if spoil == "nan":
        model.layers[-1].set_weights([np.full((3, 3), np.nan, np.float32), np.zeros(3, np.float32)])
    if spoil == "shape":
        model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])
    model.save(tmp_path / "m.keras")
    message = {
        "nan": "hold values that are no numbers",
        "shape": r"takes input of shape \(None, 8, 8, 1\): expected one RGB picture",
    }[spoil]
    with pytest.raises(RunError, match=message):
        added(shop, tmp_path / "m.keras")
    assert len(list_runs(home)) == before and not list(home.cache.glob("foreign-*"))


def test_every_output_needs_a_name():
    three = ForeignNetwork(Path(), {}, {"classes": 3, "own_outputs": 3})
    check_count(three, CLASSES)
    with pytest.raises(RunError, match="tells 3 classes apart, and 4 names were given"):
        check_count(three, [*CLASSES, "pink"])
    with pytest.raises(RunError, match="one output is a yes or no: name two classes, the second is yes"):
        check_count(ForeignNetwork(Path(), {}, {"classes": 2, "own_outputs": 1}), ["mug"])


def test_names_of_classes_are_checked_before_anything_is_loaded(shop, tmp_path):
    assert check_class_names([" a", "b "]) == ("a", "b")
    for names, message in (
        (["a"], "2 to 20,000 classes, not 1"),
        (["a", ""], "''"),
        (["a", "a"], "two classes have the name"),
    ):
        with pytest.raises(RunError, match=message):
            check_class_names(names)
    with pytest.raises(RunError, match="'colors' has fewer than two of the model's classes"):
        added(shop, tmp_path / "none.keras", classes=["x", "y"])


def test_heads_give_chances():
    scores = np.array([[2.0, 0.0], [-1.0, 3.0]], np.float32)
    soft = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert predict_foreign({"output": np.array(SOFTMAX)}, scores) == pytest.approx(soft, abs=1e-6)
    separate = 1 / (1 + np.exp(-scores))
    divided = separate / separate.sum(axis=1, keepdims=True)
    assert predict_foreign({"output": np.array(SIGMOID)}, scores) == pytest.approx(divided, abs=1e-6)
    assert predict_foreign({"output": np.array(SEPARATE)}, separate) == pytest.approx(divided, abs=1e-6)
    assert predict_foreign({"output": np.array(CHANCES)}, soft) == pytest.approx(soft, abs=1e-6)
    # A yes-or-no layer as a choice between two: the second is sigmoid(z).
    weights, bias = two_columns(np.array([[1.0], [2.0]], np.float32), np.array([0.5], np.float32))
    z = 1.0 * 0.3 + 2.0 * -0.4 + 0.5
    head = {"weights": weights, "bias": bias, "output": np.array(SOFTMAX)}
    [[no, yes]] = predict_foreign(head, np.array([[0.3, -0.4]], np.float32))
    assert yes == pytest.approx(1 / (1 + np.exp(-z))) and no == pytest.approx(1 - yes)
