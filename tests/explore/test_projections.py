"""Projections: small and degenerate catalogs, seeds, progress and cancelling."""

import subprocess
import sys

import numpy as np
import pytest

from core.errors import Cancelled, CatalogError, SettingsError
from core.explore.map_settings import TsneSettings, UmapSettings, check_settings
from core.explore.projections import check_finite, principal_axes, project
from core.explore.quality import measure_map
from core.explore.umap_layout import curve_parameters
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


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("method", ["umap", "tsne", "pca"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 15])
def test_small_catalogs(method, count, dimensions):
    settings = None if method == "pca" else QUICK
    positions = project(three_groups(count)[0], method, settings=settings, dimensions=dimensions)
    assert positions.shape == (count, dimensions)
    assert positions.dtype == np.float32
    assert np.isfinite(positions).all()
    assert len(np.unique(positions, axis=0)) == count, "different products do not hide one another"


@pytest.mark.parametrize("method", ["umap", "tsne", "pca"])
def test_equal_products_share_one_point(method):
    positions = project(np.repeat(three_groups(1)[0], 20, axis=0), method)
    assert not positions.any()


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_clumps_of_duplicates_stay_finite(method):
    embeddings = np.repeat(three_groups(3)[0], 20, axis=0)  # more equals than the 15 neighbors: disconnected groups
    positions = project(embeddings, method, settings=QUICK)
    assert np.isfinite(positions).all()


def test_rows_that_are_not_normalized_give_the_same_map():
    embeddings, _ = three_groups()
    longer = embeddings * np.linspace(1, 9, len(embeddings), dtype=np.float32)[:, None]
    shown, expected = (project(rows, "umap", settings=QUICK, seed=2) for rows in (longer, embeddings))
    # Roundings differ, so positions do; the neighborhoods are the same cosines.
    assert measure_map(embeddings, shown).neighbor_preservation == pytest.approx(
        measure_map(embeddings, expected).neighbor_preservation, abs=0.1
    )


@pytest.mark.parametrize(("method", "dimensions"), [("umap", 2), ("umap", 3), ("tsne", 2), ("tsne", 3)])
def test_groups_stay_apart(method, dimensions):
    embeddings, group = three_groups()
    positions = project(embeddings, method, settings={"epochs": 200}, dimensions=dimensions, seed=1)
    centers = np.stack([positions[group == number].mean(axis=0) for number in range(3)])
    nearest = np.linalg.norm(positions[:, None] - centers, axis=2).argmin(axis=1)
    assert (nearest == group).all(), "groups are ten times their own spread apart"


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_a_seed_reproduces_the_map_and_another_does_not(method):
    embeddings, _ = three_groups()
    first, again, other = (project(embeddings, method, settings=QUICK, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_pca_is_the_plane_of_largest_variance():
    # Variance 4 along the third axis, 1 along the first and 0.01 along the second; larger loadings are positive.
    random = np.random.default_rng(0)
    embeddings = (random.standard_normal((500, 3)) * [1, 0.1, 2]).astype(np.float32)
    plane = principal_axes(embeddings)
    centered = embeddings - embeddings.mean(axis=0)
    assert np.corrcoef(plane[:, 0], centered[:, 2])[0, 1] == pytest.approx(1, abs=0.01)
    assert np.corrcoef(plane[:, 1], centered[:, 0])[0, 1] == pytest.approx(1, abs=0.01)
    expected = np.linalg.svd(centered, compute_uv=False)[:2]
    assert np.linalg.norm(plane, axis=0) == pytest.approx(expected, rel=1e-4)


def test_pca_of_one_dimension_leaves_the_second_axis_empty():
    plane = principal_axes(np.array([[1.0], [-1.0]], np.float32))
    assert plane.tolist() == [[1, 0], [-1, 0]]


def test_the_number_of_cores_does_not_change_the_map(monkeypatch):
    random = np.random.default_rng(0)
    rows = random.standard_normal((2100, 8)).astype(np.float32)  # from 2,000 on the products are shared out
    found = []
    for cores in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(project(rows, "umap", settings={"epochs": 5}))
    assert np.array_equal(*found)


def test_progress_names_the_phases_and_never_goes_back():
    progress = RecordedProgress()
    project(three_groups()[0], "umap", settings=QUICK, progress=progress)
    assert progress.heard[0] == (0, 1000, "finding neighbors")
    assert (250, 1000, "finding neighbors") in progress.heard, "a quarter of the whole"
    done = [each[0] for each in progress.heard]
    assert done == sorted(done)
    assert progress.heard[-1][2] == "placing products"


@pytest.mark.parametrize("message", ["finding neighbors", "placing products"])
def test_cancelling_stops_between_phases(message):
    with pytest.raises(Cancelled):
        project(three_groups()[0], "umap", settings=QUICK, progress=RecordedProgress(cancel_at=message))


def test_nan_is_refused_with_its_product():
    embeddings, _ = three_groups(5)
    embeddings[3, 2] = np.nan
    with pytest.raises(CatalogError, match="the embedding of product 'shoe 4' holds a value that is not a finite"):
        check_finite(embeddings, [f"shoe {number}" for number in range(1, 6)])


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("mds", None, "method must be one of umap, tsne, pca: received 'mds'"),
        ("tsne", {"neighbors": 5}, "tsne has no setting neighbors: its settings are perplexity, epochs"),
        ("tsne", {"perplexity": 1}, "perplexity must be a number from 2 to 100: received 1"),
        ("tsne", {"perplexity": "many"}, "perplexity must be a number from 2 to 100: received 'many'"),
        ("pca", {"neighbors": 5}, "pca has no setting neighbors: its settings are none"),
        (
            "umap",
            {"perplexity": 5},
            "umap has no setting perplexity: its settings are neighbors, min_distance, epochs",
        ),
        ("umap", {"neighbors": 1}, "neighbors must be a whole number from 2 to 200: received 1"),
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


def test_settings_of_the_command_line_are_texts():
    found = check_settings("umap", {"neighbors": "30", "min_distance": "0.5"})
    assert found == {"neighbors": 30, "min_distance": 0.5, "epochs": None}
    assert TsneSettings().perplexity_for(31) == 10, "a third of the thirty others"


@pytest.mark.parametrize(("count", "neighbors"), [(40, 15), (20, 9), (3, 1)])
def test_trustworthiness_is_scikit_learns(count, neighbors):
    from sklearn.manifold import trustworthiness as reference

    embeddings, _ = three_groups(count)
    positions = np.random.default_rng(2).standard_normal((count, 2))
    found = measure_map(embeddings, positions)
    assert found.neighbors == neighbors
    assert found.trustworthiness == pytest.approx(
        reference(embeddings, positions, n_neighbors=neighbors, metric="cosine")
    )


def test_sampled_trustworthiness_is_near_the_whole():
    embeddings, _ = three_groups(600)
    positions = principal_axes(embeddings)
    whole, sampled = measure_map(embeddings, positions), measure_map(embeddings, positions, sample=200)
    assert (whole.measured_products, sampled.measured_products) == (600, 200)
    assert sampled.trustworthiness == pytest.approx(
        whole.trustworthiness, abs=0.02
    )  # a third of the products, penalties within 0..1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_products_have_no_trustworthiness(count):
    found = measure_map(three_groups(count)[0], np.zeros((count, 2)))
    assert (found.trustworthiness, found.neighbor_preservation) == (None, None)


def test_a_map_that_is_the_embedding_preserves_everything():
    angles = np.linspace(0, 3, 60) ** 1.1  # no two distances alike
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = measure_map(rows, rows)
    assert (found.trustworthiness, found.neighbor_preservation) == (1.0, 1.0)


def test_the_layout_brings_neither_tensorflow_nor_the_compiled_neighbour_search():
    script = (
        "import sys, numpy as np\n"
        "from core.explore.projections import project\n"
        "assert 'sklearn' not in sys.modules and 'numba' not in sys.modules, 'imported before it is needed'\n"
        "project(np.eye(8, dtype=np.float32), 'umap', settings={'epochs': 5})\n"
        "loaded = {'tensorflow', 'keras', 'pynndescent', 'umap'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
