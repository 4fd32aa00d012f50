import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.errors import BackboneError
from core.vision.backbone_graphs import build_backbone
from core.vision.backbone_ir import require_ir
from core.vision.backbones import (
    DEFAULT_BACKBONE,
    backbone_state,
    find_backbone,
    list_backbones,
    weights_hash,
)


@pytest.fixture(autouse=True)
def no_keras_folder(tmp_path, monkeypatch):
    """Weights that Keras downloaded for the developer must not change a result."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def test_lists_the_default_first_and_every_promised_one():
    names = [backbone.name for backbone in list_backbones()]
    assert names == [
        "efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2", "vgg16", "vgg19", "resnet50", "resnet50v2",
        "inceptionv3", "xception", "mobilenetv2", "mobilenetv3-small", "mobilenetv3-large", "efficientnetv2-b0",
        "convnext-tiny", "bovw",
    ]  # fmt: skip


def test_names_the_ones_there_are():
    with pytest.raises(
        BackboneError, match="there is no backbone 'vgg': choose one of efficientnet-lite0, efficientnet-lite1"
    ):
        find_backbone("vgg")


def test_says_which_weights_are_here(home):
    assert backbone_state(home, find_backbone(DEFAULT_BACKBONE)) == "ready"
    vgg = find_backbone("vgg16")
    assert backbone_state(home, vgg) == "needs download"
    home.weights.mkdir(parents=True, exist_ok=True)
    (home.weights / vgg.weights_file).write_bytes(b"weights")
    assert backbone_state(home, vgg) == "ready"


def test_missing_weights_name_file_folder_and_what_works_without(home):
    with pytest.raises(BackboneError) as caught:
        weights_hash(home, find_backbone("resnet50"))
    message = str(caught.value)
    assert "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5" in message
    assert str(home.weights) in message
    assert "use backbone 'efficientnet-lite0'" in message


@pytest.mark.parametrize("backbone", [each for each in list_backbones() if each.published], ids=lambda each: each.name)
def test_file_address_and_hash_are_those_that_keras_downloads(backbone):
    # Read from Keras' own source, where some are constants and some stand inside the functions.
    module = {
        "VGG16": "vgg16", "VGG19": "vgg19", "ResNet50": "resnet", "ResNet50V2": "resnet", "InceptionV3": "inception_v3",
        "Xception": "xception", "MobileNetV2": "mobilenet_v2", "MobileNetV3Small": "mobilenet_v3",
        "MobileNetV3Large": "mobilenet_v3", "EfficientNetV2B0": "efficientnet_v2", "ConvNeXtTiny": "convnext",
    }[backbone.keras_name]  # fmt: skip
    source = (Path(find_spec("keras").origin).parent / "src" / "applications" / f"{module}.py").read_text()
    folder = backbone.published.url.rpartition("/")[0].rpartition("keras-applications/")[2]
    assert folder in source
    assert backbone.weights_file == backbone.published.url.rpartition("/")[2]
    if backbone.name == "mobilenetv2":
        assert "file_hash" not in source  # Keras checks none, so there is none to pin
        assert backbone.published.algorithm == ""
    else:
        assert f'"{backbone.published.digest}"' in source
        assert len(backbone.published.digest) == {"md5": 32, "sha256": 64}[backbone.published.algorithm]


def test_weights_are_never_fetched_behind_ones_back(home):
    with pytest.raises(BackboneError, match=r"has no weights here: `python -m core download-weights resnet50` fetches"):
        build_backbone(home, find_backbone("resnet50"))


def test_weights_of_another_network_are_refused_by_name(home):
    home.weights.mkdir(parents=True, exist_ok=True)
    small = find_backbone("mobilenetv3-small")
    (home.weights / small.weights_file).write_bytes(b"no weights at all")
    with pytest.raises(BackboneError, match=r"float_no_top_v2.h5 is no weights file, or is damaged"):
        build_backbone(home, small)


def test_the_weights_hash_follows_the_file(home):
    home.weights.mkdir(parents=True, exist_ok=True)
    vgg = find_backbone("vgg16")
    path = home.weights / vgg.weights_file
    for content in (b"first", b"second one"):
        path.write_bytes(content)
        assert weights_hash(home, vgg) == hashlib.sha256(content).hexdigest()
        assert weights_hash(home, vgg) == hashlib.sha256(content).hexdigest()  # this time from the note


def test_a_home_where_nothing_was_embedded_says_what_to_do(home):
    with pytest.raises(BackboneError, match=r"not prepared in this home yet: embed a catalog.*python -m core embed"):
        require_ir(home, find_backbone(DEFAULT_BACKBONE))
