"""Clusters and compared embeddings on the page Embeddings: offered, shown, and safe with hostile names."""

from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.products import product_table
from core.catalog.schema import products
from core.catalog.slices import read_slice
from core.errors import CatalogError
from core.explore import catalog_embeddings
from core.explore.cluster_settings import ClusterSettings
from core.explore.cluster_table import cell_products, cutting_clusters
from core.explore.clusters import make_clusters
from core.explore.distance_neighbors import neighbors_by_each
from core.explore.embedding_comparison import compare_embeddings
from core.explore.maps import make_map
from core.jobs import run_here
from core.ui import cluster_matrix
from tests.pages.conftest import broken, in_address, words
from tests.recommend.fake_embedding import FakeEmbedding

HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:b) **bold**"
NAME = "efficientnet-lite0"


@pytest.fixture
def known():
    """Thirty products embedded as three groups."""
    random = np.random.default_rng(0)
    rows = np.eye(3, 8)[np.arange(30) % 3] + 0.05 * random.standard_normal((30, 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return FakeEmbedding([f"p{place}" for place in range(30)], rows)


@pytest.fixture
def shop(home, known, monkeypatch):
    """Thirty products of three hostile categories."""
    catalog = create_catalog(home, "shop", actor="tests")
    none = ("brand", "description", "price_minor_units", "currency", "split")
    entered = [
        {
            "catalog_id": catalog.catalog_id,
            "product_id": f"p{place}",
            "position": place,
            "source_key": f"p{place}",
            "title": HOSTILE,
            "category": f"{HOSTILE} > kind {place % 3}",
            "color": ("red", "blue", "green")[place % 3],
            "attributes": {},
            "source_values": {},
        }
        | dict.fromkeys(none)
        for place in range(30)
    ]
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        filling.insert(products, entered)
    monkeypatch.setattr(catalog_embeddings, "latest_embedding", lambda home, catalog, backbone: known)
    folder = home.embeddings / str(catalog.catalog_id) / NAME
    folder.mkdir(parents=True)
    (folder / "current.json").write_text('{"version": "v000001"}')
    return find_catalog(home, "shop")


def test_a_job_that_failed_says_why_where_it_is_offered_again(home, open_page, shop, monkeypatch):
    wrong = {"catalog": "shop", "embedding": "colors", "method": "kmeans"}
    with pytest.raises(CatalogError, match="no main colors"):
        run_here(home, "clusters", wrong, actor="ann")
    app = open_page(home, "embeddings", "show=Clusters")
    assert "The last try failed" in words(app) and "has no main colors yet" in words(app)
    assert "Find clusters" in [button.label for button in app.button]
    monkeypatch.setattr(catalog_embeddings, "latest_embedding", lambda home, catalog, backbone: None)
    app = open_page(home, "embeddings", "show=Clusters")
    assert "Clusters need products with pictures." in words(app)
    assert "Find clusters" not in [button.label for button in app.button]


def test_clusters_are_offered_then_shown(home, open_page, shop):
    app = open_page(home, "embeddings", "show=Clusters")
    assert broken(app) == []
    assert "Find clusters" in [button.label for button in app.button]
    make_clusters(home, shop, settings=ClusterSettings(k=3), actor="ann")
    app = open_page(home, "embeddings", "show=Clusters")
    assert broken(app) == []
    assert "3 clusters of 30 products" in words(app)
    [choice] = [box for box in app.selectbox if box.label == "Cluster"]
    assert len(choice.options) == 3 and all("kind" in name for name in choice.options)
    assert "agreement with the categories 1.00 of 1" in words(app)


def mixed(home, shop):
    """One cluster of all thirty products, ten of each kind, and then three of a kind each, which are the latest."""
    one = make_clusters(home, shop, settings=ClusterSettings(k=1), actor="ann")
    return one, make_clusters(home, shop, settings=ClusterSettings(k=3), actor="ann")


def chosen(app, label):
    [box] = [box for box in app.selectbox if box.label == label]
    return box.value


def test_a_link_shows_the_same_clusters_and_what_is_in_a_cell(home, open_page, shop):
    one, three = mixed(home, shop)
    app = open_page(home, "embeddings", "show=Clusters")
    assert in_address(app, "grouping") == three.version, "the latest, which the address names from now on"
    kind = f"{HOSTILE} > kind 1"
    query = f"show=Clusters&grouping={one.version}&cluster=0&cluster_category={quote(kind)}&cluster_level=2"
    app = open_page(home, "embeddings", query + "&cluster_method=by+density")
    assert broken(app) == []
    assert chosen(app, "Grouping") == one.version and chosen(app, "Category") == kind
    assert "10 products" in words(app).splitlines(), "those of one kind of the one cluster"
    values = {control.label: control.value for control in app.segmented_control}
    assert (values["Level of the category"], values["Method"]) == (2, "by density")
    ids = cell_products(one, product_table(home, shop).set_index("product_id")["category"], cluster=0, column=kind)
    assert ids == [f"p{place}" for place in range(1, 30, 3)]


def test_noise_is_called_noise_and_a_finding_leads_to_its_products(home, open_page, shop, known):
    rows = np.random.default_rng(0).standard_normal((30, 8)).astype(np.float32)
    known.matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    found = make_clusters(home, shop, actor="ann")
    assert found.count["flat"]
    app = open_page(home, "embeddings", "show=Clusters")
    assert "These products do not fall into groups" in words(app)
    # Clusters of noise hold several of the three kinds: findings, of which the last is not the cluster shown at first.
    finding = cutting_clusters(found)[-1]
    assert finding["cluster"] > 0
    app.button(key=f"finding_{finding['cluster']}").click().run()
    assert broken(app) == []
    assert (chosen(app, "Cluster"), in_address(app, "cluster")) == (str(finding["cluster"]),) * 2
    assert f"{finding['products']} products" in words(app).splitlines()


@pytest.mark.parametrize(
    "query",
    [
        "grouping=kmeans-0000&cluster=99&cluster_category=none&cluster_level=7&cluster_method=ward",
        "grouping=../../x&cluster=%3Cscript%3E&cluster_category=&cluster_level=nan",
    ],
)
def test_odd_values_in_a_link_show_the_latest_clusters(home, open_page, shop, query):
    _, three = mixed(home, shop)
    app = open_page(home, "embeddings", f"show=Clusters&{query}")
    assert broken(app) == []
    assert chosen(app, "Grouping") == three.version
    assert (chosen(app, "Cluster"), chosen(app, "Category")) == ("0", "any category")
    assert {control.value for control in app.segmented_control} == {"Clusters", 1, "k-means"}


def test_a_cluster_becomes_a_slice_goes_to_review_and_onto_the_map(home, open_page, shop):
    one, _ = mixed(home, shop)
    make_map(home, shop, method="umap", actor="ann")
    kind = f"{HOSTILE} > kind 2"
    query = f"show=Clusters&grouping={one.version}&cluster_category={quote(kind)}&cluster_level=2"
    app = open_page(home, "embeddings", query)
    [name] = [box for box in app.text_input if box.label == "Name"]
    name.set_value("third")
    [save] = [button for button in app.button if button.label == "Save"]
    save.click().run()
    assert broken(app) == []
    assert sorted(read_slice(home, shop, "third").product_ids) == sorted(f"p{place}" for place in range(2, 30, 3))
    [send] = [button for button in app.button if button.label == "Send"]
    send.click().run()
    assert broken(app) == []
    assert "Sent 10 products to review." in [toast.value for toast in app.toast]
    [show] = [button for button in app.button if button.label == "Show on the map"]
    show.click().run()
    assert broken(app) == []
    assert in_address(app, "members") == f"{one.version}.0"
    assert "30 products selected" in words(app), "the whole cluster"
    app = open_page(home, "embeddings", "members=kmeans-gone.0")
    assert "not kept any more" in words(app) and "selected" not in words(app)


def test_a_click_on_a_square_chooses_its_cell(monkeypatch):
    table = pd.DataFrame({"A": [3, 1], "B": [0, 2]}, index=[0, 4])
    monkeypatch.setattr(st, "query_params", {})
    cluster_matrix._follow_click(table, 1, 0)
    assert st.query_params == {"cluster": "4", "cluster_category": "A"}
    assert cluster_matrix._marked(table) == (1, 0), "and the square is framed"
    cluster_matrix._follow_click(table, 7, 0)  # of a table that has been replaced meanwhile
    assert st.query_params["cluster"] == "4"


def test_comparing_is_offered_then_shown(home, open_page, shop):
    app = open_page(home, "embeddings", "show=Compare")
    assert broken(app) == []
    assert "has no main colors yet" in words(app), "without a picture there are none to compare"
    [chosen] = [box for box in app.multiselect if box.label == "Embeddings"]
    chosen.set_value([NAME]).run()
    assert "Compare" in [button.label for button in app.button]
    compare_embeddings(home, shop, [NAME], by=["category", "color"])
    app.run()
    assert broken(app) == []
    assert "30 of 30 products, each asked for its 10 nearest among all." in words(app)
    [table] = [frame.value for frame in app.dataframe]
    assert table["Precision, category"].tolist() == [pytest.approx(90)], "nine others of a kind among the nearest ten"
    assert table["95 %, category"].tolist() == ["90.0 to 90.0 %"], "every product has the same nine: no doubt is left"
    assert "Compared are" not in words(app), "each product of the catalog is in it"


def test_a_comparison_goes_when_its_embedding_is_made_anew(home, open_page, shop, known):
    compare_embeddings(home, shop, [NAME], by=["category", "color"])
    app = open_page(home, "embeddings", "show=Compare")
    [chosen] = [box for box in app.multiselect if box.label == "Embeddings"]
    chosen.set_value([NAME]).run()
    assert len(app.dataframe) == 1
    known.version = "v000002"
    app.run()
    assert len(app.dataframe) == 0 and "Compare" in [button.label for button in app.button]


def test_a_comparison_says_which_products_it_leaves_out_and_how_sure_it_is(home, open_page, shop, known):
    # Ten products were not embedded; of the others, product 0 lies where category 1 does.
    known.product_ids, known.matrix = known.product_ids[:20], known.matrix[:20].copy()
    known.matrix[0] = known.matrix[1]
    found = compare_embeddings(home, shop, [NAME], by=["category", "color"])
    precision = found.embeddings[0]["precision"]["category"]
    app = open_page(home, "embeddings", "show=Compare")
    [chosen] = [box for box in app.multiselect if box.label == "Embeddings"]
    chosen.set_value([NAME]).run()
    assert "Compared are 20 of the catalog's 30 products" in words(app)
    low, high = 100 * precision["low"], 100 * precision["high"]
    assert high - low > 1
    assert app.dataframe[0].value["95 %, category"].tolist() == [f"{low:.1f} to {high:.1f} %"]


def test_a_product_s_nearest_by_three_distances(home, open_page, shop, known):
    app = open_page(home, "embeddings", "show=Compare")
    assert "Search a product" in [box.label for box in app.text_input]
    app = open_page(home, "embeddings", "show=Compare&near=p4")
    assert broken(app) == []
    # Rows of length 1: the Euclidean order is the cosine's.
    assert "Euclidean, on the rows as they are · 10 of 10 are nearest by cosine too" in words(app)
    each = neighbors_by_each(home, shop, "p4", k=10, embedding_name=NAME)
    shared = round(10 * each["mahalanobis"].shared_with_cosine)
    assert f"differ along it · {shared} of 10 are nearest by cosine too" in words(app)
    # An embedding that is made anew has other neighbors: axes of very different spread, which Mahalanobis levels.
    rows = np.random.default_rng(1).standard_normal((30, 8)) * np.geomspace(8, 0.1, 8)
    known.matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    known.version = "v000002"
    app.run()
    again = round(10 * neighbors_by_each(home, shop, "p4", k=10, embedding_name=NAME)["mahalanobis"].shared_with_cosine)
    assert again != shared and f"differ along it · {again} of 10" in words(app)
    [another] = [button for button in app.button if button.label == "Pick another"]
    another.click().run()
    assert "Search a product" in [box.label for box in app.text_input]


def test_the_product_of_a_link_is_asked_about_and_an_unknown_one_is_not(home, open_page, shop):
    app = open_page(home, "embeddings", "show=Compare&product=p7")
    assert broken(app) == []
    assert in_address(app, "near") == "p7" and "are nearest by cosine too" in words(app)
    app = open_page(home, "embeddings", "show=Compare&near=%3Cscript%3E&embedding=nothing")
    assert broken(app) == [] and "are nearest by cosine too" not in words(app)


def test_an_empty_catalog_says_what_to_do(home, open_page):
    create_catalog(home, "empty", actor="tests")
    for view in ("Clusters", "Compare"):
        assert broken(open_page(home, "embeddings", f"show={view}")) == []
