"""Clusters and compared embeddings on the page Embeddings: offered, shown, and safe with hostile names."""

import numpy as np
import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import products
from core.explore import catalog_embeddings
from core.explore.cluster_settings import ClusterSettings
from core.explore.clusters import make_clusters
from core.explore.embedding_comparison import compare_embeddings
from tests.pages.conftest import broken, words
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


def test_an_empty_catalog_says_what_to_do(home, open_page):
    create_catalog(home, "empty", actor="tests")
    for view in ("Clusters", "Compare"):
        assert broken(open_page(home, "embeddings", f"show={view}")) == []
