"""Freeze or fine-tune: test accuracy of both by pictures a category, which the page's advice rests on (K6).

The same few pictures of each category are learned by `linear` (frozen network) and by `fine-tune` (its upper blocks
learn too), with a fifth as many to choose the epoch by, and judged on the whole test split. Pictures are drawn anew for
every seed; both recipes get the same ones, so their difference is that of the recipes alone.

    python -m benchmarks.freeze_or_fine_tune [--data ../shared/data] [--labels 5 10 20 50 100] [--seeds 0 1 2] [--write]
"""

import argparse
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import markdown_table, mean_and_spread, run_command, show
from core.catalog.catalogs import find_catalog
from core.catalog.products import picture_table
from core.errors import ShelfLensError
from core.home import Home, open_home
from core.models.learning import LearningData
from core.models.learning_pictures import PictureData
from core.models.recipes import find_recipe
from core.models.splits import TEST, TRAIN, VALIDATION
from core.models.training_set import TrainingSet, build_training_set
from core.progress import SilentProgress
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.engine import PictureFile

CATALOG = "clothing"
RECIPES = ("linear", "fine-tune")
_VALIDATION_SHARE = 0.2


def measure(home: Home, *, labels: Sequence[int], seeds: Sequence[int], settings: dict[str, str]) -> list[dict]:
    """Learn from every number of labels with both recipes; gives one row a number and seed."""
    catalog = find_catalog(home, CATALOG)
    everything = build_training_set(home, catalog, target="category", backbone=DEFAULT_BACKBONE, seed=0)
    table = picture_table(home, catalog).drop_duplicates("picture_hash").set_index("picture_hash")
    found = []
    for count in labels:
        for seed in seeds:
            rows = _draw(everything, count, seed)
            row: dict[str, Any] = {"labels": count, "seed": seed, "train": int((everything.sides[rows] == TRAIN).sum())}
            for name in RECIPES:
                values = settings if name == "fine-tune" else {}
                row |= _judged(home, everything, table, rows, recipe=name, seed=seed, settings=values)
            found.append(row)
            told = ", ".join(f"{name} {row[name]:.3f} in {row[f'{name}_seconds']:.0f} s" for name in RECIPES)
            print(f"  {count} a category, seed {seed}: {told}", file=sys.stderr, flush=True)
    return found


def _draw(data: TrainingSet, count: int, seed: int) -> np.ndarray:
    """Choose so many pictures of each category to learn from, some to choose by, and all of test."""
    chance, kept = np.random.default_rng((seed, count)), []
    for number in range(len(data.classes)):
        for side, most in ((TRAIN, count), (VALIDATION, max(2, math.ceil(_VALIDATION_SHARE * count)))):
            own = np.flatnonzero((data.labels == number) & (data.sides == side))
            kept.append(chance.permutation(own)[:most])
    return np.sort(np.concatenate([*kept, np.flatnonzero(data.sides == TEST)]))


def _judged(
    home: Home, data: TrainingSet, table: Any, rows: np.ndarray, *, recipe: str, seed: int, settings: dict[str, str]
) -> dict[str, Any]:
    chosen = find_recipe(recipe)
    features, labels, sides = np.asarray(data.features)[rows], data.labels[rows], data.sides[rows]
    parsed, progress, started = chosen.parse_settings(settings), SilentProgress(), time.perf_counter()
    if chosen.load_trainer is not None:
        learning = LearningData(features, labels, sides, len(data.classes), data.classes)
        arrays = chosen.load_trainer()(learning, settings=parsed, seed=seed, progress=progress).arrays
    else:
        hashes = data.rows["picture_hash"].iloc[rows]
        pairs = zip(hashes, table["extension"].reindex(hashes), strict=True)
        files = [PictureFile(name, home.picture_path(name, extension)) for name, extension in pairs]
        backbone = find_backbone(DEFAULT_BACKBONE, home=home)
        pictures = PictureData(home, backbone, files, features, labels, sides, len(data.classes))
        network = chosen.load_picture_trainer()(pictures, settings=parsed, seed=seed, progress=progress)
        arrays, features = network.arrays, network.features
    seconds = time.perf_counter() - started
    chances = chosen.load_predictor()(arrays, features[sides == TEST])
    right = (chances.argmax(axis=1) == labels[sides == TEST]).mean()
    return {recipe: float(right), f"{recipe}_seconds": seconds}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--labels", type=int, nargs="+", default=[5, 10, 20, 50, 100])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of `fine-tune`")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    settings = dict(pair.split("=", 1) for pair in given.set)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        run_command("import", str(given.data / "clothing-small"), "--catalog", CATALOG, home=root)
        run_command("embed", CATALOG, home=root)
        rows = measure(open_home(root), labels=given.labels, seeds=given.seeds, settings=settings)
        pictures = int(372 if not rows else _test_pictures(open_home(root)))
    show(
        "freeze_or_fine_tune",
        "Freeze or fine-tune, by pictures a category",
        f"{_table(rows)}\n\nTest accuracy over {pictures} pictures of clothing-small, 10 categories; categories with "
        "fewer pictures than asked for give all they have.",
        {"rows": rows, "test_pictures": pictures, "settings": settings},
        write=given.write,
        data=f"--labels {' '.join(map(str, given.labels))} --seeds {' '.join(map(str, given.seeds))}",
    )
    return 0


def _test_pictures(home: Home) -> int:
    data = build_training_set(home, find_catalog(home, CATALOG), target="category", backbone=DEFAULT_BACKBONE, seed=0)
    return int((data.sides == TEST).sum())


def _table(rows: list[dict]) -> str:
    lines = []
    for count in dict.fromkeys(row["labels"] for row in rows):
        same = [row for row in rows if row["labels"] == count]
        gains = [row["fine-tune"] - row["linear"] for row in same]
        times = [row["fine-tune_seconds"] / max(row["linear_seconds"], 0.01) for row in same]
        accuracies = [mean_and_spread([row[name] for row in same]) for name in RECIPES]
        gain = f"{100 * statistics.mean(gains):+.1f} points"
        lines.append([count, same[0]["train"], *accuracies, gain, f"{statistics.median(times):.0f}"])
    titles = ["pictures a category", "in all", "linear", "fine-tune", "gain of fine-tuning", "times the time"]
    return markdown_table(titles, lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ShelfLensError as error:
        sys.exit(f"freeze_or_fine_tune: {error}")
