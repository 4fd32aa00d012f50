"""Clusters: found, counted, named, kept; and what degenerate catalogs get."""

import json

import numpy as np
import pandas as pd
import pytest

from core.errors import Cancelled, CatalogError, SettingsError
from core.explore.catalog_maps import latest_map
from core.explore.cluster_count import count_doubts, recommend_count, silhouette
from core.explore.cluster_labels import by_size, density_labels, kmeans_labels, medoids
from core.explore.cluster_names import name_clusters, standing_out
from core.explore.cluster_settings import ClusterSettings
from core.explore.cluster_table import cross_table, cutting_clusters
from core.explore.clusters import make_clusters
from core.explore.kept_clusters import is_current, latest_clusters
from core.explore.maps import make_map
from core.explore.neighbors import as_unit_rows
from core.explore.projections import principal_axes
from core.progress import SilentProgress
from tests.explore.conftest import make_kinds_shop


def test_three_kinds_are_found_named_and_kept(home, kinds_shop):
    catalog, embedding = kinds_shop
    found = make_clusters(home, catalog, actor="ada")
    assert found.count["recommended"] == 3, "three groups far apart have the best silhouette"
    assert (found.count["low"], found.count["high"]) == (3, 3), "and every resample says so"
    # Twenty products each; the name is what all of a cluster and none of the others say, the category first.
    assert {each["products"] for each in found.clusters} == {20}
    assert {each["name"].split(", ")[0] for each in found.clusters} == {"Shirts", "Dresses", "Lamps"}
    [shirts] = [each for each in found.clusters if each["name"].startswith("Shirts")]
    assert "blue" in shirts["name"] and not shirts["cuts_across"]
    assert shirts["medoid"] in {f"p{number}" for number in range(0, 60, 3)}
    assert {term["kind"] for term in shirts["terms"]} <= {"category", "color", "title"}, "sizes are everywhere alike"
    again = latest_clusters(home, catalog)
    assert again.version == found.version and is_current(home, catalog, again)
    pd.testing.assert_frame_equal(again.labels, found.labels)
    json.dumps(found.to_json())
    embedding.version = "v000002"
    assert not is_current(home, catalog, again)


def test_a_given_number_and_a_seed_give_the_same_clusters(home, kinds_shop):
    catalog, _ = kinds_shop
    first = make_clusters(home, catalog, settings=ClusterSettings(k=4, seed=1), actor="ada")
    rows = make_clusters(home, catalog, settings=ClusterSettings(k=4, seed=1), actor="ada")
    assert first.labels.equals(rows.labels) and first.count is None
    assert first.labels["cluster"].nunique() == 4


def test_density_leaves_the_number_open(home, kinds_shop):
    catalog, _ = kinds_shop
    found = make_clusters(home, catalog, settings=ClusterSettings("density", least_products=8), actor="ada")
    assert len(found.clusters) == 3
    assert found.names[-1] == "no cluster"


def test_density_groups_the_latest_map_and_leaves_it_the_latest(home, kinds_shop):
    catalog, embedding = kinds_shop
    by_density = ClusterSettings("density", least_products=8)
    make_map(home, catalog, settings={"epochs": 30}, actor="ada")
    make_map(home, catalog, settings={"neighbors": 20, "epochs": 30}, seed=5, actor="ada")
    found = make_clusters(home, catalog, settings=by_density, actor="ada")
    assert found.grouped_on == {"settings": {"neighbors": 20, "min_distance": 0.1, "epochs": 30}, "seed": 5}
    drawn = latest_map(home, catalog)
    assert (drawn.settings["neighbors"], drawn.seed) == (20, 5), "an aid must not take the place of the visitor's map"
    # A map that is behind is drawn anew as it was, and is the latest of the new embedding.
    embedding.version = "v000002"
    assert not is_current(home, catalog, found)
    make_clusters(home, catalog, settings=by_density, actor="ada")
    drawn = latest_map(home, catalog)
    assert (drawn.settings["neighbors"], drawn.seed, drawn.embedding_version) == (20, 5, "v000002")
    assert is_current(home, catalog, latest_clusters(home, catalog))


def test_clusters_against_categories(home, kinds_shop):
    catalog, _ = kinds_shop
    found = make_clusters(home, catalog, settings=ClusterSettings(k=3), actor="ada")
    categories = pd.Series({f"p{place}": "AB"[place % 3 == 2] for place in range(60)})
    table = cross_table(found, categories)
    assert table.to_numpy().sum() == 60
    assert sorted(table["A"]) == [0, 20, 20], "two of the three kinds are A"
    assert found.agreement == pytest.approx(1), "each category is one cluster"
    assert cutting_clusters(found) == []
    halves = make_clusters(home, catalog, settings=ClusterSettings(k=1), actor="ada")
    [finding] = cutting_clusters(halves)
    # One cluster of three categories of a third each.
    assert finding["reason"].count("(33 %)") == 3


@pytest.mark.parametrize("count", [1, 2, 3, 15])
@pytest.mark.parametrize("method", ["kmeans", "density"])
def test_small_catalogs(home, monkeypatch, count, method):
    catalog, _ = make_kinds_shop(home, monkeypatch, count)
    found = make_clusters(home, catalog, settings=ClusterSettings(method), actor="ada")
    assert len(found.labels) == count
    assert sum(each["products"] for each in found.clusters) + found.to_json()["without_cluster"] == count


def test_equal_products_are_one_cluster(home, kinds_shop):
    catalog, embedding = kinds_shop
    embedding.matrix = np.repeat(embedding.matrix[:1], 60, axis=0)
    for settings in (ClusterSettings(), ClusterSettings(k=5), ClusterSettings("density")):
        assert [each["products"] for each in make_clusters(home, catalog, settings=settings, actor="a").clusters] == [
            60
        ]


def test_nan_is_refused_and_its_product_named(home, kinds_shop):
    catalog, embedding = kinds_shop
    embedding.matrix[7, 0] = np.nan
    with pytest.raises(CatalogError, match="product 'p7'"):
        make_clusters(home, catalog, actor="ada")


def test_a_cancel_leaves_nothing(home, kinds_shop):
    class Cancelling(SilentProgress):
        def report(self, done, total, message):
            raise Cancelled

    with pytest.raises(Cancelled):
        make_clusters(home, kinds_shop[0], actor="ada", progress=Cancelling())
    assert latest_clusters(home, kinds_shop[0]) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "ward"}, "clusters are made by kmeans or density, not by 'ward'"),
        ({"method": "density", "k": 3}, "leave out k"),
        ({"k": 0}, "k must be a whole number from 1 to 500: received 0"),
        ({"least_products": 5}, "least_products is for the method density"),
    ],
)
def test_wrong_settings_are_named(arguments, message):
    with pytest.raises(SettingsError, match=message):
        ClusterSettings(**arguments)


def test_silhouette_is_scikit_learns():
    from sklearn.metrics import silhouette_score

    random = np.random.default_rng(0)
    rows, labels = random.standard_normal((50, 3)), random.integers(0, 4, 50)
    labels[0] = 9  # a cluster of one product counts 0
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    assert silhouette(apart, labels) == pytest.approx(silhouette_score(apart, labels, metric="precomputed"), abs=1e-9)


def test_too_few_products_recommend_nothing():
    rows = np.eye(4, dtype=np.float32)
    assert recommend_count(rows, strata=np.zeros(4, int), seed=0, progress=SilentProgress()) is None


def recommended(rows):
    axes = principal_axes(as_unit_rows(rows.astype(np.float32)), min(32, rows.shape[1]))
    return recommend_count(axes, strata=np.zeros(len(rows), int), seed=0, progress=SilentProgress())


@pytest.mark.parametrize("dimensions", [8, 32])
def test_noise_recommends_nothing_in_particular(dimensions):
    found = recommended(np.random.default_rng(0).standard_normal((400, dimensions)))
    assert found.flat, "a normal cloud is no better than a normal cloud"
    said = count_doubts(found.to_json())
    assert f"at best {max(found.silhouette):.2f}" in said[0] and "better than another" in said[0]
    # In few dimensions, ever smaller pieces of a cloud have ever better silhouettes: the largest number wins.
    assert found.at_end == (found.high == 48) == ("That 48, the largest number tried," in said[-1])
    assert found.at_end or dimensions > 8


@pytest.mark.parametrize("groups", [2, 3, 10])
def test_clear_groups_leave_no_doubt(groups):
    random = np.random.default_rng(0)
    centers = np.linalg.qr(random.standard_normal((16, 16)))[0][:groups]
    found = recommended(centers[np.arange(300) % groups] + 0.05 * random.standard_normal((300, 16)))
    assert found.best_silhouette == groups, "each further cluster would cut a group in two"
    assert not found.flat and count_doubts(found.to_json()) == []


def test_a_larger_number_may_be_better_where_there_are_groups():
    random = np.random.default_rng(0)
    rows = random.standard_normal((60, 32))[np.arange(600) % 60] + 0.1 * random.standard_normal((600, 32))
    found = recommended(rows)
    assert (found.high, found.flat, found.at_end) == (48, False, True), "sixty groups are more than are tried"
    assert count_doubts(found.to_json()) == [
        "48 is the largest number that was tried: more clusters may fit better still."
    ]


def test_doubts_of_clusters_kept_before_there_were_doubts():
    assert count_doubts({"recommended": 3, "tried": [2, 3], "silhouette": [0.1, 0.2]}) == []


def test_labels_by_hand():
    assert by_size(np.array([5, 5, 2, -1, 2, 5])).tolist() == [0, 0, 1, -1, 1, 0]
    assert kmeans_labels(np.zeros((5, 2), np.float32), 3, seed=0).tolist() == [0] * 5
    # Of three directions at 0, 10 and 40 degrees the middle one is nearest to both others.
    angles = np.radians([0, 10, 40])
    assert medoids(np.stack([np.cos(angles), np.sin(angles)], axis=1), np.zeros(3, int)).tolist() == [1]


def test_a_sampled_density_gives_every_product_a_cluster(monkeypatch):
    monkeypatch.setattr("core.explore.cluster_labels._DENSITY_PRODUCTS", 100)
    random = np.random.default_rng(0)
    positions = random.normal(scale=0.1, size=(300, 2)) + (np.arange(300) % 2)[:, None] * 10
    labels = density_labels(positions, least_products=30, strata=np.zeros(300, int), seed=0, tell=lambda: None)
    clear = labels >= 0
    assert clear.mean() > 0.8
    assert all(len(set((np.arange(300) % 2)[labels == cluster])) == 1 for cluster in (0, 1))


def test_names_tell_equal_clusters_apart_and_what_is_everywhere_is_no_name():
    facts = pd.DataFrame(
        {"title": ["good"] * 6, "category": [None] * 6, "brand": [None] * 6, "color": [None] * 6, "attributes": None}
    )
    terms = standing_out(facts, np.array([0, 0, 0, 1, 1, 1]))
    assert terms == [[], []]
    assert name_clusters(terms, [None, None]) == ["Mixed", "Mixed (2)"]
    assert name_clusters(terms, ["Shirts", None]) == ["Shirts", "Mixed"]
