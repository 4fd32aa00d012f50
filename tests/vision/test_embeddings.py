import hashlib

import numpy as np
import pytest

from core.catalog import schema
from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.log import change
from core.vision import embeddings
from core.vision.embeddings import build_embedding, latest_embedding
from core.vision.feature_store import feature_shards


def fill(home, catalog, numbers, *, pictures_each=1) -> None:
    """Products p<number> with made-up pictures, and features drawn from their hashes."""
    with change(home, actor="tests", kind="import", summary="test", catalog_id=catalog.catalog_id) as adding:
        for number in numbers:
            values = {"attributes": {}, "source_values": {}, "source_key": f"p{number}", "title": "t"}
            key = {"catalog_id": catalog.catalog_id, "product_id": f"p{number}"}
            adding.insert(schema.products, [{**key, **values, "position": number}])
            for position in range(pictures_each):
                name = picture_hash(number, position)
                picture = {"extension": "png", "format": "PNG", "width_px": 9, "height_px": 9, "bytes": 9}
                adding.insert(schema.pictures, [{"picture_hash": name, **picture}])
                link = {**key, "position": position, "picture_hash": name, "source_name": name}
                adding.insert(schema.product_pictures, [link])
                feature_shards(home).append([name], features(number, position)[None])


def picture_hash(number: int, position: int = 0) -> str:
    return hashlib.sha256(f"{number}-{position}".encode()).hexdigest()


def features(number: int, position: int = 0) -> np.ndarray:
    return np.random.default_rng([number, position]).uniform(0, 6, 1280).astype(np.float32)


@pytest.fixture
def catalog(home):
    return create_catalog(home, "shop", actor="tests")


def test_there_is_none_before_anything_is_embedded(home, catalog):
    assert latest_embedding(home, catalog) is None
    assert build_embedding(home, catalog) is None


def test_a_product_is_the_mean_of_its_pictures(home, catalog):
    fill(home, catalog, range(3), pictures_each=2)

    built = build_embedding(home, catalog)

    assert built.matrix.dtype == np.float32 and isinstance(built.matrix, np.memmap)
    for row, number in zip(built.matrix, range(3), strict=True):
        both = built.project(np.stack([features(number, 0), features(number, 1)]).astype(np.float16))
        expected = both.sum(axis=0) / np.linalg.norm(both.sum(axis=0))
        assert np.allclose(row, expected, atol=1e-5)


def test_products_without_features_are_left_out_in_position_order(home, catalog):
    fill(home, catalog, [2, 0, 1])
    with change(home, actor="tests", kind="import", summary="test", catalog_id=catalog.catalog_id) as adding:
        values = {"attributes": {}, "source_values": {}, "source_key": "bare", "title": "t", "position": 9}
        adding.insert(schema.products, [{"catalog_id": catalog.catalog_id, "product_id": "bare", **values}])
    assert build_embedding(home, catalog).product_ids == ["p0", "p1", "p2"]


def test_adding_products_keeps_the_rows_of_the_others_until_the_catalog_doubles(home, catalog):
    fill(home, catalog, range(10))
    first = build_embedding(home, catalog)
    fill(home, catalog, range(10, 20))
    second = build_embedding(home, catalog)
    assert second.version == "v000002" and second.manifest["pca"] == first.manifest["pca"]
    # Apart from roundings: a product of matrices adds up in another order where there are more rows.
    assert np.abs(second.matrix[:10] - first.matrix).max() < 1e-6

    # One more than twice the ten that the components were fitted on.
    fill(home, catalog, [20])
    third = build_embedding(home, catalog)
    assert third.manifest["pca"] != first.manifest["pca"]
    assert third.manifest["pca_fitted_pictures"] == 21


def test_nothing_new_makes_no_version_but_refitting_does(home, catalog):
    fill(home, catalog, range(70))
    assert build_embedding(home, catalog).version == "v000001"
    assert build_embedding(home, catalog).version == "v000001"
    fill(home, catalog, range(70, 75))
    kept = build_embedding(home, catalog)
    assert (kept.version, kept.manifest["pca_fitted_pictures"]) == ("v000002", 70)
    refitted = build_embedding(home, catalog, refit=True)
    assert (refitted.version, refitted.manifest["pca_fitted_pictures"]) == ("v000003", 75)


def test_fits_on_a_seeded_sample_of_a_large_catalog(home, catalog, monkeypatch):
    monkeypatch.setattr(embeddings, "FIT_SAMPLE_PICTURES", 20)
    fill(home, catalog, range(50))
    built = build_embedding(home, catalog)
    assert built.manifest["pca_fitted_pictures"] == 20
    assert built.matrix.shape == (50, 20)
    assert build_embedding(home, catalog, refit=True).manifest["pca"] == built.manifest["pca"]


def test_keeps_the_last_three_versions_and_the_reader_of_an_old_one_keeps_its_rows(home, catalog):
    fill(home, catalog, [0, 1])
    oldest = build_embedding(home, catalog)
    rows = np.array(oldest.matrix)
    for number in range(2, 6):
        fill(home, catalog, [number])
        build_embedding(home, catalog)
    folders = sorted(path.name for path in oldest.folder.parent.iterdir() if path.is_dir())
    assert folders == ["v000003", "v000004", "v000005"]
    assert latest_embedding(home, catalog).version == "v000005"
    assert np.array_equal(oldest.matrix, rows)  # already mapped: stays until the reader lets go


def test_the_manifest_says_where_it_comes_from(home, catalog):
    fill(home, catalog, range(3))
    manifest = build_embedding(home, find_catalog(home, "shop")).manifest
    assert manifest["backbone"] == "efficientnet-lite0"
    assert manifest["weights_hash"].startswith("579344248a93")
    assert manifest["settings"]["picture_fit"] == "pad"
    assert (manifest["products"], manifest["pictures"], manifest["dimensions"]) == (3, 3, 3)
    assert manifest["catalog_version"] == find_catalog(home, "shop").version


def test_a_write_that_fails_leaves_the_version_before(home, catalog, monkeypatch):
    fill(home, catalog, range(3))
    before = build_embedding(home, catalog)
    fill(home, catalog, [3])

    def full(path, value):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embeddings, "write_json_whole", full)
    with pytest.raises(OSError, match="No space left"):
        build_embedding(home, catalog)
    assert latest_embedding(home, catalog).version == before.version
    assert [path.name for path in before.folder.parent.iterdir() if path.is_dir()] == ["v000001"]
