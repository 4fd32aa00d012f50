"""Features and embeddings that are torn or not what they should be give one error that says which and what to do."""

import json
import pickle
import shutil

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.errors import BackboneError
from core.home import open_home
from core.progress import SilentProgress
from core.recommend.index import open_index
from core.vision.embed import embed_catalog
from core.vision.embeddings import latest_embedding
from core.vision.feature_store import read_features


@pytest.fixture(scope="module")
def embedded(tmp_path_factory, color_folder):
    home = open_home(tmp_path_factory.mktemp("embedded") / "home")
    import_source(home, FolderSource(color_folder), catalog_name="colors", actor="tests")
    embed_catalog(home, find_catalog(home, "colors"), actor="tests", progress=SilentProgress())
    return home


@pytest.fixture
def home(embedded, tmp_path):
    """A copy, free to be damaged."""
    return open_home(shutil.copytree(embedded.root, tmp_path / "home"))


@pytest.fixture
def colors(home):
    return find_catalog(home, "colors")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"catalog_version": "x"}'])
@pytest.mark.parametrize("name", ["current.json", "manifest.json"])
def test_damaged_json_of_an_embedding_is_named(home, colors, name, content):
    (path,) = home.embeddings.rglob(name)
    path.write_bytes(content)
    with pytest.raises(BackboneError, match=f"{name} is damaged"):
        latest_embedding(home, colors)


@pytest.mark.parametrize("name", ["matrix.npy", "product_ids.json"])
def test_damaged_arrays_of_an_embedding_are_named_and_pickles_never_run(home, colors, name, tmp_path):
    (path,) = home.embeddings.rglob(name)
    for content in (b"", path.read_bytes()[:70], pickle.dumps(print), json.dumps({"a": 1}).encode()):
        path.unlink()
        path.write_bytes(content)
        with pytest.raises(BackboneError, match=f"{name} is damaged"):
            open_index(home, colors)


def test_features_of_another_shape_or_cut_short_are_named(home, colors):
    hashes = sorted(path.stem for path in home.pictures.rglob("*.png"))
    shards = [path for path in home.features.rglob("*.npy") if "hashes" not in path.name]
    whole = np.load(shards[0])
    for damaged in (whole[:, :7], whole.astype(np.float64), whole[:1]):
        np.save(shards[0], damaged)
        with pytest.raises(BackboneError, match="is damaged"):
            read_features(home, hashes, backbone="efficientnet-lite0")


def test_the_way_out_of_the_message_works(home, colors):
    (path,) = home.embeddings.rglob("matrix.npy")
    path.write_bytes(b"torn")
    path.parent.rename(home.root / "moved-away")
    assert latest_embedding(home, colors) is None
    again = embed_catalog(home, colors, actor="tests", progress=SilentProgress())
    assert again.reused == 36  # the features were not damaged: nothing is computed twice
    assert open_index(home, colors).embeddings.shape[0] == 36
