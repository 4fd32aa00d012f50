import hashlib

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
        "efficientnet-lite0", "vgg16", "vgg19", "resnet50", "resnet50v2", "inceptionv3", "xception", "mobilenetv2",
        "mobilenetv3-small", "mobilenetv3-large", "efficientnetv2-b0", "convnext-tiny",
    ]  # fmt: skip


def test_names_the_ones_there_are():
    with pytest.raises(BackboneError, match="there is no backbone 'vgg': choose one of efficientnet-lite0, vgg16"):
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


def test_a_download_that_fails_is_one_error_with_the_same_way_out(home, monkeypatch):
    from core.vision.quiet_tensorflow import import_keras

    def offline(**_settings):
        raise Exception("URL fetch failure on https://example.org/x.h5: None -- no route to host")

    monkeypatch.setattr(import_keras().applications, "ResNet50", offline)
    with pytest.raises(BackboneError, match=r"cannot be downloaded \(URL fetch failure.*efficientnet-lite0"):
        build_backbone(home, find_backbone("resnet50"))


def test_weights_of_another_network_are_refused_by_name(home):
    home.weights.mkdir(parents=True, exist_ok=True)
    small = find_backbone("mobilenetv3-small")
    (home.weights / small.weights_file).write_bytes(b"no weights at all")
    with pytest.raises(BackboneError, match=r"float_no_top_v2.h5 does not hold the weights of backbone 'mobilenetv3-"):
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
