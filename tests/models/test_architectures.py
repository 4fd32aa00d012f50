"""Every architecture end to end with random weights in a file: embedded, learned from, cut and fine-tuned.

Random weights say nothing about pictures; what is tested is that the file is found and read, that pixels come to the
graph as it wants them, that OpenVINO computes what Keras does, and that all that follows takes the features.
"""

import shutil

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.products import picture_table
from core.errors import TrainingError
from core.home import Home, open_home
from core.models.runs import open_run
from core.models.train import train_run
from core.progress import SilentProgress
from core.vision.backbone_graphs import build_backbone
from core.vision.backbones import find_backbone, list_backbones
from core.vision.cut_backbone import cut_backbone, cut_points
from core.vision.embed import embed_catalog
from core.vision.feature_store import read_features
from core.vision.jpeg import read_quickly
from core.vision.networks import preprocessed
from core.vision.picture_fit import fit_picture

APPLICATIONS = [each.name for each in list_backbones() if each.kind == "application"]
FINE_TUNED = ["vgg16", "mobilenetv3-small"]
"""One of each kind of graph: plain convolutions, and sums that are no layers. Converting a graph takes longest, so the
others are cut but not trained."""

FEW = {"views": 1, "epochs": 1, "least_steps": 1, "trained_blocks": 1, "batch_size": 4, "patience": 1}


@pytest.fixture(scope="module")
def shop(tmp_path_factory, color_folder):
    """A home with twelve pictures in two categories; tests work on copies."""
    folder = tmp_path_factory.mktemp("few") / "pictures"
    for name in ("red", "blue"):
        (folder / name).mkdir(parents=True)
        for path in sorted((color_folder / name).iterdir())[:6]:
            shutil.copy(path, folder / name)
    home = open_home(tmp_path_factory.mktemp("architectures") / "home")
    import_source(home, FolderSource(folder), catalog_name="few", actor="ann", options=ImportOptions(split="4:1:1"))
    return home


@pytest.fixture
def copy(shop, tmp_path, monkeypatch):
    """A copy of the home, removed at once: the weights of all architectures together are a gigabyte."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    shutil.copytree(shop.root, tmp_path / "home")
    yield Home(tmp_path / "home")
    shutil.rmtree(tmp_path / "home")


def published_form(backbone, path):
    """Write random weights as the published files are: HDF5 with the names of layers at its root. Gives the graph."""
    import h5py
    from keras.src.legacy.saving import legacy_h5_format

    from core.vision.quiet_tensorflow import import_keras

    keras = import_keras()
    keras.utils.set_random_seed(7)
    shape = (backbone.side_px, backbone.side_px, 3)
    graph = getattr(keras.applications, backbone.keras_name)(
        include_top=False, pooling="avg", weights=None, input_shape=shape
    )
    _calibrate(graph, backbone)
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, graph)
    return graph


def _calibrate(graph, backbone):
    """Let normalisation measure a few pictures of noise: without that the numbers of a deep random network vanish."""
    for layer in graph.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.momentum = 0.0
    graph(noise(backbone, pictures=4), training=True)


def noise(backbone, *, pictures):
    """Random pixels as the graph takes them."""
    shape = (pictures, backbone.side_px, backbone.side_px, 3)
    return preprocessed(np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8), backbone.preprocessing)


def kerases_own(backbone, graph, files):
    """What Keras' own preprocessing and prediction give for pictures, float32 (N, D)."""
    import keras.applications as applications

    module = {
        "VGG16": "vgg16", "VGG19": "vgg19", "ResNet50": "resnet50", "ResNet50V2": "resnet_v2",
        "InceptionV3": "inception_v3", "Xception": "xception", "MobileNetV2": "mobilenet_v2",
        "MobileNetV3Small": "mobilenet_v3", "MobileNetV3Large": "mobilenet_v3",
        "EfficientNetV2B0": "efficientnet_v2", "ConvNeXtTiny": "convnext",
    }[backbone.keras_name]  # fmt: skip
    squares = [
        fit_picture(read_quickly(path, enough_px=backbone.side_px), side_px=backbone.side_px, fit=backbone.picture_fit)
        for path in files
    ]
    pixels = np.stack(squares).astype(np.float32)
    return graph.predict_on_batch(getattr(applications, module).preprocess_input(pixels))


@pytest.mark.parametrize("name", APPLICATIONS)
def test_embeds_trains_and_can_be_cut(copy, name):
    backbone, catalog = find_backbone(name), find_catalog(copy, "few")
    graph = published_form(backbone, copy.weights / backbone.weights_file)

    report = embed_catalog(copy, catalog, backbone=name, actor="ann", progress=SilentProgress())
    assert (report.pictures, report.dimensions, report.engine) == (12, backbone.feature_dimensions, "openvino")

    table = picture_table(copy, catalog)
    hashes = table["picture_hash"].tolist()
    ours, known = read_features(copy, hashes, backbone=name)
    assert known.all()
    files = [copy.picture_path(*row) for row in zip(hashes, table["extension"], strict=True)]
    theirs = kerases_own(backbone, graph, files)
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosines.min() > 0.999

    linear = train_run(copy, catalog, recipe="linear", backbone=name, seed=1, actor="ann", progress=SilentProgress())
    assert linear["metrics"]["test"]["pictures"] == 2
    assert_can_be_cut(graph, noise(backbone, pictures=1))


def assert_can_be_cut(graph, pixels):
    """Cut before a middle block: both parts together are the network, and the upper one learns."""
    import keras

    points = cut_points(graph)
    assert len({point.name for point in points}) == len(points) >= 10
    whole = np.asarray(graph(pixels, training=False))
    point = points[len(points) // 2]
    lower = keras.Model(graph.input, point.output)
    upper = keras.Model(point.output, graph.output)
    np.testing.assert_allclose(upper(lower(pixels), training=False), whole, rtol=1e-3, atol=1e-4 * whole.max())
    assert 0 < upper.count_params() < graph.count_params()


@pytest.mark.parametrize("name", FINE_TUNED)
def test_fine_tunes(copy, name):
    backbone, catalog = find_backbone(name), find_catalog(copy, "few")
    published_form(backbone, copy.weights / backbone.weights_file)
    result = train_run(
        copy, catalog, recipe="fine-tune", backbone=name, settings=FEW, seed=1, actor="ann", progress=SilentProgress()
    )
    run = open_run(copy, result["run"])
    assert run.manifest["network"]["agreement"] > 0.999  # the exported network is the one that was trained
    assert find_backbone(result["run"], home=copy).feature_dimensions == backbone.feature_dimensions
    np.testing.assert_allclose(run.probabilities.sum(axis=1), 1, atol=1e-5)
    # Its kept graph can be loaded again, with layers that are Keras' own inventions.
    assert build_backbone(copy, find_backbone(result["run"], home=copy)).output_shape[-1] == backbone.feature_dimensions


def test_visual_words_have_no_blocks_to_train(copy):
    with pytest.raises(TrainingError, match="'bovw' counts visual words and has no blocks to train: choose a network"):
        cut_backbone(copy, find_backbone("bovw"), trained_blocks=1)
