"""The Storefront on a small catalog without an embedding, and on the demo."""

import shutil

import pytest
from PIL import Image

from core.catalog.catalogs import find_catalog
from core.catalog.histories import find_history, list_histories, read_history
from core.catalog.log import undo
from core.catalog.recorded_history import RECORDED
from core.home import open_home
from core.recommend.added_picture import embed_added
from core.recommend.complements_pairs import read_pairs, set_pair
from core.recommend.index import open_index
from core.recommend.unknown_product import NewProduct, add_product, identify_picture
from tests.catalog.store import small_catalog
from tests.home_copies import copy_database
from tests.pages.conftest import broken, words


@pytest.fixture
def shop(demo_home, tmp_path):
    """A copy of the demo's database and embedding, to shop in; pictures are the demo's own."""
    root = tmp_path / "shop"
    root.mkdir()
    copy_database(demo_home.root, root)
    for name in ("home.json", "embeddings", "runs"):
        source = demo_home.root / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    for name in ("features", "palettes", "thumbnails", "pictures", "cache", "colors"):
        if (demo_home.root / name).exists():
            (shutil.copytree if name in ("features", "palettes") else _link)(demo_home.root / name, root / name)
    return open_home(root)


def _link(source, target):
    target.symlink_to(source)


def test_a_catalog_without_an_embedding_offers_one_and_shelves_stay_open(home, open_page):
    small_catalog(home)
    app = open_page(home, "storefront")
    assert broken(app) == [] and "compares embeddings" in words(app)
    app = open_page(home, "storefront", "shelf=Kitchen")
    assert broken(app) == [] and "2 products" in words(app)  # both mugs, none of Kitchenware
    app = open_page(home, "storefront", "shop=setup")
    assert broken(app) == [] and "no histories yet" in words(app)


def test_shopping_as_a_known_user_and_recording(shop, open_page):
    catalog = find_catalog(shop, "demo")
    app = open_page(shop, "storefront", "catalog=demo&persona=U001")
    assert broken(app) == []
    for title in ("Recently viewed", "Recommended for you", "Your wish-list", "Shop by category"):
        assert title in words(app)
    app = open_page(shop, "storefront", "catalog=demo&persona=U001&item=D0129")
    assert broken(app) == []
    for title in ("Goes well with it", "More like this"):
        assert title in words(app)
    app.button("wish").click().run()
    assert broken(app) == []
    recorded = read_history(shop, find_history(shop, catalog, RECORDED).history_id)
    assert [(each.user, each.product_id, each.event) for each in recorded] == [
        ("U001", "D0129", "view"),
        ("U001", "D0129", "wish"),
    ]


def test_hostile_addresses_give_words(shop, open_page):
    for query in ("item=%3Cb%3E", "shelf=%2A%2Anope", "persona=" + "x" * 900, "shop=nowhere", "page=-3&shelf=Bags"):
        app = open_page(shop, "storefront", f"catalog=demo&{query}")
        assert broken(app) == [], query


def test_pairs_are_said_on_the_page_and_undone(shop, open_page):
    catalog = find_catalog(shop, "demo")
    app = open_page(shop, "storefront", "catalog=demo&shop=setup")
    assert broken(app) == [] and "What goes with what" in words(app)
    app.selectbox("pair_category").set_value("Clothing > Shirts").run()
    app.selectbox("pair_other").set_value("Shoes > Boots").run()
    app.button("pair_save").click().run()
    assert broken(app) == []
    assert read_pairs(shop, catalog).partners("Clothing > Shirts") == ("Shoes > Boots",)
    said = set_pair(shop, catalog, "Shoes > Boots", "Clothing > Shirts", says="never", actor="ann")
    assert said.forbids("Clothing > Shirts", "Shoes > Boots") and not said.together


def test_histories_are_listed_and_taken_away_with_undo(shop, open_page):
    catalog = find_catalog(shop, "demo")
    app = open_page(shop, "storefront", "catalog=demo&shop=setup")
    taken = next(each for each in app.selectbox if each.label == "Take away")
    taken.set_value("shoppers").run()
    app.button("delete_history").click().run()
    assert broken(app) == [] and list_histories(shop, catalog) == []
    app.button("undo_history").click().run()
    assert find_history(shop, catalog, "shoppers").users == 400


def test_an_unknown_product_is_named_added_found_and_taken_back(shop, tmp_path):
    catalog = find_catalog(shop, "demo")
    index = open_index(shop, catalog)
    known = next((shop.pictures).glob("*/*"))
    Image.open(known).convert("RGB").rotate(4, fillcolor="white").save(tmp_path / "new.png")
    data = (tmp_path / "new.png").read_bytes()
    bags = {each: "bags" for row, each in enumerate(index.product_ids) if "Bags" in (index.category_of(row) or "")}
    found = identify_picture(shop, catalog, index, data, k=3, cluster_of=bags)
    assert abs(sum(each["probability"] for each in found["labels"])) <= 1.001 and found["labels"]
    assert len(found["matches"]) == 3 and found["place"]["category"] in index.category.paths
    assert found["cluster"] is None or found["cluster"]["name"] == "bags"
    added = add_product(
        shop, catalog, data, NewProduct("=1+1 <b>", found["place"]["category"], 990, "EUR"), actor="ann"
    )
    now = find_catalog(shop, "demo")
    assert embed_added(shop, now, data) == []
    later = identify_picture(shop, now, open_index(shop, now), data, k=1)
    assert later["matches"][0]["product_id"] == added.product_id  # it finds itself
    undo(shop, added.event_id, actor="ann")
    assert find_catalog(shop, "demo").products == catalog.products
