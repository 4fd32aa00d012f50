"""The reports' networks from random weights: their layers, their training, what is kept and resumed."""

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.pictures import read_picture
from core.catalog.products import picture_table
from core.errors import Cancelled, SettingsError, TrainingError
from core.home import open_home
from core.models.predict import predict_pictures
from core.models.recipes import RECIPES
from core.models.runs import open_run
from core.models.scratch_networks import build_basic_cnn, build_small_vgg, build_vanilla_cnn
from core.models.scratch_settings import BasicCnnSettings, SmallVggSettings, VanillaCnnSettings
from core.models.train import train_run
from core.progress import SilentProgress
from core.vision.backbones import find_backbone
from core.vision.embed import embed_catalog

FEW = {
    "basic-cnn": {"side_px": 32, "epochs": 2, "batch_size": 4},
    "vanilla-cnn": {"side_px": 32, "epochs": 2, "batch_size": 4, "width": 1 / 64},
    "small-vgg": {"side_px": 32, "epochs": 2, "batch_size": 4},
}
LAYERS_WITHOUT_WEIGHTS = ("InputLayer", "MaxPooling2D", "Dropout", "Flatten", "GlobalAveragePooling2D")


@pytest.fixture(scope="module")
def colors(tmp_path_factory, color_folder):
    """A home with one catalog of plain colors."""
    home = open_home(tmp_path_factory.mktemp("scratch"))
    import_source(
        home, FolderSource(color_folder), catalog_name="colors", actor="ann", options=ImportOptions(split="6:2:2")
    )
    return home


def train(home, recipe, progress=None, **settings):
    return train_run(
        home,
        find_catalog(home, "colors"),
        recipe=recipe,
        settings={**FEW[recipe], **settings},
        seed=1,
        actor="ann",
        progress=progress or SilentProgress(),
    )


def shape(model):
    """Kinds of layers in order, and the number of weights of those that have some."""
    kinds = [type(layer).__name__ for layer in model.layers][1:]
    return kinds, [layer.count_params() for layer in model.layers if type(layer).__name__ not in LAYERS_WITHOUT_WEIGHTS]


def test_the_basic_network_is_the_reports():
    model = build_basic_cnn(BasicCnnSettings(), seed=0)
    kinds, weights = shape(model)
    assert kinds == [*["Conv2D", "MaxPooling2D"] * 3, "Flatten", "Dense", "Dropout", "Dense", "Dropout"]
    # 3*3*3*32 + 32; 3*3*32*32 + 32; 3*3*32*64 + 64; the side goes 200, 198, 99, 97, 48, 46, 23: 23*23*64*64 + 64;
    # 64*128 + 128.
    assert weights == [896, 9248, 18496, 2_166_848, 8320]
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.5, 0.5]
    assert model.input_shape == (None, 200, 200, 3)


def test_the_vanilla_network_is_the_reports_at_full_width():
    model = build_vanilla_cnn(VanillaCnnSettings(width=1.0), seed=0)
    kinds, weights = shape(model)
    assert kinds == [*["Conv2D", "MaxPooling2D"] * 3, "GlobalAveragePooling2D", "Dropout"]
    # 27*512 + 512; 9*512*1024 + 1024; 9*1024*2048 + 2048.
    assert weights == [14_336, 4_719_616, 18_876_416]
    assert [layer.pool_size for layer in model.layers if hasattr(layer, "pool_size")] == [(3, 3)] * 3
    assert VanillaCnnSettings().filters == (32, 64, 128)  # a sixteenth


def test_the_small_vgg_is_the_reports():
    model = build_small_vgg(SmallVggSettings(), seed=0)
    kinds, weights = shape(model)
    block, end = ["Conv2D", "BatchNormalization"], ["MaxPooling2D", "Dropout"]
    head = ["Flatten", "Dense", "BatchNormalization", "Dropout"]
    assert kinds == [*block, *end, *block, *block, *end, *block, *block, *end, *head]
    # Normalisation has four numbers a channel. 27*32 + 32; 9*32*64 + 64; 9*64*64 + 64; 9*64*128 + 128;
    # 9*128*128 + 128; the side goes 96, 32, 16, 8: 8*8*128*1024 + 1024.
    assert weights == [
        896, 128, 18_496, 256, 36_928, 256, 73_856, 512, 147_584, 512, 8_389_632, 4096
    ]  # fmt: skip
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.25, 0.25, 0.25, 0.5]


def test_the_defaults_are_the_reports_values():
    basic, small = BasicCnnSettings(), SmallVggSettings()
    assert (basic.side_px, basic.epochs, basic.batch_size, basic.learning_rate) == (200, 50, 16, 3e-4)
    assert (small.side_px, small.epochs, small.batch_size, small.learning_rate) == (96, 75, 32, 1e-3)
    assert small.augmentation == "multi-label report"
    assert basic.patience >= basic.epochs  # the reports never stopped early


@pytest.mark.parametrize("recipe", FEW)
def test_a_run_is_kept_predicts_and_embeds(colors, recipe):
    result = train(colors, recipe)
    run = open_run(colors, result["run"])
    assert [row["epoch"] for row in run.history] == [1, 2]
    assert all(row["learning_rate"] > 0 and row["pictures_per_second"] > 0 for row in run.history)
    assert run.manifest["network"]["agreement"] > 0.999
    assert run.manifest["side_px"] == 32
    backbone = find_backbone(result["run"], home=colors)
    assert backbone.title == RECIPES[recipe].title
    catalog = find_catalog(colors, "colors")
    table = picture_table(colors, catalog).set_index("product_id")
    row = run.products.iloc[0]
    path = colors.picture_path(row["picture_hash"], table.loc[row["product_id"], "extension"])
    [[(name, chance)]] = predict_pictures(colors, run.run.run_id, [read_picture(path, enough_px=32)], top=1)
    assert name == row["predicted"]
    # Training and the page run the same weights; bfloat16, where the processor has it, moves the last digits.
    assert chance == pytest.approx(row["probability"], abs=0.01)
    report = embed_catalog(colors, catalog, backbone=result["run"], actor="ann", progress=SilentProgress())
    assert report.pictures == catalog.pictures


def test_the_basic_network_learns_colors(colors):
    result = train(colors, "basic-cnn", epochs=12, learning_rate=2e-3)
    history = open_run(colors, result["run"]).history
    # ln 3 = 1.0986 is the loss of guessing among three colors.
    assert min(row["validation_loss"] for row in history) < 0.8
    assert result["metrics"]["train"]["accuracy"] > 0.6


class StopAfter(SilentProgress):
    """Cancels once so many epochs are recorded."""

    def __init__(self, folder, epochs):
        self.folder, self.left, self.rows = folder, epochs, []

    def record(self, kind, values):
        self.rows.append(values["epoch"])
        self.left -= 1
        if self.left == 0:
            raise Cancelled("stopped")


def test_a_stopped_training_goes_on_with_no_epoch_twice(colors, tmp_path):
    first, second = StopAfter(tmp_path, 1), StopAfter(tmp_path, 100)
    with pytest.raises(Cancelled):
        train(colors, "small-vgg", first, epochs=3)
    resumed = train(colors, "small-vgg", second, epochs=3)
    assert first.rows + second.rows == [1, 2, 3]
    whole = train(colors, "small-vgg", epochs=3)
    losses = [[row["train_loss"] for row in open_run(colors, each["run"]).history] for each in (resumed, whole)]
    # The same seed, and the draws of dropout are kept too: stopping in between changes nothing that is learned.
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)


def test_training_stops_when_validation_no_longer_improves(colors):
    # Steps of 1.0 throw the weights about: validation cannot improve thirty times in a row.
    result = train(colors, "vanilla-cnn", epochs=30, patience=1, learning_rate=1.0)
    assert len(open_run(colors, result["run"]).history) < 30


def test_too_little_disk_is_said_before_anything_is_read(colors, monkeypatch):
    monkeypatch.setattr("core.vision.squares.DISK_LIMIT_BYTES", 1000)
    with pytest.raises(TrainingError, match=r"36 pictures of 32 x 32 pixels take 0\.1 MiB"):
        train(colors, "basic-cnn")
    assert list(colors.cache.glob("tmp*")) == []


def test_settings_say_what_is_wrong():
    with pytest.raises(SettingsError, match="width is 2: expected at most 1"):
        VanillaCnnSettings(width=2.0)
    with pytest.raises(SettingsError, match="side_px is 16: expected at least 32 pixels"):
        BasicCnnSettings(side_px=16)
