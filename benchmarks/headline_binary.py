"""The headline of report K on our pictures: a small network from scratch against transfer learning, t-shirt or not.

3,039 clothing pictures as in the report, 894 t-shirts against 2,145 others, drawn with a seed from all splits, each
picture staying in its split. Every row is `import` and `train` as a user runs them, in a fresh home, from JPEG files to
figures on test. The network from scratch runs first with the report's settings (200 pixels, batch 16, 50 epochs).

    python -m benchmarks.headline_binary [--data ../shared/data/clothing-small] [--epochs 50] [--seeds 0 1 2] [--write]
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.clothing_subsets import copy_pictures, draw_pictures, list_pictures
from benchmarks.measuring import markdown_table, mean_and_spread, run_command, show, versions

WANTED = {"t-shirt": 894, "other": 2145}
SPEED_GOAL = 11.0
REPORT = "Report K, on its own pictures: 79 % in more than 3 hours against 85 % in 16.96 minutes."


def train_once(pictures: Path, words: list[str], *, seed: int) -> dict[str, Any]:
    """Import and train in a fresh home; give figures on test and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _, importing = run_command("import", str(pictures), "--catalog", "tshirts", home=home)
        trained, training = run_command("train", "tshirts", *words, "--seed", str(seed), home=home)
    metrics = trained["metrics"]
    return {
        "seed": seed,
        "seconds": round(importing + training, 1),
        "accuracy": metrics["test"]["accuracy"],
        "macro_f1": metrics["test"]["macro_f1"],
        "train_accuracy": metrics["train"]["accuracy"],
        "pictures": metrics["test"]["pictures"],
    }


def measure(pictures: Path, *, epochs: int, seeds: list[int]) -> dict[str, Any]:
    """Train the network from scratch once and the recipes on pretrained features with every seed."""
    scratch = ["--recipe", "basic-cnn", "--set", f"epochs={epochs}"]
    ways = {
        "basic-cnn (K1), from scratch": [train_once(pictures, scratch, seed=seeds[0])],
        "head, report's settings (K2)": [
            train_once(pictures, ["--recipe", "head", "--set", "preset=report"], seed=seed) for seed in seeds
        ],
        "head, ours": [train_once(pictures, ["--recipe", "head"], seed=seed) for seed in seeds],
        "linear, ours": [train_once(pictures, ["--recipe", "linear"], seed=seed) for seed in seeds],
    }
    return {"epochs": epochs, "ways": ways, "versions": versions("tensorflow-cpu", "openvino", "numpy")}


def table(result: dict[str, Any]) -> str:
    """Write the figures as a table and say whether the headline holds."""
    rows, base = [], next(iter(result["ways"].values()))[0]
    for name, runs in result["ways"].items():
        seconds = statistics.mean(run["seconds"] for run in runs)
        rows.append(
            [
                name,
                mean_and_spread([run["accuracy"] for run in runs]),
                mean_and_spread([run["macro_f1"] for run in runs]),
                mean_and_spread([run["train_accuracy"] for run in runs]),
                runs[0]["pictures"],
                f"{seconds / 60:.2f}",
                f"{base['seconds'] / seconds:.1f}",
            ]
        )
    ours = result["ways"]["linear, ours"]
    faster = base["seconds"] / statistics.mean(run["seconds"] for run in ours)
    better = statistics.mean(run["accuracy"] for run in ours) - base["accuracy"]
    verdict = "holds" if faster >= SPEED_GOAL and better > 0 else "does not hold"
    titles = ["way", "test accuracy", "macro F1", "train accuracy", "test pictures", "minutes", "times faster"]
    return (
        f"{sum(WANTED.values()):,} pictures: {WANTED['t-shirt']} t-shirts, {WANTED['other']:,} others. Minutes from "
        f"JPEG files to figures, import and embedding included; from scratch {result['epochs']} epochs.\n\n"
        f"{markdown_table(titles, rows)}\n\n"
        f"The goal, at least {SPEED_GOAL:.0f} times faster and better, {verdict}: `linear` is {faster:.1f} times "
        f"faster and {100 * better:+.1f} points more accurate. {REPORT}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/clothing-small"))
    parser.add_argument("--epochs", type=int, default=50, help="of the network from scratch; the report: 50")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw_pictures(
            list_pictures(options.data),
            WANTED,
            group=lambda category: category if category == "t-shirt" else "other",
            seed=0,
        )
        result = measure(copy_pictures(drawn, Path(folder)), epochs=options.epochs, seeds=options.seeds)
    show("headline_binary", "T-shirt or not: from scratch against transfer learning", table(result), result,
         write=options.write)  # fmt: skip


if __name__ == "__main__":
    main()
