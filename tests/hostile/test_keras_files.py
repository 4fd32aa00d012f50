"""Models that somebody else sent: what is not plainly a network of Keras' own layers is never given to Keras."""

import copy
import json
import os
import pickle
import zipfile

import pytest

from core.errors import RunError
from core.models.keras_archive import rewrite_archive
from core.models.keras_config import checked_config

FLOAT = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}


def layer(name, config=None, *, module="keras.layers", registered=None):
    return {
        "module": module,
        "class_name": name,
        "config": {"name": "x", **(config or {})},
        "registered_name": registered,
    }


def network(*layers, **extra):
    start = layer("InputLayer", {"batch_shape": [None, 8, 8, 3], "dtype": "float32"})
    config = {"name": "n", "dtype": FLOAT, "layers": [start, *layers]}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None, **extra}


def archive(path, config=None, *, parts=None):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        made.writestr("config.json", config if isinstance(config, str | bytes) else json.dumps(config or network()))
        made.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\nnot looked at here")
        for name, data in (parts or {}).items():
            made.writestr(name, data)
    return path


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


CODE = {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}
LOADER = {"module": "keras.models", "class_name": "function", "config": "load_model", "registered_name": "function"}
SWITCH = layer("enable_unsafe_deserialization", module="keras.config")
SYSTEM = {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (network(layer("Lambda", {"function": CODE})), "Lambda layer, which is code"),  # CVE-2024-3660
        (
            network(layer("Lambda", {"function": LOADER, "arguments": {"safe_mode": False}})),
            "Lambda layer",
        ),  # CVE-2025-9906
        (network(layer("Popen", {"args": ["id"]}, module="subprocess")), "'Popen' of 'subprocess'"),  # CVE-2025-1550
        (network(SWITCH), "'enable_unsafe_deserialization' of 'keras.config'"),  # CVE-2025-8747
        (network(layer("StringLookup", {"vocabulary": "/etc/passwd"})), "'StringLookup'"),  # CVE-2025-12058
        (network(layer("TorchModuleWrapper", {"module": "gASV"})), "'TorchModuleWrapper'"),  # loads a pickle
        (network(layer("TFSMLayer", {"filepath": "/tmp/evil"})), "'TFSMLayer'"),  # loads a graph with file operations
        (network(layer("Dense", {"units": 3}, module="my_package.layers")), "'Dense' of 'my_package.layers'"),
        (network(layer("Dense", {"units": 3}, registered="evil>Dense")), "'Dense' of 'keras.layers'"),
        (network(layer("Dense", {"units": 3, "activation": SYSTEM})), "has the activation"),
        (network(layer("Dense", {"units": 3, "activation": "my>act"})), "has the activation 'my>act'"),
        (network(layer("Dense", {"units": 10**10})), "Dense.units is 1e"),
        (network(layer("Reshape", {"target_shape": [SWITCH]})), "Reshape.target_shape holds"),
        (network(layer("Rescaling", {"scale": "http://evil.test/{0}"})), "Rescaling.scale holds"),
        (network(layer("Rescaling", {"scale; import os": 1})), "has a setting"),
        (network(layer("Eye", module="keras.src.ops.numpy", registered="Eye")), "'Eye' of 'keras.src.ops.numpy'"),
        (network(*[layer("ReLU") for _ in range(5001)]), "more than 5,000 layers"),
        ({**network(), "class_name": "Evil"}, "it is a 'Evil': expected a Sequential or Functional model"),
        ([1], "describes no network of Keras 3"),
        ({"class_name": "Sequential", "config": {"layers": []}}, "lists no layers"),
    ],
)
def test_a_description_that_names_anything_else_is_refused(config, message):
    with pytest.raises(RunError, match="the model is not loaded") as refused:
        checked_config(config)
    assert message in str(refused.value)


def test_layers_are_called_with_outputs_and_plain_values_only():
    called = layer("Flatten") | {"name": "flatten", "inbound_nodes": [{"args": [SYSTEM], "kwargs": {}}]}
    with pytest.raises(RunError, match="a layer is called with"):
        checked_config(network(called))
    called["inbound_nodes"] = [{"args": [], "kwargs": {"inputs": "/tmp/evil.keras"}}]  # CVE-2025-9906
    with pytest.raises(RunError, match="a layer is called with"):
        checked_config(network(called))


def test_models_inside_models_end_somewhere():
    nested = network(layer("Dense", {"units": 3}))
    for _ in range(8):
        nested = network(nested)
    with pytest.raises(RunError, match="nested deeper"):
        checked_config(nested)


def test_what_only_training_needs_is_not_taken_along():
    """Nothing of the given objects survives but names of layers and plain values."""
    hostile = {"module": "os", "class_name": "system", "config": {"command": "id"}, "registered_name": None}
    dense = layer("Dense", {"units": 3, "dtype": hostile, "activation": "softmax"})
    dense["config"] |= {"kernel_initializer": hostile, "kernel_regularizer": hostile, "bias_constraint": hostile}
    found = checked_config(network(dense, compile_config={"optimizer": hostile}) | {"build_config": hostile})
    assert "system" not in json.dumps(found) and "compile_config" not in found
    [_, written] = found["config"]["layers"]
    assert written == {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {
            "name": "x",
            "units": 3,
            "dtype": "float32",
            "activation": "softmax",
            "kernel_initializer": "zeros",
            "kernel_regularizer": None,
            "bias_constraint": None,
        },
        "registered_name": None,
    }


def test_a_description_is_not_changed_by_checking_it():
    config = network(layer("Dense", {"units": 3}))
    before = copy.deepcopy(config)
    checked_config(config)
    assert config == before


def test_a_sound_file_is_written_anew(tmp_path):
    about = rewrite_archive(
        archive(tmp_path / "m.keras", network(layer("Dense", {"units": 3}))), tmp_path / "new.keras"
    )
    assert about == {"keras_version": "3.15.1"}
    with zipfile.ZipFile(tmp_path / "new.keras") as made:
        assert sorted(made.namelist()) == ["config.json", "metadata.json", "model.weights.h5"]
    assert not (tmp_path / "model.weights.h5").exists()


def test_files_that_are_no_keras_files_are_named_for_what_they_are(tmp_path):
    path = tmp_path / "m.keras"
    for data, message in (
        (b"\x89HDF\r\n\x1a\n" + b"0" * 99, "is an HDF5 file, whatever its name says"),
        (pickle.dumps(Trap(tmp_path / "sprung")), "is a pickle, which is a program"),
        (b"hello", "is no .keras file"),
        (b"", "is no .keras file"),
    ):
        path.write_bytes(data)
        with pytest.raises(RunError, match=message):
            rewrite_archive(path, tmp_path / "new.keras")
    with pytest.raises(RunError, match="cannot be read"):
        rewrite_archive(tmp_path / "none.keras", tmp_path / "new.keras")
    assert not (tmp_path / "sprung").exists() and not (tmp_path / "new.keras").exists()


def test_other_parts_are_refused(tmp_path):
    pickled = pickle.dumps(Trap(tmp_path / "sprung"))
    for name in ("data.pkl", "assets/vocabulary.txt", "../../evil.py", "config.json/x"):
        path = archive(tmp_path / "m.keras", parts={name: pickled})
        with pytest.raises(RunError, match="it holds"):
            rewrite_archive(path, tmp_path / "new.keras")
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == []


def test_a_part_that_comes_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive(tmp_path / "m.keras", parts={"config.json": "{}"})
    with pytest.raises(RunError, match=r"holds 'config\.json' twice"):
        rewrite_archive(path, tmp_path / "new.keras")


def test_a_file_cut_short_is_one_error(tmp_path):
    whole = archive(tmp_path / "m.keras").read_bytes()
    for length in range(4, len(whole) - 1, 23):
        (tmp_path / "m.keras").write_bytes(whole[:length])
        with pytest.raises(RunError):
            rewrite_archive(tmp_path / "m.keras", tmp_path / "new.keras")
        for left in ("new.keras", "model.weights.h5"):
            (tmp_path / left).unlink(missing_ok=True)


@pytest.mark.parametrize("config", ['{"a', "[" * 100_000, "\ud800".encode("utf-8", "surrogatepass")])
def test_a_description_that_is_no_json_is_one_error(tmp_path, config):
    with pytest.raises(RunError, match=r"config\.json is no JSON"):
        rewrite_archive(archive(tmp_path / "m.keras", config), tmp_path / "new.keras")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("config.json", json.dumps(network()))
        made.writestr("model.weights.h5", bytes(64 * 2**20))
    with pytest.raises(RunError, match="unpacks to more than 50 times its own size, more than any model needs"):
        rewrite_archive(tmp_path / "m.keras", tmp_path / "new.keras")
    assert [each.name for each in tmp_path.iterdir()] == ["m.keras"]
