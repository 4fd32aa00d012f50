import numpy as np
import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.products import picture_table
from core.errors import BackboneError, Cancelled
from core.progress import SilentProgress
from core.vision import embed
from core.vision.embed import embed_catalog
from core.vision.embeddings import latest_embedding
from core.vision.encode import encode_pictures
from core.vision.feature_store import read_features
from core.vision.palettes import read_palettes
from tests.vision.drawing import add_products, drawn_picture, png_bytes


def run(home, catalog, **settings):
    return embed_catalog(home, catalog, actor="tests", progress=SilentProgress(), **settings)


def test_embeds_every_picture_once(ready_home, shop):
    first, second = run(ready_home, shop), run(ready_home, shop)

    # p0..p3 have one picture, p4 two; the second time all six are there already and nothing is run.
    assert (first.pictures, first.reused, first.engine, first.dimensions) == (6, 0, "openvino", 1280)
    assert (second.pictures, second.reused, second.engine) == (6, 6, None)
    assert first.version == second.version == "v000001"
    assert latest_embedding(ready_home, shop).product_ids == ["p0", "p1", "p2", "p3", "p4"]


def test_a_new_picture_costs_one_picture(ready_home, shop):
    run(ready_home, shop)
    add_products(ready_home, shop, {"p9": [png_bytes(drawn_picture(9))]})

    report = run(ready_home, find_catalog(ready_home, "shop"))

    assert (report.pictures, report.reused, report.version) == (7, 6, "v000002")
    assert latest_embedding(ready_home, shop).product_ids[-1] == "p9"


def test_a_damaged_picture_is_counted_and_named_and_the_others_are_embedded(ready_home, shop):
    table = picture_table(ready_home, shop)
    damaged = ready_home.picture_path(table["picture_hash"][1], table["extension"][1])
    damaged.write_bytes(damaged.read_bytes()[:60])

    report = run(ready_home, shop)

    assert report.unreadable == 1
    assert report.unreadable_examples[0].startswith(damaged.name)
    # Product p1 has no other picture, so it is not in the embedding.
    assert latest_embedding(ready_home, shop).product_ids == ["p0", "p2", "p3", "p4"]


def test_cancelling_keeps_what_is_finished(ready_home, shop, monkeypatch):
    monkeypatch.setattr(embed, "_REPORT_SECONDS", 0.0)

    class CancelAfterThree(SilentProgress):
        def report(self, done, total, message):
            if done == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        embed_catalog(ready_home, shop, actor="tests", progress=CancelAfterThree())
    assert latest_embedding(ready_home, shop) is None
    assert run(ready_home, shop).reused == 3


def test_colors_come_with_the_features_and_are_mended_when_lost(ready_home, shop):
    run(ready_home, shop)
    hashes = picture_table(ready_home, shop)["picture_hash"].tolist()
    bins, shares = read_palettes(ready_home, hashes)
    assert (shares[:, 0] > 0).all()
    for path in ready_home.palettes.rglob("*.npy"):
        path.unlink()

    report = run(ready_home, shop)

    assert report.reused == 6
    assert np.array_equal(read_palettes(ready_home, hashes)[0], bins)


def test_the_page_gets_the_features_that_embedding_found(ready_home, shop):
    run(ready_home, shop)
    table = picture_table(ready_home, shop)
    stored, known = read_features(ready_home, table["picture_hash"].tolist())
    pictures = [drawn_picture(number) for number in range(6)]

    found = encode_pictures(ready_home, pictures)

    assert known.all() and found.dtype == np.float32
    # float16 keeps eleven bits: half a unit in the last is 2^-11 of the value.
    assert np.allclose(found, stored, rtol=2**-11, atol=1e-5)
    assert encode_pictures(ready_home, []).shape == (0, 1280)


def test_embedding_again_mends_a_lost_cache(home, ready_home, shop):
    run(ready_home, shop)
    home.cache.unlink()  # a link to the cache of all tests, in these tests
    with pytest.raises(BackboneError, match="not prepared in this home yet"):
        encode_pictures(home, [drawn_picture(1)])

    assert run(home, shop).reused == 6
    assert encode_pictures(home, [drawn_picture(1)]).shape == (1, 1280)


@pytest.mark.parametrize("products", [0, 1, 2, 3])
def test_small_catalogs_work(ready_home, products):
    catalog = create_catalog(ready_home, "small", actor="tests")
    add_products(ready_home, catalog, {f"p{number}": [png_bytes(drawn_picture(number))] for number in range(products)})

    report = run(ready_home, catalog)

    assert (report.pictures, report.version is None) == (products, products == 0)
    embedding = latest_embedding(ready_home, catalog)
    if products:
        assert embedding.matrix.shape[0] == len(embedding.product_ids) == products
        assert np.allclose(np.linalg.norm(embedding.matrix, axis=1), 1, atol=1e-5)


def test_an_unknown_backbone_is_refused(ready_home, shop):
    with pytest.raises(BackboneError, match="there is no backbone 'mystery'"):
        run(ready_home, shop, backbone="mystery")


def test_a_backbone_without_weights_says_what_to_do(ready_home, shop, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    from core.vision.quiet_tensorflow import import_keras

    def offline(**_settings):
        raise Exception("no route to host")

    monkeypatch.setattr(import_keras().applications, "VGG16", offline)
    with pytest.raises(BackboneError, match=r"put the file vgg16_weights\w+\.h5 .* use backbone 'efficientnet-lite0'"):
        run(ready_home, shop, backbone="vgg16")
