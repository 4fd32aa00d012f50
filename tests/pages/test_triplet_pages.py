"""A triplet run on the pages: before and after on Evaluate, and its embedding to choose where look-alikes are shown."""

import pytest

from core.catalog.catalogs import find_catalog
from core.explore.maps import make_map
from core.progress import SilentProgress
from core.vision.embed import embed_catalog
from tests.models.planted_triplet import plant_triplet_run
from tests.pages.conftest import broken, in_address, words

HOSTILE = ("<img src=x onerror=alert(1)>", "[a](javascript:b) **bold**", "$x$ ![p](http://evil.example/p.png)")


@pytest.fixture
def run_id(home, monkeypatch):
    return plant_triplet_run(home, monkeypatch, labels=HOSTILE)


def embed(home, run_id):
    catalog = find_catalog(home, "shop")
    embed_catalog(home, catalog, backbone=run_id, actor="ann", progress=SilentProgress())
    return catalog


def test_before_the_catalog_is_embedded_that_is_offered(home, open_page, run_id):
    app = open_page(home, "evaluate", f"run={run_id}")
    assert broken(app) == []
    assert "is to be embedded with this run first" in words(app)
    assert "Embed 60 pictures" in [button.label for button in app.button]


def test_evaluate_shows_before_after_and_both_maps(home, open_page, run_id):
    catalog = embed(home, run_id)
    app = open_page(home, "evaluate", f"run={run_id}")
    assert broken(app) == []
    shown = {metric.label: metric.value for metric in app.metric}
    before, after = (float(shown[f"{name} (P@10)"].rstrip(" %")) for name in ("Before", "After"))
    assert after > before
    assert shown["Gain (P@10)"].startswith("+")
    assert "Draw both maps" in [button.label for button in app.button]
    for backbone in ("efficientnet-lite0", run_id):
        make_map(home, catalog, method="pca", backbone=backbone, actor="ann")
    app = open_page(home, "evaluate", f"run={run_id}")
    assert broken(app) == []
    assert "After: this run" in words(app)
    assert "Draw both maps" not in [button.label for button in app.button]


@pytest.mark.parametrize("page", ["embeddings", "recommend"])
def test_its_embedding_can_be_chosen(home, open_page, run_id, page):
    catalog = embed(home, run_id)
    make_map(home, catalog, method="pca", backbone=run_id, actor="ann")
    app = open_page(home, page, f"embedding={run_id}&method=PCA")
    assert broken(app) == []
    assert in_address(app, "embedding") == run_id
    [choice] = [box for box in app.selectbox if box.label == "Embedding"]
    assert choice.options[0] == "EfficientNet-Lite0, as it came"
    assert "Triplet embedding on shop · triplet" in choice.options[1]
    if page == "embeddings":
        assert "Hover for the picture" in words(app)  # the map of this embedding, not an offer to draw one


def test_an_embedding_that_is_gone_leads_to_the_first(home, open_page, run_id):
    app = open_page(home, "recommend", "embedding=triplet-20200101-000000-0000")
    assert broken(app) == []
    assert in_address(app, "embedding") == "efficientnet-lite0"
