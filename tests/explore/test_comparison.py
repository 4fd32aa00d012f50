"""Embeddings held against one another, and neighbors by other distances."""

import numpy as np
import pytest

from core.errors import CatalogError, SettingsError
from core.explore import distance_neighbors as distances
from core.explore import embedding_comparison
from core.explore.catalog_embeddings import CatalogEmbedding, check_embedding_name
from core.explore.color_embedding import bin_features, color_rows
from core.explore.distance_neighbors import distance_neighbors, neighbors_by_each, whitening
from core.explore.embedding_comparison import compare_embeddings, precision, stored_comparison
from core.explore.neighbors import shared_neighbors


@pytest.fixture
def two_embeddings(kinds_shop, monkeypatch):
    """One embedding in which kinds lie apart, and one that knows nothing of them."""
    _, known = kinds_shop
    noise = np.random.default_rng(9).standard_normal((60, 16)).astype(np.float32)
    rows = {"kinds": known.matrix, "noise": noise}

    def opened(home, catalog, name):
        return CatalogEmbedding(name, "v1", known.product_ids, rows[name])

    monkeypatch.setattr(embedding_comparison, "open_embedding", opened)
    return rows


def test_the_embedding_that_knows_the_kinds_has_the_better_neighbors(home, kinds_shop, two_embeddings):
    catalog, _ = kinds_shop
    by = ["category", "category:1", "color", "attribute:size"]
    found = compare_embeddings(home, catalog, ["kinds", "noise"], by=by)
    kinds, noise = found.embeddings
    assert kinds["precision"]["category"]["value"] == 1.0, "20 of a kind: the nearest 10 are all of it"
    assert kinds["silhouette"]["category"] > 0.8 > 0.1 > noise["silhouette"]["category"]
    # By chance a third of the neighbors is of the kind, two thirds of the top level Clothing in two of three cases.
    assert noise["precision"]["color"]["value"] == pytest.approx(1 / 3, abs=0.1)
    assert noise["precision"]["category:1"]["value"] == pytest.approx(5 / 9, abs=0.1)
    assert kinds["precision"]["attribute:size"]["value"] == pytest.approx(1 / 2, abs=0.1)
    [pair] = found.overlap
    assert pair["shared"] == pytest.approx(10 / 59, abs=0.08), "ten of the 59 others by chance"
    assert stored_comparison(home, catalog, ["kinds", "noise"], by=by) == found
    assert stored_comparison(home, catalog, ["kinds"], by=by) is None


def test_precision_by_hand():
    # Product 0 has value 0 and neighbors of value 0, 1 and none: one of two. Product 3 is alone with its value.
    codes = np.array([0, 0, 1, 2, -1])
    found = precision(codes, np.array([0, 3, 4]), np.array([[1, 2, 4], [0, 1, 2], [0, 1, 2]]))
    assert (found["value"], found["queries"]) == (0.5, 1)
    assert precision(codes, np.array([3]), np.array([[0, 1, 2]])) is None


def test_measures_and_names_are_checked(home, kinds_shop, two_embeddings):
    with pytest.raises(SettingsError, match="not by 'price'"):
        compare_embeddings(home, kinds_shop[0], ["kinds"], by=["price"])
    with pytest.raises(SettingsError, match="names no run"):
        check_embedding_name("probabilities:")
    assert check_embedding_name("") == "efficientnet-lite0"


def test_neighbors_by_three_distances(home, kinds_shop):
    catalog, embedding = kinds_shop
    rows = embedding.matrix
    found = {
        name: distance_neighbors(home, catalog, "p4", distance=name, k=5, embedding_name="efficientnet-lite0")
        for name in ("euclidean", "mahalanobis", "cosine")
    }
    # Of unit rows the Euclidean distance is the root of twice the cosine distance: the same order.
    assert found["euclidean"].shared_with_cosine == 1.0
    nearest = found["euclidean"].neighbors[0]
    expected = np.linalg.norm(rows - rows[4], axis=1)
    assert nearest["distance"] == pytest.approx(np.sort(expected)[1], abs=1e-5)
    white = rows @ whitening(rows)
    assert np.cov(white.T).trace() / 16 == pytest.approx(1, abs=0.35), "whitened rows vary alike along every axis"
    with pytest.raises(CatalogError, match="product 'p99' is not in the efficientnet-lite0 embedding"):
        distance_neighbors(home, catalog, "p99", embedding_name="efficientnet-lite0")
    with pytest.raises(SettingsError, match="received 'hamming'"):
        distance_neighbors(home, catalog, "p1", distance="hamming", embedding_name="efficientnet-lite0")


def test_neighbors_by_each_distance_are_those_of_one_at_a_time(home, kinds_shop, monkeypatch):
    catalog, _ = kinds_shop
    each = neighbors_by_each(home, catalog, "p4", k=5, embedding_name="efficientnet-lite0")
    assert list(each) == ["cosine", "euclidean", "mahalanobis"]
    for name, found in each.items():
        alone = distance_neighbors(home, catalog, "p4", distance=name, k=5, embedding_name="efficientnet-lite0")
        assert alone == found
    shared = {near["product_id"] for near in each["mahalanobis"].neighbors}
    shared &= {near["product_id"] for near in each["cosine"].neighbors}
    assert each["mahalanobis"].shared_with_cosine == len(shared) / 5 < 1
    # Distances block by block are those of all at once; of a sample's covariance they are others, the same every time.
    monkeypatch.setattr(distances, "_BLOCK_ROWS", 7)
    assert neighbors_by_each(home, catalog, "p4", k=5, embedding_name="efficientnet-lite0") == each
    monkeypatch.setattr(distances, "_COVARIANCE_PRODUCTS", 40)
    some = neighbors_by_each(home, catalog, "p4", k=5, embedding_name="efficientnet-lite0")
    assert some["mahalanobis"] != each["mahalanobis"] and some["euclidean"] == each["euclidean"]
    assert some == neighbors_by_each(home, catalog, "p4", k=5, embedding_name="efficientnet-lite0")


def test_neighbors_are_found_once_and_shared(home, kinds_shop):
    catalog, known = kinds_shop
    embedding = CatalogEmbedding("kinds", "v1", known.product_ids, known.matrix)
    heard = []
    many = shared_neighbors(home, catalog, embedding, 30, on_progress=lambda done, total: heard.append(done))
    assert heard[-1] == 60
    heard.clear()
    few = shared_neighbors(home, catalog, embedding, 5, on_progress=lambda done, total: heard.append(done))
    assert heard == [], "opened, not found again"
    assert np.array_equal(few.rows, many.rows[:, :5])
    [path] = (home.cache / "neighbors").rglob("rows.npy")
    path.unlink()  # the old file is still mapped
    path.write_bytes(b"damaged")
    assert np.array_equal(shared_neighbors(home, catalog, embedding, 5).rows, many.rows[:, :5])
    changed = CatalogEmbedding("kinds", "v2", known.product_ids, known.matrix[::-1].copy())
    assert not np.array_equal(shared_neighbors(home, catalog, changed, 5).rows[:, 1:], few.rows[:, 1:])


def test_colors_that_look_alike_point_the_same_way():
    features = bin_features()
    kernel = features @ features.T
    assert kernel.diagonal() == pytest.approx(1, abs=0.04), "a color is like itself"
    # Bin = (hue * 8 + saturation) * 8 + value: pure red, a slightly darker red, pure green.
    red, dark, green = (0 * 8 + 7) * 8 + 7, (0 * 8 + 7) * 8 + 6, (4 * 8 + 7) * 8 + 7
    assert kernel[red, dark] > 0.8 > 0.1 > kernel[red, green]
    both = color_rows(np.array([[red, green, 0, 0, 0]], np.uint16), np.array([[0.5, 0.5, 0, 0, 0]], np.float32))
    assert both[0] == pytest.approx((features[red] + features[green]) / 2, abs=1e-6)


def test_products_that_an_embedding_lacks_are_told(home, kinds_shop, monkeypatch):
    catalog, known = kinds_shop
    ids, rows = known.product_ids, known.matrix
    # The first has five products, the second the last four of these and six more.
    parts = {"few": slice(0, 5), "others": slice(1, 11)}

    def opened(home, catalog, name):
        return CatalogEmbedding(name, "v1", ids[parts[name]], rows[parts[name]])

    monkeypatch.setattr(embedding_comparison, "open_embedding", opened)
    found = compare_embeddings(home, catalog, ["few", "others"], k=10)
    assert [(each["products"], each["left_out"]) for each in found.embeddings] == [(5, 1), (10, 6)]
    # Of four products each has three others: ten neighbors cannot be.
    assert (found.products, found.k, found.asked_k) == (4, 3, 10)
    assert stored_comparison(home, catalog, ["few", "others"], by=found.by, k=10) == found


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("attribute:nosuch", "no product has the attribute 'nosuch': the attributes are size"),
        ("category:3", "no category has 3 levels: category:3 must be at most category:2"),
    ],
)
def test_what_no_product_has_is_refused(home, kinds_shop, two_embeddings, by, message):
    with pytest.raises(SettingsError, match=message):
        compare_embeddings(home, kinds_shop[0], ["kinds"], by=["category", by])
