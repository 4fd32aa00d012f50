"""A triplet run from pictures to search: trained, exported, embedded, mapped, and compared with its backbone."""

import json
import shutil

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.errors import RunError
from core.evaluation.neighbors import mean_figure, neighbor_report
from core.evaluation.report import evaluate_run
from core.explore.maps import make_map
from core.home import Home, open_home
from core.models.gathered_features import gather_features
from core.models.predict import predict_pictures
from core.models.runs import find_run, open_run
from core.models.train import train_run
from core.progress import SilentProgress
from core.recommend.similar import similar
from core.recommend.weights import RankWeights
from core.vision.backbones import find_backbone
from core.vision.embed import embed_catalog
from core.vision.embeddings import latest_embedding
from core.vision.learned_layers import LAYERS, LAYERS_NOTE, apply_layers

FEW = {"epochs": 4, "dimensions": 8, "classes_per_batch": 3, "pictures_per_class": 4}


def train(home, **settings):
    return train_run(
        home,
        find_catalog(home, "colors"),
        recipe="triplet",
        settings={**FEW, **settings},
        seed=1,
        actor="ann",
        progress=SilentProgress(),
    )["run"]


def embed(home, backbone):
    catalog = find_catalog(home, "colors")
    return embed_catalog(home, catalog, backbone=backbone, actor="ann", progress=SilentProgress())


@pytest.fixture(scope="module")
def trained(tmp_path_factory, color_folder):
    """A home with a catalog of plain colors and a triplet run on it."""
    home = open_home(tmp_path_factory.mktemp("triplets"))
    options = ImportOptions(split="6:2:2")
    import_source(home, FolderSource(color_folder), catalog_name="colors", actor="ann", options=options)
    return home, train(home)


@pytest.fixture
def copied(trained, tmp_path):
    """A copy of that home to break, not embedded with the run yet."""
    home, run_id = trained
    shutil.copytree(home.root, tmp_path / "copy", symlinks=True)
    for pattern in (f"features/{run_id}", f"embeddings/*/{run_id}"):
        for folder in (tmp_path / "copy").glob(pattern):
            shutil.rmtree(folder)
    return Home(tmp_path / "copy"), run_id


def test_the_run_is_judged_like_any_other(trained):
    home, run_id = trained
    assert evaluate_run(home, run_id).accuracy == 1.0  # one plain color a category
    files = open_run(home, run_id)
    assert files.manifest["feature_dimensions"] == 8
    assert files.manifest["network"]["agreement"] > 0.999
    assert set(files.history[0]) >= {"train_loss", "train_active", "validation_loss", "validation_precision"}


def test_the_exported_network_agrees_with_the_layers(trained):
    home, run_id = trained
    from core.vision.networks import OpenVinoNetwork

    backbone = find_backbone("efficientnet-lite0")
    folder = home.runs / run_id / "network"
    with np.load(folder / LAYERS) as layers:
        arrays = dict(layers)
    squares = np.random.default_rng(0).integers(0, 256, (4, 224, 224, 3), dtype=np.uint8)
    from core.vision.backbone_ir import ensure_ir

    features = dict(OpenVinoNetwork(ensure_ir(home, backbone)).run(enumerate(squares)))
    points = dict(OpenVinoNetwork(folder / "model.xml").run(enumerate(squares)))
    for number, found in points.items():
        expected = apply_layers(arrays, features[number][None])[0]
        # Both run in bfloat16 where the processor has it, with other roundings in the last layers.
        assert found @ expected > 0.999
        assert np.linalg.norm(found) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("power", "hidden"), [(0.5, 0), (1.0, 5), (0.7, 5)])
def test_every_kind_of_layers_is_exported(tmp_path, monkeypatch, power, hidden):
    from core.models import triplet_graph
    from core.vision.quiet_tensorflow import import_keras

    keras = import_keras()
    # Stands for a backbone whose features may be negative, as those of ConvNeXt are.
    pixels = keras.Input((2, 2, 3))
    backbone = keras.Model(pixels, keras.layers.Flatten(name="triplet_last_0")(pixels))
    monkeypatch.setattr(triplet_graph, "build_backbone", lambda home, name: backbone)
    random = np.random.default_rng(0)
    widths = {"hidden": (12, hidden), "last": (hidden, 4)} if hidden else {"last": (12, 4)}
    arrays = {"feature_power": np.float32(power)}
    for name, shape in widths.items():
        arrays |= {f"{name}_weights": random.normal(size=shape), f"{name}_bias": random.normal(size=shape[1])}
    triplet_graph.triplet_graph(None, None, arrays).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    pixels = random.normal(size=(6, 2, 2, 3)).astype(np.float32)
    expected = apply_layers(arrays, pixels.reshape(6, 12))
    np.testing.assert_allclose(loaded.predict_on_batch(pixels), expected, atol=1e-5)


def test_an_uploaded_picture_is_predicted_as_in_training(trained):
    home, run_id = trained
    from core.catalog.pictures import read_picture
    from core.catalog.products import picture_table

    row = open_run(home, run_id).products.iloc[0]
    table = picture_table(home, find_catalog(home, "colors")).set_index("product_id")
    path = home.picture_path(row["picture_hash"], table.loc[row["product_id"], "extension"])
    [[(name, chance)]] = predict_pictures(home, run_id, [read_picture(path, enough_px=224)], top=1)
    assert name == row["predicted"]
    assert chance == pytest.approx(row["probability"], abs=0.02)


def test_it_is_an_embedding_for_search_and_maps_without_looking_at_pictures_again(trained, monkeypatch):
    home, run_id = trained
    monkeypatch.setattr("core.vision.embed.encode_files", None)
    report = embed(home, run_id)
    assert (report.engine, report.dimensions, report.reused) == (None, 8, report.pictures)
    catalog = find_catalog(home, "colors")
    assert find_run(home, run_id).encoder == run_id
    drawn = make_map(home, catalog, method="pca", backbone=run_id, actor="ann")
    assert drawn.points == catalog.products
    product = latest_embedding(home, catalog, backbone=run_id).product_ids[0]
    weights = RankWeights(visual=1, color=0, price=0, category=0)
    found = similar(home, catalog, product_id=product, k=5, weights=weights, backbone=run_id)
    colors = {match["product_id"].split("/")[0] for match in found["matches"]}
    assert colors == {product.split("/")[0]}


def test_derived_features_are_those_of_the_network(copied):
    home, run_id = copied
    embed(home, run_id)
    hashes = open_run(home, run_id).products["picture_hash"].tolist()
    derived, _ = gather_features(home, hashes, backbone=run_id)
    shutil.rmtree(home.features / run_id)
    (home.runs / run_id / "network" / LAYERS_NOTE).unlink()
    report = embed(home, run_id)
    assert (report.engine, report.reused) == ("openvino", 0)
    looked_at, _ = gather_features(home, hashes, backbone=run_id)
    assert np.einsum("pd,pd->p", derived, looked_at).min() > 0.99


@pytest.mark.parametrize("harm", ["other weights", "no backbone", "no array", "other size", "no file"])
def test_layers_that_do_not_fit_are_not_used(copied, harm):
    home, run_id = copied
    folder = home.runs / run_id / "network"
    note = json.loads((folder / LAYERS_NOTE).read_text())
    if harm == "other weights":
        note["weights_hash"] = "0" * 64
    elif harm == "no backbone":
        note["backbone"] = "../elsewhere"
    elif harm == "no array":
        np.savez(folder / LAYERS, feature_power=np.float32(1))
    elif harm == "other size":
        arrays = {"last_weights": np.ones((1280, 3)), "last_bias": np.ones(3), "feature_power": np.float32(1)}
        np.savez(folder / LAYERS, **arrays)
    else:
        (folder / LAYERS).unlink()
    (folder / LAYERS_NOTE).write_text(json.dumps(note))
    assert embed(home, run_id).engine == "openvino"


def test_neighbors_before_and_after(trained):
    home, run_id = trained
    embed(home, run_id)
    report = neighbor_report(home, run_id, k=1)
    assert report.queries == int((open_run(home, run_id).products["split"] == "test").sum())
    assert report.after.value == 1.0  # one plain color a category
    assert report.gain.value == pytest.approx(report.after.value - report.before.value)
    assert report.ceiling == 1.0
    assert set(report.by_label["label"]) == {"red", "green", "blue"}
    written = report.to_json()
    assert written["after"] == {"precision": 1.0, "interval": [1.0, 1.0]}
    assert json.loads(json.dumps(written)) == written


def test_neighbors_say_what_is_missing(copied):
    home, run_id = copied
    with pytest.raises(RunError, match=f"run `embed colors --backbone {run_id}` first"):
        neighbor_report(home, run_id)
    catalog = find_catalog(home, "colors")
    head = train_run(home, catalog, recipe="linear", actor="ann", progress=SilentProgress())["run"]
    with pytest.raises(RunError, match="has no embedding of its own"):
        neighbor_report(home, head)


def test_the_interval_draws_products():
    # Ten products of two pictures each that agree: as uncertain as ten pictures, not as twenty.
    values = np.repeat([0.0, 1.0], 10)
    by_product = mean_figure(values, [f"p{number // 2}" for number in range(20)])
    by_picture = mean_figure(values, [f"p{number}" for number in range(20)])
    assert by_product.value == by_picture.value == 0.5
    low, high = by_product.interval
    # Of ten draws with chance one half, 95 % lie within about 0.2 and 0.8.
    assert (low, high) == (pytest.approx(0.2, abs=0.05), pytest.approx(0.8, abs=0.05))
    assert high - low > by_picture.interval[1] - by_picture.interval[0]
