import numpy as np
import pytest
from sklearn.decomposition import PCA

from core.vision.pca import fit_projection, load_projection, unit_rows


def features(pictures: int, dimensions: int = 12) -> np.ndarray:
    rng = np.random.default_rng(1)
    return (rng.normal(size=(pictures, 4)) @ rng.normal(size=(4, dimensions)) + 3).astype(np.float32)


def test_agrees_with_scikit_learn_up_to_sign():
    rows = features(200)
    ours = fit_projection([rows[:90], rows[90:]], dimensions=3)
    theirs = PCA(3).fit(unit_rows(rows).astype(np.float64))
    assert np.abs(np.abs((ours.components * theirs.components_.T).sum(axis=0)) - 1).max() < 1e-5
    assert np.allclose(ours.mean, theirs.mean_, atol=1e-6)


def test_gives_no_more_dimensions_than_the_features_span():
    # Four factors and a mean span a plane of five dimensions, the unit sphere bends it by no more.
    assert fit_projection([features(200)], dimensions=256).dimensions == 5


@pytest.mark.parametrize("pictures", [1, 2, 3])
def test_few_pictures_keep_the_cosines_of_their_features(pictures):
    rows = features(pictures)
    embedding = fit_projection([rows]).project(rows)
    unit = unit_rows(rows)
    assert np.allclose(embedding @ embedding.T, unit @ unit.T, atol=1e-5)


def test_features_of_nothing_but_zeros_give_zeros_and_no_warning():
    zeros = np.zeros((2, 4), dtype=np.float32)
    with np.errstate(all="raise"):
        projection = fit_projection([zeros])
        assert projection.project(zeros).tolist() == [[0.0], [0.0]]


def test_rows_have_length_one_and_survive_saving(tmp_path):
    rows = features(100)
    projection = fit_projection([rows], dimensions=4)
    projection.save(tmp_path / "pca.npz")
    loaded = load_projection(tmp_path / "pca.npz")
    assert np.allclose(np.linalg.norm(loaded.project(rows), axis=1), 1, atol=1e-6)
    assert (loaded.key, loaded.fitted_pictures) == (projection.key, 100)
