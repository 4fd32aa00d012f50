"""Maps in the home: whole, reused, the latest found, nothing left by a cancelled one."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.catalog.catalogs import create_catalog
from core.errors import Cancelled, CatalogError, SettingsError
from core.explore import catalog_embeddings, map_files
from core.explore.alignment import aligned_maps
from core.explore.catalog_maps import latest_map
from core.explore.map_names import MapName, find_drawn_map
from core.explore.map_scene import map_scale
from core.explore.maps import MapWish, draw_map, make_map
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
    monkeypatch.setattr(catalog_embeddings, "latest_embedding", lambda home, catalog, backbone: known)
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
        "settings": {"neighbors": 15, "min_distance": 0.1, "epochs": 20},
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
    assert (found.seed, found.version.split(".")[0]) == (1, first.file.parent.name)
    assert found.trustworthiness == first.trustworthiness
    pd.testing.assert_frame_equal(found.frame, pd.read_parquet(first.file).assign(placed=False))
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
    assert latest_map(home, shop, "pca").frame.shape == (20, 4)
    assert files_of(home) == ["manifest.json", "map.parquet", "signatures.npy"]


def test_nan_is_refused_and_its_product_named(home, shop, embedding):
    embedding.matrix[7, 0] = np.nan
    with pytest.raises(CatalogError, match="product 'p7'"):
        make_map(home, shop, actor="ada")
    assert files_of(home) == []


def test_without_an_embedding_or_with_wrong_settings(home, shop, embedding, monkeypatch):
    with pytest.raises(SettingsError, match="received 'mds'"):
        make_map(home, shop, method="mds", actor="ada")
    monkeypatch.setattr(catalog_embeddings, "latest_embedding", lambda home, catalog, backbone: None)
    with pytest.raises(CatalogError, match="run `embed shop` first"):
        make_map(home, shop, actor="ada")


def grown(embedding, more):
    """The embedding of the next version: the same products and so many new ones, near those that are there."""
    rows = embedding.matrix[:more] + np.random.default_rng(1).normal(scale=0.01, size=(more, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    embedding.matrix = np.concatenate([embedding.matrix, rows])
    embedding.product_ids = [
        *embedding.product_ids,
        *(f"new{len(embedding.product_ids) + number}" for number in range(more)),
    ]
    embedding.version = f"v{len(embedding.product_ids):06d}"


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_new_products_are_placed_and_all_others_stay(home, shop, embedding, method):
    before = make_map(home, shop, method=method, settings=QUICK, actor="ada")
    grown(embedding, 5)
    report = make_map(home, shop, method=method, settings=QUICK, actor="ada")
    assert (report.points, report.placed) == (25, 5)
    found = latest_map(home, shop, method)
    assert found.frame["placed"].tolist() == [False] * 20 + [True] * 5
    old = pd.read_parquet(before.file)
    pd.testing.assert_frame_equal(found.frame[["product_id", "x", "y"]].head(20), old)
    positions = found.frame[["x", "y"]].to_numpy()
    apart = np.linalg.norm(positions[20:, None] - positions[None, :20], axis=2)
    # Each new product is a copy of an old one, give or take a hundredth: it lands nearer to it than most others.
    assert (np.argsort(np.argsort(apart, axis=1), axis=1)[np.arange(5), np.arange(5)] < 10).all()


def test_many_new_products_or_a_wish_draw_the_map_anew(home, shop, embedding):
    make_map(home, shop, settings=QUICK, actor="ada")
    grown(embedding, 5)
    assert draw_map(home, shop, MapWish(settings=QUICK, anew=True), actor="ada").placed == 0
    grown(embedding, 15)  # 15 of 40 are more than a third
    assert make_map(home, shop, settings=QUICK, actor="ada").placed == 0


def test_a_map_is_drawn_anew_once_a_third_was_placed_in_several_steps(home, shop, embedding):
    make_map(home, shop, settings=QUICK, actor="ada")
    layout = latest_map(home, shop).layout
    placed = []
    for _round in range(3):  # 24, 28 and 32 products: 4, 8 and 12 were not there when 20 were laid out
        grown(embedding, 4)
        placed.append(make_map(home, shop, settings=QUICK, actor="ada").placed)
    assert placed == [4, 8, 0]  # 12 of 32 are more than a third
    assert latest_map(home, shop).layout != layout


def test_products_placed_into_a_map_leave_its_drawing_and_scale(home, shop, embedding):
    make_map(home, shop, settings=QUICK, actor="ada")
    first = latest_map(home, shop)
    grown(embedding, 4)
    make_map(home, shop, settings=QUICK, actor="ada")
    second = latest_map(home, shop)
    assert (second.layout, second.scale) == (first.layout, first.scale)
    assert second.version != first.version
    assert int(second.frame["placed"].sum()) == 4
    assert first.scale == map_scale(first.frame)


def test_a_wish_is_heard_after_products_are_gone(home, shop, embedding):
    make_map(home, shop, settings=QUICK, actor="ada")
    grown(embedding, 4)
    make_map(home, shop, settings=QUICK, actor="ada")
    embedding.product_ids, embedding.matrix = embedding.product_ids[:20], embedding.matrix[:20]
    embedding.version = "v000099"
    assert make_map(home, shop, settings=QUICK, actor="ada").placed == 0  # those placed are gone
    embedding.product_ids, embedding.matrix = embedding.product_ids[:15], embedding.matrix[:15]
    embedding.version = "v000100"
    make_map(home, shop, settings=QUICK, actor="ada")  # 15 of a drawing of 20
    before = latest_map(home, shop)
    assert not draw_map(home, shop, MapWish(settings=QUICK, anew=True), actor="ada").reused
    after = latest_map(home, shop)
    assert after.version != before.version and after.layout != before.layout
    assert draw_map(home, shop, MapWish(settings=QUICK, anew=True), actor="ada").reused  # nothing else would come of it


def test_settings_that_mean_the_same_find_the_same_map(home, shop, embedding):
    make_map(home, shop, method="tsne", settings={"perplexity": 5.0, "epochs": 20}, actor="ada")
    assert make_map(home, shop, method="tsne", settings={"perplexity": "5", "epochs": 20}, actor="ada").reused


def test_an_earlier_drawing_is_found_by_its_name_until_there_are_too_many(home, shop, embedding, monkeypatch):
    make_map(home, shop, method="pca", seed=1, actor="ada")
    first = latest_map(home, shop, "pca")
    make_map(home, shop, method="pca", seed=2, actor="ada")
    assert latest_map(home, shop, "pca", layout=first.layout).version == first.version
    assert latest_map(home, shop, "pca", layout="nonsense") is None
    monkeypatch.setattr(map_files, "MOST_MAPS", 2)
    make_map(home, shop, method="pca", seed=3, actor="ada")
    assert latest_map(home, shop, "pca", layout=first.layout) is None


def test_measuring_tells_how_far_it_is_and_may_be_cancelled(home, shop, embedding):
    class Cancelling(SilentProgress):
        def report(self, done, total, message):
            if "measuring" in message:
                raise Cancelled

    with pytest.raises(Cancelled):
        make_map(home, shop, settings=QUICK, actor="ada", progress=Cancelling())
    assert files_of(home) == []


def test_products_whose_embedding_changed_are_placed_anew(home, shop, embedding):
    make_map(home, shop, settings=QUICK, actor="ada")
    embedding.matrix = embedding.matrix.copy()
    embedding.matrix[3] = -embedding.matrix[3]
    embedding.version = "v000002"
    assert make_map(home, shop, settings=QUICK, actor="ada").placed == 1
    assert np.flatnonzero(latest_map(home, shop).frame["placed"]).tolist() == [3]


def test_maps_in_space_are_kept_apart_from_flat_ones(home, shop, embedding):
    make_map(home, shop, method="pca", actor="ada")
    report = draw_map(home, shop, MapWish("pca", dimensions=3), actor="ada")
    assert pd.read_parquet(report.file).columns.tolist() == ["product_id", "x", "y", "z"]
    assert latest_map(home, shop, "pca").dimensions == 2
    assert latest_map(home, shop, "pca", dimensions=3).version.startswith(report.file.parent.name)


def test_a_map_of_an_earlier_version_of_shelflens_is_still_shown(home, shop, embedding):
    report = make_map(home, shop, method="pca", actor="ada")
    path = report.file.parent / "manifest.json"
    manifest = json.loads(path.read_text())
    for later in ("dimensions", "neighbor_preservation", "placed", "layout", "scale", "anew", "created"):
        del manifest[later]
    path.write_text(json.dumps(manifest))
    (report.file.parent / "signatures.npy").unlink()
    found = latest_map(home, shop, "pca")
    assert (found.dimensions, found.neighbor_preservation) == (2, None)
    assert found.scale == map_scale(found.frame)
    assert latest_map(home, shop, "pca", layout=found.layout).version == found.version


def test_a_map_of_an_earlier_version_is_found_by_its_seed(home, shop, embedding):
    for seed in (1, 2):
        path = make_map(home, shop, method="pca", seed=seed, actor="ada").file.parent / "manifest.json"
        manifest = json.loads(path.read_text())
        del manifest["layout"]
        path.write_text(json.dumps(manifest))
    for seed in (1, 2):  # the one asked for last is no answer for the other's seed
        assert find_drawn_map(home, shop, MapName("efficientnet-lite0", "pca", {"seed": seed})).seed == seed


def test_maps_of_two_embeddings_are_laid_over_one_another(home, shop, embedding):
    make_map(home, shop, method="pca", backbone="resnet50", actor="ada")
    embedding.matrix = embedding.matrix[:, ::-1].copy()  # the same shape, other axes
    embedding.version = "v000002"
    embedding.product_ids = [*embedding.product_ids[:19], "another"]
    make_map(home, shop, method="pca", actor="ada")
    laid = aligned_maps(home, shop, "resnet50", "efficientnet-lite0", method="pca")
    assert len(laid.product_ids) == 19
    assert laid.first == pytest.approx(laid.second, abs=1e-4)
    assert laid.disparity == pytest.approx(0, abs=1e-6)
    assert laid.between(0.5) == pytest.approx(laid.second, abs=1e-4)
    with pytest.raises(CatalogError, match="no umap map of 'resnet50' in 2 dimensions: run `map shop --method umap"):
        aligned_maps(home, shop, "resnet50", "efficientnet-lite0")


def test_a_catalog_without_pictures_is_told_what_to_do(home, shop):
    bare = replace(shop, products=3)
    with pytest.raises(
        CatalogError, match=r"'shop' has no picture to embed: import it again with `--images` and their folder"
    ):
        make_map(home, bare, actor="ada")
