"""Projections: small and degenerate catalogs, seeds, progress and cancelling."""

import subprocess
import sys

import numpy as np
import pytest

from core.errors import Cancelled, CatalogError, SettingsError
from core.explore.projections import UmapSettings, check_finite, check_settings, principal_plane, project
from core.explore.quality import trustworthiness
from core.explore.umap_layout import EpochStream, curve_parameters
from core.progress import SilentProgress

QUICK = {"epochs": 50}


def three_groups(count=60, dimensions=16, seed=0):
    random = np.random.default_rng(seed)
    group = np.arange(count) % 3
    rows = random.standard_normal((3, dimensions))[group] + 0.15 * random.standard_normal((count, dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), group


class RecordedProgress(SilentProgress):
    """Remembers what it heard; raises Cancelled at a message when told to."""

    def __init__(self, cancel_at=None):
        self.heard = []
        self._cancel_at = cancel_at

    def report(self, done, total, message):
        self.heard.append((done, total, message))
        if message == self._cancel_at:
            raise Cancelled


@pytest.mark.parametrize("method", ["umap", "pca"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 15])
def test_small_catalogs(method, count):
    positions = project(three_groups(count)[0], method, settings=QUICK if method == "umap" else None)
    assert positions.shape == (count, 2)
    assert positions.dtype == np.float32
    assert np.isfinite(positions).all()
    assert len(np.unique(positions, axis=0)) == count, "different products do not hide one another"


@pytest.mark.parametrize("method", ["umap", "pca"])
def test_equal_products_share_one_point(method):
    positions = project(np.repeat(three_groups(1)[0], 20, axis=0), method)
    assert not positions.any()


def test_clumps_of_duplicates_stay_finite():
    embeddings = np.repeat(three_groups(3)[0], 10, axis=0)
    positions = project(embeddings, "umap", settings=QUICK)
    assert np.isfinite(positions).all()


def test_umap_keeps_groups_apart():
    embeddings, group = three_groups()
    positions = project(embeddings, "umap", settings={"epochs": 200}, seed=1)
    centers = np.stack([positions[group == number].mean(axis=0) for number in range(3)])
    nearest = np.linalg.norm(positions[:, None] - centers, axis=2).argmin(axis=1)
    assert (nearest == group).all(), "groups are ten times their own spread apart"


def test_a_seed_reproduces_the_map_and_another_does_not():
    embeddings, _ = three_groups()
    first, again, other = (project(embeddings, "umap", settings=QUICK, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_pca_is_the_plane_of_largest_variance():
    # Variance 4 along the third axis, 1 along the first and 0.01 along the second; larger loadings are positive.
    random = np.random.default_rng(0)
    embeddings = (random.standard_normal((500, 3)) * [1, 0.1, 2]).astype(np.float32)
    plane = principal_plane(embeddings)
    centered = embeddings - embeddings.mean(axis=0)
    assert np.corrcoef(plane[:, 0], centered[:, 2])[0, 1] == pytest.approx(1, abs=0.01)
    assert np.corrcoef(plane[:, 1], centered[:, 0])[0, 1] == pytest.approx(1, abs=0.01)
    expected = np.linalg.svd(centered, compute_uv=False)[:2]
    assert np.linalg.norm(plane, axis=0) == pytest.approx(expected, rel=1e-4)


def test_pca_of_one_dimension_leaves_the_second_axis_empty():
    plane = principal_plane(np.array([[1.0], [-1.0]], np.float32))
    assert plane.tolist() == [[1, 0], [-1, 0]]


def test_progress_names_the_phases_and_ends_full():
    progress = RecordedProgress()
    project(three_groups()[0], "umap", settings=QUICK, progress=progress)
    assert progress.heard[0] == (0, 60, "finding neighbours")
    assert (60, 60, "finding neighbours") in progress.heard
    assert (0, 50, "placing products") in progress.heard


@pytest.mark.parametrize("message", ["finding neighbours", "placing products"])
def test_cancelling_stops_between_phases(message):
    with pytest.raises(Cancelled):
        project(three_groups()[0], "umap", settings=QUICK, progress=RecordedProgress(cancel_at=message))


def test_cancelling_inside_the_layout_stops_once():
    def stop(done, total):
        raise Cancelled

    stream = EpochStream(stop, 50)
    stream.write("\r")
    with pytest.raises(Cancelled):
        stream.write("\r12 ")
    assert stream.write("\r12 ") == 4, "the bar's last words while it is torn down stop nothing again"


def test_nan_is_refused_with_its_product():
    embeddings, _ = three_groups(5)
    embeddings[3, 2] = np.nan
    with pytest.raises(CatalogError, match="the embedding of product 'shoe 4' holds a value that is not a finite"):
        check_finite(embeddings, [f"shoe {number}" for number in range(1, 6)])


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("tsne", None, "method must be one of umap, pca: received 'tsne'"),
        ("pca", {"neighbours": 5}, "pca has no setting neighbours: its settings are none"),
        (
            "umap",
            {"perplexity": 5},
            "umap has no setting perplexity: its settings are neighbours, min_distance, epochs",
        ),
        ("umap", {"neighbours": 1}, "neighbours must be a whole number from 2 to 200: received 1"),
        ("umap", {"min_distance": float("nan")}, "min_distance must be a number from 0 to 1: received nan"),
        ("umap", {"epochs": 0}, "epochs must be a whole number from 1 to 10000: received 0"),
    ],
)
def test_wrong_settings_are_named(method, settings, message):
    with pytest.raises(SettingsError, match=message):
        check_settings(method, settings)


def test_epochs_follow_the_size_of_the_catalog():
    assert [UmapSettings().epochs_for(size) for size in (700, 10_000, 10_001)] == [500, 500, 200]


def test_curve_parameters_are_the_published_ones():
    # umap-learn's documented fit for spread 1 and min_dist 0.1.
    assert curve_parameters(0.1) == pytest.approx((1.577, 0.895), abs=1e-3)


@pytest.mark.parametrize(("count", "neighbours"), [(40, 15), (20, 9), (3, 1)])
def test_trustworthiness_is_scikit_learns(count, neighbours):
    from sklearn.manifold import trustworthiness as reference

    embeddings, _ = three_groups(count)
    positions = np.random.default_rng(2).standard_normal((count, 2))
    found = trustworthiness(embeddings, positions)
    assert found.neighbours == neighbours
    assert found.value == pytest.approx(reference(embeddings, positions, n_neighbors=neighbours, metric="cosine"))


def test_sampled_trustworthiness_is_near_the_whole():
    embeddings, _ = three_groups(600)
    positions = principal_plane(embeddings)
    whole, sampled = trustworthiness(embeddings, positions), trustworthiness(embeddings, positions, sample=200)
    assert (whole.measured_products, sampled.measured_products) == (600, 200)
    assert sampled.value == pytest.approx(whole.value, abs=0.02)  # a third of the products, penalties within 0..1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_products_have_no_trustworthiness(count):
    assert trustworthiness(three_groups(count)[0], np.zeros((count, 2))).value is None


def test_the_layout_brings_neither_tensorflow_nor_the_compiled_neighbour_search():
    script = (
        "import sys, numpy as np\n"
        "from core.explore.projections import project\n"
        "assert 'sklearn' not in sys.modules and 'numba' not in sys.modules, 'imported before it is needed'\n"
        "project(np.eye(8, dtype=np.float32), 'umap', settings={'epochs': 5})\n"
        "loaded = {'tensorflow', 'keras', 'pynndescent', 'umap.umap_'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
