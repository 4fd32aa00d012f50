"""The layout step of UMAP, by umap-learn."""

import importlib.util
import io
import sys
import types
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scipy.sparse import coo_matrix

_EDGE = 10.0  # side of the square the layout starts in, as umap-learn has it
_JITTER = 1e-4
_LEARNING_RATE = 1.0
_NEGATIVE_SAMPLES = 5.0
_REPULSION = 1.0


def lay_out(
    graph: "coo_matrix",
    start: np.ndarray,
    *,
    min_distance: float,
    epochs: int,
    seed: int,
    on_epoch: Callable[[int, int], None],
) -> np.ndarray:
    """Pull neighbours together and push others apart, by stochastic gradient descent.

    Args:
        graph: Sparse (N, N), symmetric weights 0..1.
        start: (N, 2) positions to begin from, any scale.
        min_distance: How close neighbours may come on the map.
        epochs: Passes over the graph.
        seed: The same seed gives the same map.
        on_epoch: Called with epochs done and all epochs every half second; raises to stop.

    Returns:
        float32 (N, 2).
    """
    layouts = _umap_layouts()
    random = np.random.RandomState(seed % 2**32)  # the generator umap-learn seeds its own with
    positions = _starting_positions(start, random)
    weight = graph.data
    kept = weight >= weight.max() / epochs  # an edge sampled less than once in all epochs has no effect
    a, b = curve_parameters(min_distance)
    stream = EpochStream(on_epoch, epochs)
    return layouts.optimize_layout_euclidean(
        positions,
        positions,
        graph.row[kept].astype(np.int32),
        graph.col[kept].astype(np.int32),
        epochs,
        len(positions),
        (weight.max() / weight[kept]).astype(np.float64),
        a,
        b,
        random.randint(np.iinfo(np.int32).min + 1, np.iinfo(np.int32).max - 1, 3).astype(np.int64),
        _REPULSION,
        _LEARNING_RATE,
        _NEGATIVE_SAMPLES,
        parallel=False,  # the parallel loop writes without order: the same seed would give another map
        tqdm_kwds={"disable": False, "file": stream, "bar_format": "{n}", "mininterval": 0.5, "leave": False},
        move_other=True,
    )


def curve_parameters(min_distance: float) -> tuple[float, float]:
    """Fit 1 / (1 + a x^(2b)) to 1 up to the least distance and exp(least distance - x) beyond, over 0..3."""
    from scipy.optimize import curve_fit

    x = np.linspace(0, 3, 300)
    wanted = np.where(x < min_distance, 1.0, np.exp(min_distance - x))
    (a, b), _ = curve_fit(lambda x, a, b: 1.0 / (1.0 + a * x ** (2 * b)), x, wanted)
    return float(a), float(b)


def _starting_positions(start: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """Scale to the starting square and part duplicates by a jitter. Returns float32 (N, 2)."""
    low, high = start.min(axis=0), start.max(axis=0)
    scaled = _EDGE * (start - low) / np.where(high > low, high - low, 1.0)
    return np.ascontiguousarray(scaled + random.normal(scale=_JITTER, size=start.shape), np.float32)


class EpochStream(io.TextIOBase):
    """The text stream umap-learn's progress bar writes epoch numbers to; hands them on as progress."""

    def __init__(self, on_epoch: Callable[[int, int], None], epochs: int) -> None:
        super().__init__()
        self._on_epoch: Callable[[int, int], None] | None = on_epoch
        self._epochs = epochs

    def write(self, text: str) -> int:
        """Read the epoch number out of what the bar writes; whatever `on_epoch` raises stops the layout."""
        number = text.strip()
        if number.isdigit() and self._on_epoch is not None:
            report, self._on_epoch = self._on_epoch, None  # the bar writes once more while it is torn down
            report(int(number), self._epochs)
            self._on_epoch = report
        return len(text)


def _umap_layouts() -> Any:
    """Import umap-learn's layout without the rest of the package.

    `import umap` also imports TensorFlow where it is installed and compiles its neighbour search, about 25 s on a
    fresh installation; the layout needs neither.
    """
    if "umap.layouts" not in sys.modules:
        with _bare_package("umap"):
            return importlib.import_module("umap.layouts")
    return sys.modules["umap.layouts"]


@contextmanager
def _bare_package(name: str) -> "Iterator[None]":
    """Make the modules of a package importable without running the package's own first file."""
    if name in sys.modules:
        yield
        return
    found = importlib.util.find_spec(name)
    if found is None or found.submodule_search_locations is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package = types.ModuleType(name)
    package.__path__ = list(found.submodule_search_locations)
    sys.modules[name] = package
    try:
        yield
    finally:
        del sys.modules[name]
