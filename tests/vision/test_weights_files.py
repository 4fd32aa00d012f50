"""Weights files that somebody adds: right ones, wrong ones, and hostile ones."""

import h5py
import numpy as np
import pytest

from core.errors import BackboneError
from core.vision.backbone_graphs import build_backbone, load_application
from core.vision.backbones import backbone_state, find_backbone
from core.vision.weights_files import add_weights

SMALL = find_backbone("mobilenetv3-small")


@pytest.fixture(autouse=True)
def no_keras_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory):
    """A weights file of MobileNetV3Small with random numbers, as Keras writes it."""
    from core.vision.quiet_tensorflow import import_keras

    path = tmp_path_factory.mktemp("weights") / "own.h5"
    graph = import_keras().applications.MobileNetV3Small(include_top=False, weights=None, input_shape=(224, 224, 3))
    graph.save(path)
    return path


def test_a_file_that_fits_is_copied_in_and_may_be_replaced(home, random_weights):
    stored = add_weights(home, SMALL, random_weights)
    assert stored.checked == "every layer of the network found its weights; it is not the published file"
    assert (home.weights / SMALL.weights_file).read_bytes() == random_weights.read_bytes()
    assert backbone_state(home, SMALL) == "ready"
    with pytest.raises(BackboneError, match="is there already: remove it first, or replace it with --replace"):
        add_weights(home, SMALL, random_weights)
    assert add_weights(home, SMALL, random_weights, replace=True).sha256 == stored.sha256


def test_weights_of_another_network_are_refused_and_nothing_is_changed(home, random_weights):
    with pytest.raises(BackboneError, match="does not hold the weights of backbone 'vgg16'"):
        add_weights(home, find_backbone("vgg16"), random_weights)
    assert list(home.weights.iterdir()) == []


def test_a_file_that_is_cut_short_is_refused(home, random_weights, tmp_path):
    cut = tmp_path / "cut.h5"
    cut.write_bytes(random_weights.read_bytes()[:-100_000])
    with pytest.raises(BackboneError, match="is no weights file, or is damaged"):
        add_weights(home, SMALL, cut)
    with pytest.raises(BackboneError, match="there is no file"):
        add_weights(home, SMALL, tmp_path / "nowhere.h5")


def outside_link(file, folder):
    with h5py.File(folder / "secret.h5", "w") as secret:
        secret["numbers"] = np.ones(3)
    file["numbers"] = h5py.ExternalLink(str(folder / "secret.h5"), "/numbers")


def outside_numbers(file, folder):
    (folder / "secret.bin").write_bytes(b"\0" * 24)
    file.create_dataset("numbers", (3,), "f8", external=[(str(folder / "secret.bin"), 0, 24)])


def virtual_numbers(file, folder):
    layout = h5py.VirtualLayout((3,), "f8")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "numbers", (3,))
    file.create_virtual_dataset("numbers", layout)


def far_too_many(file, folder):
    file.create_dataset("numbers", (1 << 40,), "f8", chunks=(1 << 20,))


def soft_circle(file, folder):
    file["a"] = h5py.SoftLink("/a")


def texts(file, folder):
    file["numbers"] = np.array([b"import os"], dtype="S9")


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (outside_link, "'numbers' is a link to somewhere else"),
        (outside_numbers, "the numbers of 'numbers' are in another file"),
        (virtual_numbers, "the numbers of 'numbers' are in another file"),
        (far_too_many, "it announces 8,796,093,022,208 bytes of numbers"),
        (soft_circle, "'a' is a link to somewhere else"),
        (texts, "'numbers' holds |S9, not numbers"),
    ],
)
def test_a_hostile_file_is_one_error(tmp_path, fill, message):
    path = tmp_path / "hostile.h5"
    with h5py.File(path, "w") as file:
        fill(file, tmp_path)
    with pytest.raises(BackboneError) as caught:
        load_application(SMALL, path)
    assert message in str(caught.value)


def test_a_damaged_file_in_the_home_is_one_error(home):
    home.weights.mkdir(parents=True)
    (home.weights / SMALL.weights_file).write_bytes(b"\x89HDF\r\n\x1a\n" + b"\xff" * 4000)
    with pytest.raises(BackboneError, match="is no weights file, or is damaged"):
        build_backbone(home, SMALL)
