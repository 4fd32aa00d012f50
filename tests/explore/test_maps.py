"""Maps in the home: whole, reused, the latest found, nothing left by a cancelled one."""

import json

import numpy as np
import pandas as pd
import pytest

from core.catalog.catalogs import create_catalog
from core.errors import Cancelled, CatalogError, SettingsError
from core.explore import maps as maps_module
from core.explore.maps import latest_map, make_map
from core.progress import SilentProgress
from tests.recommend.fake_embedding import FakeEmbedding

QUICK = {"epochs": 20}


@pytest.fixture
def shop(home):
    return create_catalog(home, "shop", actor="tests")


@pytest.fixture
def embedding(monkeypatch):
    """Twenty embedded products, one with a name that is no plain text."""
    rows = np.random.default_rng(0).standard_normal((20, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    known = FakeEmbedding(["Schuhe/größe 42.jpg", *(f"p{number}" for number in range(1, 20))], rows)
    monkeypatch.setattr(maps_module, "latest_embedding", lambda home, catalog, backbone: known)
    return known


def files_of(home):
    return sorted(path.name for path in home.maps.rglob("*") if path.is_file())


def test_a_map_is_a_parquet_file_with_its_story(home, shop, embedding):
    report = make_map(home, shop, settings=QUICK, seed=3, actor="ada")
    assert (report.points, report.measured_products, report.reused) == (20, 20, False)
    assert 0 < report.trustworthiness <= 1
    points = pd.read_parquet(report.file)
    assert points.columns.tolist() == ["product_id", "x", "y"]
    assert points["product_id"].tolist() == embedding.product_ids
    manifest = json.loads((report.file.parent / "manifest.json").read_text())
    kept = {
        key: manifest[key] for key in ("method", "settings", "seed", "embedding_version", "catalog_version", "actor")
    }
    assert kept == {
        "method": "umap",
        "settings": {"neighbours": 15, "min_distance": 0.1, "epochs": 20},
        "seed": 3,
        "embedding_version": "v000001",
        "catalog_version": shop.version,
        "actor": "ada",
    }
    printed = report.to_json()
    assert {"points", "seconds", "trustworthiness", "file"} <= set(json.loads(json.dumps(printed)))


def test_asking_again_reuses_and_a_change_of_anything_does_not(home, shop, embedding):
    first = make_map(home, shop, method="pca", actor="ada")
    again = make_map(home, shop, method="pca", actor="bob")
    assert again.reused
    assert again.file == first.file
    embedding.version = "v000002"
    assert not make_map(home, shop, method="pca", actor="ada").reused
    assert not make_map(home, shop, method="pca", seed=1, actor="ada").reused
    other = make_map(home, shop, method="pca", backbone="resnet50", actor="ada")
    assert not other.reused, "versions count from 1 for every backbone"


def test_the_latest_map_is_the_one_asked_for_last(home, shop, embedding):
    assert latest_map(home, shop) is None
    first = make_map(home, shop, method="pca", seed=1, actor="ada")
    make_map(home, shop, method="pca", seed=2, actor="ada")
    assert latest_map(home, shop, "pca").seed == 2
    make_map(home, shop, method="pca", seed=1, actor="ada")
    found = latest_map(home, shop, "pca")
    assert (found.seed, found.version) == (1, first.file.parent.name)
    assert found.trustworthiness == first.trustworthiness
    pd.testing.assert_frame_equal(found.frame, pd.read_parquet(first.file))
    assert latest_map(home, shop, "umap") is None
    assert latest_map(home, shop, "pca", backbone="resnet50") is None


def test_a_cancelled_map_leaves_nothing(home, shop, embedding):
    class Cancelling(SilentProgress):
        def report(self, done, total, message):
            if message == "measuring the map":
                raise Cancelled

    with pytest.raises(Cancelled):
        make_map(home, shop, method="pca", actor="ada", progress=Cancelling())
    assert files_of(home) == []


def test_a_damaged_map_is_not_shown_and_is_made_again(home, shop, embedding):
    report = make_map(home, shop, method="pca", actor="ada")
    (report.file.parent / "manifest.json").write_text('{"method": "pc')
    assert latest_map(home, shop, "pca") is None
    assert not make_map(home, shop, method="pca", actor="ada").reused
    assert latest_map(home, shop, "pca").frame.shape == (20, 3)
    assert files_of(home) == ["manifest.json", "map.parquet"]


def test_nan_is_refused_and_its_product_named(home, shop, embedding):
    embedding.matrix[7, 0] = np.nan
    with pytest.raises(CatalogError, match="product 'p7'"):
        make_map(home, shop, actor="ada")
    assert files_of(home) == []


def test_without_an_embedding_or_with_wrong_settings(home, shop, embedding, monkeypatch):
    with pytest.raises(SettingsError, match="received 'tsne'"):
        make_map(home, shop, method="tsne", actor="ada")
    monkeypatch.setattr(maps_module, "latest_embedding", lambda home, catalog, backbone: None)
    with pytest.raises(CatalogError, match="run `embed shop` first"):
        make_map(home, shop, actor="ada")
