"""The commands compare-embeddings and compare-maps, on a catalog of three colors with twelve pictures each."""

import csv

import numpy as np
import pytest
from scipy.spatial import procrustes

from core.catalog.catalogs import find_catalog
from core.errors import SettingsError
from core.explore.map_names import read_map_name
from core.explore.maps import MapWish, draw_map


@pytest.fixture
def embedded(call, colors):
    assert call("embed", colors).code == 0
    return colors


def test_embeddings_are_compared_by_their_neighbors(call, embedded):
    words = ("compare-embeddings", embedded, "--embedding", "efficientnet-lite0", "--embedding", "colors", "--k", "5")
    told = call(*words, "--json").json
    network, palette = told["embeddings"]
    assert [each["embedding"] for each in told["embeddings"]] == ["efficientnet-lite0", "colors"]
    assert [(each["products"], each["left_out"]) for each in told["embeddings"]] == [(36, 0), (36, 0)]
    # Categories are colors, so that main colors find none but their own: the interval of 36 equal shares is a point.
    assert palette["precision"]["category"] == {"value": 1.0, "low": 1.0, "high": 1.0, "queries": 36}
    assert palette["silhouette"]["category"] > 0.5
    assert network["precision"]["category"]["low"] <= network["precision"]["category"]["value"] <= 1
    [pair] = told["overlap"]
    assert (pair["first"], pair["second"]) == ("efficientnet-lite0", "colors") and 0 <= pair["shared"] <= 1
    assert (told["by"], told["k"], told["asked_k"], told["products"], told["queries"]) == (["category"], 5, 5, 36, 36)
    text = call(*words).out
    assert "1.000 (1.000 to 1.000)" in text and "P@5 category" in text and "LEFT OUT" in text


def test_fewer_others_than_neighbors_asked_for_are_told(call, embedded):
    told = call("compare-embeddings", embedded, "--embedding", "colors", "--k", "100", "--json").json
    assert (told["k"], told["asked_k"]) == (35, 100)
    # All 35 others, of which 11 are of the same color.
    assert told["embeddings"][0]["precision"]["category"]["value"] == pytest.approx(11 / 35)
    text = call("compare-embeddings", embedded, "--embedding", "colors", "--k", "100").out
    assert "each asked for its 35 nearest among all (100 were asked for; there are no more others)" in text
    assert "P@35 category" in text


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("attribute:nosuch", "no product has the attribute 'nosuch': the attributes are none"),
        ("category:15", "no category has 15 levels: category:15 must be at most category:1"),
        ("price", "not by 'price'"),
    ],
)
def test_what_cannot_be_compared_is_told_before_the_work(call, colors, by, message):
    answer = call("compare-embeddings", colors, "--by", by)
    assert (answer.code, message in answer.err) == (2, True), answer.err
    assert call("jobs", "--json").json["jobs"] == []


@pytest.fixture
def maps(home, call, embedded):
    """PCA maps of two embeddings, and UMAP maps of one by two seeds and another number of neighbors."""
    catalog = find_catalog(home, embedded)
    for name in ("efficientnet-lite0", "colors"):
        draw_map(home, catalog, MapWish("pca"), name, actor="ann")
    for settings, seed in (({"neighbors": 5}, 0), ({}, 1), ({}, 0)):
        draw_map(home, catalog, MapWish("umap", settings, seed=seed), "colors", actor="ann")
    return embedded


def test_a_map_is_laid_onto_another_embeddings(call, maps, tmp_path):
    words = ("compare-maps", maps, "efficientnet-lite0", "colors", "--method", "pca", "--out", tmp_path / "m.csv")
    told = call(*words, "--json").json
    assert (told["first"], told["second"], told["products"]) == ("efficientnet-lite0", "colors", 36)
    assert [each["method"] for each in told["maps"]] == ["pca", "pca"]
    with (tmp_path / "m.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["product_id", "x", "y", "x_before", "y_before"] and len(rows) == 36
    stays, laid = (np.array([[float(row[f"{axis}{end}"]) for axis in "xy"] for row in rows]) for end in ("", "_before"))
    # SciPy's own alignment of what was written leaves as much, and both are as widely spread.
    assert told["disparity"] == pytest.approx(procrustes(stays, laid)[2], rel=1e-3)
    assert laid.std(axis=0).max() == pytest.approx(stays.std(axis=0).max(), rel=0.1)
    text = call(*words).out
    assert f"disparity  {told['disparity']:.3f}" in text and "on both    36 products" in text


def test_maps_of_one_embedding_by_method_seed_and_setting(call, maps):
    def compare(*names):
        told = call("compare-maps", maps, *names, "--json").json
        return [(each["method"], each["seed"], each["settings"].get("neighbors")) for each in told["maps"]]

    # The latest without a name is that of seed 0 with 15 neighbors.
    assert compare("colors:pca", "colors:umap") == [("pca", 0, None), ("umap", 0, 15)]
    assert compare("colors:umap:seed=1", "colors") == [("umap", 1, 15), ("umap", 0, 15)]
    assert compare("colors:umap:neighbors=5", "colors:umap:seed=0,neighbors=15") == [("umap", 0, 5), ("umap", 0, 15)]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("colors:pca", "colors:pca"), "both names mean the same map"),
        (("colors", "colors:umap:seed=7"), "run `map colors --method umap --embedding colors --dimensions 2 --seed 7`"),
        (("colors", "colors:umap:neighbours=7"), "umap has no setting neighbours"),
        (("colors", "nonsense"), "there is no backbone 'nonsense'"),
        (("colors", "resnet50"), "has no embedding 'resnet50': expected one of efficientnet-lite0, colors"),
        (("colors:pca", "colors", "--out", "no/such/m.csv"), "in a folder that is there"),
    ],
)
def test_maps_that_are_not_there(call, maps, names, message):
    answer = call("compare-maps", maps, *names)
    assert (answer.code, message in answer.err) == (2, True), answer.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colors", ("colors", "umap", {})),
        ("probabilities:run-1", ("probabilities:run-1", "umap", {})),
        ("probabilities:run-1:tsne", ("probabilities:run-1", "tsne", {})),
        ("colors:tsne:perplexity=12.5,seed=3", ("colors", "tsne", {"perplexity": 12.5, "seed": 3})),
    ],
)
def test_names_of_maps(text, told):
    found = read_map_name(text)
    assert (found.embedding, found.method, found.wanted) == told


def test_a_seed_is_a_whole_number():
    with pytest.raises(SettingsError, match="seed must be a whole number of at least 0: received 'x'"):
        read_map_name("colors:pca:seed=x")
