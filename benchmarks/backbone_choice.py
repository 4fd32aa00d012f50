"""What each backbone buys on clothing-small: accuracy of the linear head on its features, and what embedding costs.

Every backbone that is ready on this machine runs as a user runs it, in one home after another, so that none warms up
what the next one reads: `import`, `embed`, then `train --recipe linear` for each seed. Visual words are fitted as part
of their embedding. With `--home` the weights folder of a home is used, so that downloaded backbones take part.

    python -m benchmarks.backbone_choice [--data ../shared/data] [--backbones NAME ...] [--seeds 3] [--write]
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine_words, markdown_table, mean_and_spread, run_command, show, versions
from core.home import open_home
from core.vision.backbones import backbone_state, find_backbone, list_backbones

TITLE = "What each backbone buys"
FOLDER = "clothing-small"


def ready_backbones(weights: Path | None) -> list[str]:
    """Name the backbones that can be used here; visual words always can."""
    with tempfile.TemporaryDirectory() as folder:
        home = fresh_home(Path(folder) / "home", weights)
        usable = ("ready", "needs fitting")
        return [each.name for each in list_backbones() if backbone_state(home, each) in usable]


def fresh_home(root: Path, weights: Path | None) -> Any:
    """Open an empty home that shares the weights of another."""
    home = open_home(root)
    if weights is not None and weights.is_dir():
        home.weights.mkdir(parents=True)
        for path in weights.glob("*.h5"):
            (home.weights / path.name).symlink_to(path.resolve())
    return home


def measure(data: Path, backbone: str, *, seeds: int, limit: int | None, weights: Path | None) -> dict[str, Any]:
    """Embed with one backbone and train a linear head with each seed."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        fresh_home(root, weights)
        capped = ("--max-per-category", str(limit)) if limit else ()
        run_command("import", str(data / FOLDER), "--catalog", "clothing", *capped, home=root)
        embedded, seconds = run_command("embed", "clothing", "--backbone", backbone, home=root)
        accuracies = []
        for seed in range(seeds):
            words = ("train", "clothing", "--recipe", "linear", "--backbone", backbone, "--seed", str(seed))
            trained, _ = run_command(*words, home=root)
            accuracies.append(trained["metrics"]["test"]["accuracy"])
        return {
            "backbone": backbone,
            "dimensions": embedded["dimensions"],
            "pictures": embedded["pictures"],
            "without_features": embedded["without_features"],
            "pictures_per_second": embedded["pictures_per_second"],
            "embed_seconds": seconds,
            "test_pictures": trained["metrics"]["test"]["pictures"],
            "test_accuracy": accuracies,
        }


def table(rows: list[dict[str, Any]]) -> str:
    """Lay the figures out."""
    titles = ["backbone", "side", "dimensions", "test accuracy, linear", "pictures a second", "embed, s"]
    cells = [
        [
            row["backbone"],
            find_backbone(row["backbone"]).side_px,
            row["dimensions"],
            mean_and_spread(row["test_accuracy"]),
            f"{row['pictures_per_second']:.0f}",
            f"{row['embed_seconds']:.1f}",
        ]
        for row in rows
    ]
    one = rows[0]
    return f"{markdown_table(titles, cells)}\n\n{one['pictures']:,} pictures, {one['test_pictures']:,} of them test."


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--backbones", nargs="+", metavar="NAME", help="default: all that are ready")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="at most so many pictures a category, to try the script")
    parser.add_argument("--home", type=Path, help="a home whose weights folder is used")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    weights = None if given.home is None else given.home / "weights"
    names = given.backbones or ready_backbones(weights)
    rows = [measure(given.data, name, seeds=given.seeds, limit=given.limit, weights=weights) for name in names]
    found = {
        "rows": rows,
        "machine": machine_words(),
        "versions": versions("tensorflow-cpu", "openvino", "opencv-python-headless", "scikit-learn"),
    }
    show("backbone_choice", TITLE, table(rows), found, write=given.write)


if __name__ == "__main__":
    main()
