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
def shop(home, monkeypatch):
    """Thirty products of three hostile categories, embedded as three groups."""
    catalog = create_catalog(home, "shop", actor="tests")
    random = np.random.default_rng(0)
    rows = np.eye(3, 8)[np.arange(30) % 3] + 0.05 * random.standard_normal((30, 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
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
    known = FakeEmbedding([f"p{place}" for place in range(30)], rows)
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


def test_an_empty_catalog_says_what_to_do(home, open_page):
    create_catalog(home, "empty", actor="tests")
    for view in ("Clusters", "Compare"):
        assert broken(open_page(home, "embeddings", f"show={view}")) == []
