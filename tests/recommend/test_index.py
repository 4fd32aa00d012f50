"""The index: joined with the catalog as it is now, whatever changed since the embedding."""

import numpy as np
import pytest
from PIL import Image

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import pictures, product_pictures, products
from core.errors import CatalogError, PictureError, SettingsError
from core.recommend import index as index_module
from core.recommend import similar as similar_module
from core.recommend.index import open_index
from core.recommend.similar import similar
from core.recommend.weights import RankWeights
from core.vision.palettes import BIN_RGB
from tests.recommend.fake_embedding import FakeEmbedding

ROWS = [
    ("red mug", "Kitchen > Mugs", 900, "EUR", True),
    ("blue mug", "Kitchen > Mugs", 1250, "EUR", True),
    ("vase", "Kitchen > Vases", 4000, "INR", True),
    ("ghost", "Kitchen > Mugs", 1000, "EUR", False),
    ("plate", None, None, None, True),
]


@pytest.fixture
def shop(home):
    """Five products; the fourth has no picture."""
    catalog = create_catalog(home, "shop", actor="tests")
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        own = {"catalog_id": catalog.catalog_id}
        empty = {
            "brand": None,
            "color": None,
            "description": None,
            "split": None,
            "attributes": {},
            "source_values": {},
        }
        filling.insert(
            products,
            [
                own
                | empty
                | {"product_id": name, "title": name, "source_key": name, "position": position, "category": category}
                | {"price_minor_units": price, "currency": currency}
                for position, (name, category, price, currency, _) in enumerate(ROWS)
            ],
        )
        pictured = [name for name, *_, picture in ROWS if picture]
        facts = {"extension": "jpg", "format": "JPEG", "width_px": 9, "height_px": 9, "bytes": 99}
        hashes = {name: f"{place:064x}" for place, name in enumerate(pictured)}
        filling.connection.execute(pictures.insert(), [{"picture_hash": key, **facts} for key in hashes.values()])
        filling.insert(
            product_pictures,
            [
                own | {"product_id": name, "position": 0, "picture_hash": key, "source_name": f"{name}.jpg"}
                for name, key in hashes.items()
            ],
        )
    return find_catalog(home, "shop")


@pytest.fixture
def embedded(monkeypatch):
    """Install an embedding of the named products: unit vectors along the axes; palettes of one color each."""

    def install(product_ids):
        embedding = FakeEmbedding(list(product_ids), np.eye(len(product_ids), 6, dtype=np.float32))
        monkeypatch.setattr(index_module, "latest_embedding", lambda home, catalog, backbone: embedding)
        return embedding

    def palettes(home, picture_hashes):
        bins, shares = np.zeros((len(picture_hashes), 5), np.uint16), np.zeros((len(picture_hashes), 5), np.float32)
        bins[:, 0], shares[:, 0] = [int(key, 16) * 100 for key in picture_hashes], 1
        return bins, shares

    monkeypatch.setattr(index_module, "read_palettes", palettes)
    return install


def test_an_up_to_date_embedding_is_read_in_place(home, shop, embedded):
    embedding = embedded(["red mug", "blue mug", "vase", "plate"])
    index = open_index(home, shop)
    assert index.product_ids == ("red mug", "blue mug", "vase", "plate")
    assert np.shares_memory(index.embeddings, embedding.matrix)
    assert (index.not_embedded, index.without_picture, index.stale) == (0, 1, False)
    assert (index.catalog_version, index.embedding_version) == (shop.version, "v000001")
    assert index.prices_minor_units == (900, 1250, 4000, None)
    assert [index.category_of(row) for row in range(4)] == ["Kitchen > Mugs"] * 2 + ["Kitchen > Vases", None]


def test_products_added_since_are_counted_and_deleted_ones_left_out(home, shop, embedded):
    # "teapot" was deleted since, "plate" was added since; rows were embedded in another order.
    embedded(["vase", "teapot", "red mug", "blue mug"])
    index = open_index(home, shop)
    assert index.product_ids == ("red mug", "blue mug", "vase")
    assert index.embeddings.argmax(axis=1).tolist() == [2, 3, 0]
    assert index.palettes.bins[0].tolist() == [0, 100, 200]
    assert (index.not_embedded, index.stale) == (1, True)


def test_a_product_whose_pictures_are_gone_is_left_out(home, shop, embedded):
    embedded(["red mug", "ghost"])
    assert open_index(home, shop).product_ids == ("red mug",)


def test_without_an_embedding_the_way_out_is_named(home, shop, monkeypatch):
    monkeypatch.setattr(index_module, "latest_embedding", lambda home, catalog, backbone: None)
    with pytest.raises(CatalogError, match=r"catalog 'shop' has no efficientnet-lite0 embedding yet: .*`embed shop"):
        open_index(home, shop)


def test_similar_to_a_product_as_the_command_line_prints_it(home, shop, embedded):
    embedded(["red mug", "blue mug", "vase", "plate"])
    found = similar(home, shop, product_id="red mug", k=2, weights=RankWeights(visual=1, color=0, price=1, category=1))
    # All embeddings are at right angles: visual 0. Prices of the mugs are 900, 1000 (the one without a picture is
    # not embedded, so not counted) and 1250: 30, 65 and 90 % of (900, 1250) are 1005, 1127.5 and 1215, levels 1 and 4.
    # blue mug: (0 + 0 + 1) / 3; vase: rupees, so (0 + 1/2) / 2; plate has neither price nor category: 0.
    assert found["query"] == "red mug"
    assert [(match["product_id"], match["score"]) for match in found["matches"]] == [
        ("blue mug", pytest.approx(1 / 3, abs=1e-6)),
        ("vase", 0.25),
    ]
    assert found["matches"][0] == {
        "product_id": "blue mug",
        "score": pytest.approx(1 / 3, abs=1e-6),
        "parts": {"visual": 0.0, "color": pytest.approx(0, abs=0.1), "price": 0.0, "category": 1.0},
        "price": 12.5,
        "currency": "EUR",
        "category": "Kitchen > Mugs",
    }
    assert found["matches"][1]["parts"]["price"] is None
    assert found["milliseconds"] >= 0


def test_similar_to_a_picture(home, shop, embedded, monkeypatch, tmp_path):
    embedded(["red mug", "blue mug", "vase", "plate"])
    file = tmp_path / "upload.png"
    Image.new("RGB", (40, 40), tuple(int(level) for level in BIN_RGB[300])).save(file)
    features = np.array([[0, 0, 3, 4, 0, 0, 9]], np.float32)  # 0.6 towards "vase", 0.8 towards "plate"
    monkeypatch.setattr(similar_module, "encode_pictures", lambda home, pictures, backbone: features)
    found = similar(home, shop, picture=file, k=2, weights=RankWeights(visual=1, color=0, price=0, category=0))
    assert found["query"] == str(file)
    assert [(match["product_id"], match["score"]) for match in found["matches"]] == [("plate", 0.8), ("vase", 0.6)]
    colored = similar(home, shop, picture=file, k=1, weights=RankWeights(visual=0, color=1, price=0, category=0))
    assert colored["matches"][0]["product_id"] == "plate", "its palette is bin 300, the color of the picture"
    assert colored["matches"][0]["parts"]["category"] is None


def test_similar_needs_exactly_one_start(home, shop, tmp_path):
    with pytest.raises(SettingsError, match="received neither"):
        similar(home, shop)
    with pytest.raises(SettingsError, match="received both"):
        similar(home, shop, product_id="vase", picture=tmp_path / "vase.jpg")


def test_a_file_that_is_no_picture_is_refused(home, shop, embedded, tmp_path):
    embedded(["red mug"])
    file = tmp_path / "upload.png"
    file.write_text("not a picture")
    with pytest.raises(PictureError):
        similar(home, shop, picture=file)
