"""Visual words: counting them, fitting them, keeping them, and all that follows taking their features."""

import io
import zipfile

import cv2
import numpy as np
import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.errors import BackboneError, Cancelled, SettingsError
from core.progress import SilentProgress
from core.vision.backbones import backbone_state, find_backbone, find_weights, weights_hash
from core.vision.bovw import DESCRIPTOR_NUMBERS, Vocabulary, WordsNetwork, find_descriptors, read_vocabulary
from core.vision.bovw_choice import elbow_position
from core.vision.bovw_fit import fit_words
from core.vision.bovw_settings import WordsSettings
from core.vision.embed import embed_catalog
from core.vision.embeddings import latest_embedding
from core.vision.encode import encode_pictures
from core.vision.feature_store import read_features
from tests.vision.drawing import add_products, png_bytes

FEW = WordsSettings(words=4, components=8, with_choice=False)


def textured(seed):
    """Stripes or dots at random places: full of corners; uint8 (160, 160, 3)."""
    draw = np.random.default_rng(seed)
    picture = np.full((160, 160, 3), 255, dtype=np.uint8)
    for x, y in draw.integers(10, 150, (25, 2)).tolist():
        if seed % 2:
            cv2.circle(picture, (x, y), 4, (0, 0, 0), -1)
        else:
            cv2.line(picture, (x, y), (x + 30, y), (90, 0, 0), 2)
    return picture


PLAIN = np.full((160, 160, 3), 200, dtype=np.uint8)


@pytest.fixture
def shop(home):
    """Eight pictures full of details and a plain one, each of a product of its own."""
    create_catalog(home, "shop", actor="tests")
    pictures = {f"p{seed}": [png_bytes(textured(seed))] for seed in range(8)}
    pictures["p8"] = [png_bytes(PLAIN)]
    add_products(home, find_catalog(home, "shop"), pictures)
    return find_catalog(home, "shop")


def vocabulary(words=3, components=2):
    draw = np.random.default_rng(0)
    components = np.linalg.qr(draw.normal(size=(DESCRIPTOR_NUMBERS, components)))[0]
    return Vocabulary(
        np.zeros(DESCRIPTOR_NUMBERS, np.float32),
        components.astype(np.float32),
        draw.normal(size=(words, components.shape[1])).astype(np.float32),
    )


def test_each_descriptor_counts_for_the_nearest_word():
    # Descriptors that lie exactly on words 0, 0, 1 and 2: shares 2/4, 1/4, 1/4.
    known = vocabulary()
    descriptors = (known.centers @ known.components.T)[[0, 0, 1, 2]]
    np.testing.assert_allclose(known.histogram(descriptors), [0.5, 0.25, 0.25])


def test_a_picture_without_keypoints_is_a_row_of_zeros():
    assert find_descriptors(PLAIN).shape == (0, DESCRIPTOR_NUMBERS)
    rows = dict(WordsNetwork(vocabulary()).run(enumerate([PLAIN, textured(1), PLAIN, textured(2), PLAIN, textured(3)])))
    assert list(rows) == [0, 1, 2, 3, 4, 5]
    assert rows[0].tolist() == [0, 0, 0] and rows[1].sum() == pytest.approx(1)


def test_embedding_fits_the_words_first_and_counts_plain_pictures(home, shop):
    assert backbone_state(home, find_backbone("bovw")) == "needs fitting"
    with pytest.raises(BackboneError, match="has no vocabulary in this home yet: `python -m core embed CATALOG"):
        weights_hash(home, find_backbone("bovw"))
    report = embed_catalog(home, shop, backbone="bovw", actor="tests", progress=SilentProgress())
    assert (report.dimensions, report.pictures, report.engine, report.without_features) == (20, 9, "opencv", 1)
    again = embed_catalog(home, shop, backbone="bovw", actor="tests", progress=SilentProgress())
    assert (again.reused, again.without_features) == (9, 1)


def test_the_plain_picture_breaks_nothing_downstream(home, shop):
    from core.recommend.similar import similar

    fit_words(home, shop, settings=FEW, progress=SilentProgress())
    embed_catalog(home, shop, backbone="bovw", actor="tests", progress=SilentProgress())
    embedding = latest_embedding(home, shop, backbone="bovw")
    matrix = np.array(embedding.matrix)
    assert np.isfinite(matrix).all()
    lengths = np.linalg.norm(matrix, axis=1)
    assert np.allclose(lengths[(lengths > 0)], 1, atol=1e-5)
    for product_id in ("p0", "p8"):  # p8 is the plain one
        found = similar(home, shop, product_id=product_id, k=8, backbone="bovw")
        scores = [match["score"] for match in found["matches"]]
        assert len(scores) == 8 and all(0 <= score <= 1 for score in scores)


def test_a_single_picture_gets_the_features_it_was_embedded_with(home, shop):
    fit_words(home, shop, settings=FEW, progress=SilentProgress())
    embed_catalog(home, shop, backbone="bovw", actor="tests", progress=SilentProgress())
    from core.catalog.products import picture_table

    hashes = picture_table(home, shop)["picture_hash"].tolist()
    stored, _ = read_features(home, hashes, backbone="bovw")
    single = encode_pictures(home, [textured(seed) for seed in range(8)] + [PLAIN], backbone="bovw")
    np.testing.assert_allclose(single, stored, atol=1e-3)  # stored in half precision


def test_the_same_seed_fits_the_same_words_and_a_refit_keeps_the_old_ones(home, shop):
    first = fit_words(home, shop, settings=FEW, progress=SilentProgress())
    assert fit_words(home, shop, settings=FEW, progress=SilentProgress()).sha256 == first.sha256
    other = fit_words(home, shop, settings=WordsSettings(words=5, components=8), progress=SilentProgress())
    assert find_backbone("bovw", home=home).feature_dimensions == 5
    assert weights_hash(home, find_backbone("bovw")) == other.sha256 != first.sha256
    assert read_vocabulary(home.weights / f"bovw-{first.sha256[:12]}.npz").word_count == 4
    assert other.without_keypoints == 1 and other.pictures == 9
    assert other.choice["words"][0] == 5 and other.choice["elbow"] in other.choice["words"]


def test_validation_and_test_are_not_looked_at(home, shop):
    from core.catalog.products import edit_product

    for product_id, split in (("p0", "train"), ("p1", "train"), ("p2", "test"), ("p3", "validation")):
        edit_product(home, shop, product_id, {"split": split}, actor="tests")
    report = fit_words(home, find_catalog(home, "shop"), settings=FEW, progress=SilentProgress())
    assert report.pictures == 7  # nine without one of test and one of validation


def test_the_elbow_is_where_the_curve_bends():
    # 100, 50, 10, 9, 8: the bend is at the third, far below the line from 100 to 8.
    assert elbow_position([5, 10, 15, 20, 25], [100, 50, 10, 9, 8]) == 2
    assert elbow_position([5, 10], [2, 1]) == 0
    assert elbow_position([5, 10, 15], [1, 1, 1]) == 0


def test_too_few_details_are_said_and_a_cancel_changes_nothing(home, shop):
    with pytest.raises(BackboneError, match=r"9 pictures of catalog 'shop' have [\d,]+ details .*at least 4,097"):
        fit_words(home, shop, settings=WordsSettings(words=4096, with_choice=False), progress=SilentProgress())
    with pytest.raises(SettingsError, match="components is 129: expected 1 to 128"):
        WordsSettings(components=129)

    class Cancel(SilentProgress):
        def report(self, done, total, message):
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        fit_words(home, shop, settings=FEW, progress=Cancel())
    assert find_weights(home, find_backbone("bovw")) is None


def saved(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def good():
    known = vocabulary()
    return {"mean": known.mean, "components": known.components, "centers": known.centers}


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mean.npy", b"\0" * (32 << 20))
    return buffer.getvalue()


def lying_shape():
    header = b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (10000000000000,), }"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mean.npy", header.ljust(127) + b"\n")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"", "is no vocabulary"),
        (lambda: b"no zip at all", "is no vocabulary"),
        (lambda: saved(**good())[:-60], "is no vocabulary"),
        (lambda: saved(mean=np.zeros(128, np.float32)), "components"),
        (lambda: saved(**{**good(), "centers": np.full((3, 2), np.nan, np.float32)}), "centers is float32"),
        (lambda: saved(**{**good(), "centers": np.zeros((3, 5), np.float32)}), "expected finite float32 (3, 2)"),
        (lambda: saved(**{**good(), "mean": np.array([{"a": 1}] * 128)}), "allow_pickle=False"),
        (bomb, "it unpacks to 33,554,432 bytes"),
        (lying_shape, "is no vocabulary"),
    ],
    ids=["empty", "text", "cut", "missing", "nan", "shapes", "pickle", "bomb", "lying shape"],
)
def test_a_hostile_file_is_one_error(home, make, message):
    home.weights.mkdir(parents=True)
    (home.weights / "bovw.npz").write_bytes(make())
    with pytest.raises(BackboneError) as caught:
        find_backbone("bovw", home=home)
    assert message in str(caught.value) and "fit-words CATALOG" in str(caught.value)
