import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.catalog.pictures import read_picture
from core.errors import SettingsError
from core.vision import networks
from core.vision.backbone_graphs import build_backbone
from core.vision.backbone_ir import converted, require_ir, write_ir
from core.vision.backbones import DEFAULT_BACKBONE, Preprocessing, find_backbone
from core.vision.engine import EngineSettings, PictureFile, encode_files
from core.vision.networks import KerasNetwork, OpenVinoNetwork, open_network
from core.vision.picture_fit import fit_picture
from tests.connections import foreign_hosts, watched
from tests.vision.drawing import drawn_picture

BACKBONE = find_backbone(DEFAULT_BACKBONE)


def squares(count: int, side_px: int = 224) -> list[np.ndarray]:
    noise = np.random.default_rng(0).integers(0, 256, (side_px, side_px, 3), dtype=np.uint8)
    return [noise, *(fit_picture(drawn_picture(number), side_px=side_px, fit="pad") for number in range(1, count))]


def features_of(network, pictures) -> np.ndarray:
    found = dict(network.run(enumerate(pictures)))
    return np.stack([found[number] for number in range(len(pictures))])


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left * right).sum(axis=1) / np.linalg.norm(left, axis=1) / np.linalg.norm(right, axis=1)


def test_openvino_and_keras_give_the_same_features(ready_home):
    pictures = squares(5)
    openvino = features_of(OpenVinoNetwork(require_ir(ready_home, BACKBONE)), pictures)
    keras = features_of(KerasNetwork(build_backbone(ready_home, BACKBONE), BACKBONE.preprocessing), pictures)
    assert openvino.shape == keras.shape == (5, 1280)
    assert cosines(openvino, keras).min() > 0.999
    assert np.abs(openvino - keras).max() < 0.02  # of 6: rounding, and bfloat16 where the processor has it


@pytest.mark.parametrize("reverse", [False, True])
def test_preprocessing_is_the_same_in_both_engines(tmp_path, reverse):
    from core.vision.quiet_tensorflow import import_keras

    keras = import_keras()
    # Averages of the preprocessed channels show means, scale and order as they are.
    inputs = keras.Input((8, 8, 3))
    graph = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs))
    preprocessing = Preprocessing(mean=(10.0, 20.0, 30.0), scale=2.0, reverse_channels=reverse)
    path = tmp_path / "model" / "model.xml"
    write_ir(converted(graph), preprocessing, path, layout="NHWC")
    picture = np.full((8, 8, 3), (110, 220, 250), dtype=np.uint8)

    expected = [(250 - 10) / 2, (220 - 20) / 2, (110 - 30) / 2] if reverse else [50, 100, 110]

    assert np.allclose(features_of(OpenVinoNetwork(path), [picture])[0], expected)
    assert np.allclose(features_of(KerasNetwork(graph, preprocessing), [picture])[0], expected)


def test_takes_no_more_pictures_than_it_works_on(ready_home):
    # The stream must not be drained ahead of the results: memory would grow with the catalog.
    taken = []

    def stream():
        for number, picture in enumerate(squares(30)):
            taken.append(number)
            yield number, picture

    ahead = [
        len(taken) - done for done, _ in enumerate(OpenVinoNetwork(require_ir(ready_home, BACKBONE)).run(stream()))
    ]
    assert max(ahead[:-4]) <= 2 * (os.cpu_count() or 1) + 2


def test_falls_back_to_keras_when_openvino_cannot_be_loaded(ready_home, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert open_network(ready_home, BACKBONE).engine == "keras"
    assert "embedding through Keras" in caplog.text


def test_the_environment_chooses_the_engine(ready_home, monkeypatch):
    monkeypatch.setenv("SHELFLENS_ENGINE", "keras")
    assert open_network(ready_home, BACKBONE).engine == "keras"
    monkeypatch.setenv("SHELFLENS_ENGINE", "openvino")
    assert open_network(ready_home, BACKBONE).engine == "openvino"
    monkeypatch.setenv("SHELFLENS_ENGINE", "magic")
    with pytest.raises(SettingsError, match="SHELFLENS_ENGINE is 'magic': expected one of openvino, keras"):
        open_network(ready_home, BACKBONE)


@pytest.mark.parametrize(("capabilities", "hint"), [(["FP32", "INT8"], "f32"), (["FP32", "BF16"], "bf16")])
def test_bfloat16_only_where_the_processor_has_it_and_it_is_not_refused(capabilities, hint, monkeypatch):
    monkeypatch.delenv(networks.PRECISION)

    class Core:
        def get_property(self, device, name):
            return {("CPU", "OPTIMIZATION_CAPABILITIES"): capabilities}[device, name]

    assert networks._openvino_settings(Core())["INFERENCE_PRECISION_HINT"] == hint
    monkeypatch.setenv(networks.PRECISION, "f32")
    assert networks._openvino_settings(Core())["INFERENCE_PRECISION_HINT"] == "f32"


def test_a_keras_application_runs_from_a_weights_file(home):
    from core.vision.quiet_tensorflow import import_keras

    small = find_backbone("mobilenetv3-small")
    random = import_keras().applications.MobileNetV3Small(include_top=False, weights=None, input_shape=(224, 224, 3))
    home.weights.mkdir(parents=True, exist_ok=True)
    random.save(home.weights / small.weights_file)  # HDF5, as the published files are

    pictures = squares(3)
    openvino = features_of(open_network(home, small), pictures)
    keras = features_of(KerasNetwork(build_backbone(home, small), small.preprocessing), pictures)

    assert openvino.shape == (3, small.feature_dimensions)
    assert cosines(openvino, keras).min() > 0.999
    # Random weights, but real ones: noise and a drawing are not the same to them.
    assert cosines(openvino[:1], openvino[1:2])[0] < 0.99


def test_preparing_and_running_asks_no_host_and_leaves_no_note(tmp_path):
    # `import openvino` alone reports usage unless it is stopped; the guard also watches what it would start.
    notes = tmp_path / "notes"
    script = (
        "import sys, numpy as np; from core.home import open_home; from core.vision.backbones import find_backbone;"
        "from core.vision.networks import open_network; home = open_home(sys.argv[1]);"
        "net = open_network(home, find_backbone('efficientnet-lite0'));"
        "list(net.run([(0, np.zeros((224, 224, 3), np.uint8))])); import openvino;"
        "assert openvino.convert_model; assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    environment = watched({**os.environ, "HOME": str(tmp_path), "SHELFLENS_ENGINE": ""}, notes)
    environment.pop("CI", None)  # the reporter is silent in CI anyway
    environment["PYTHONPATH"] += os.pathsep + str(Path.cwd())
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "home")], env=environment, check=True, timeout=120)
    assert foreign_hosts(notes) == []
    assert not (tmp_path / "intel").exists()


@pytest.mark.shared
def test_what_the_fast_precision_moves_is_small(shared_data, ready_home, monkeypatch):
    monkeypatch.delenv(networks.PRECISION)  # as users run it: bfloat16 where the processor has it
    paths = sorted((shared_data / "clothing-small" / "test").rglob("*.jpg"))[::31]
    plain = [fit_picture(read_picture(path), side_px=BACKBONE.side_px, fit=BACKBONE.picture_fit) for path in paths]
    fast = features_of(OpenVinoNetwork(require_ir(ready_home, BACKBONE)), plain)
    keras = features_of(KerasNetwork(build_backbone(ready_home, BACKBONE), BACKBONE.preprocessing), plain)
    assert cosines(fast, keras).min() > 0.99


@pytest.mark.shared
def test_real_photos_through_the_engine_and_through_keras_give_the_same_features(shared_data, ready_home):
    paths = sorted((shared_data / "clothing-small" / "test").rglob("*.jpg"))[::31]
    files = [PictureFile(str(number), path) for number, path in enumerate(paths)]
    settings = EngineSettings(side_px=BACKBONE.side_px, fit=BACKBONE.picture_fit)
    network = OpenVinoNetwork(require_ir(ready_home, BACKBONE))
    engine = {result.picture_hash: result.features for result in encode_files(files, network, settings=settings)}

    plain = [fit_picture(read_picture(path), side_px=BACKBONE.side_px, fit=BACKBONE.picture_fit) for path in paths]
    keras = features_of(KerasNetwork(build_backbone(ready_home, BACKBONE), BACKBONE.preprocessing), plain)

    assert len(engine) == 12
    assert cosines(np.stack([engine[file.picture_hash] for file in files]), keras).min() > 0.999
