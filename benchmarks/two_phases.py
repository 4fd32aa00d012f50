"""Report L4 on our pictures: how much of the final accuracy phase 1 gives, and how much of the time it takes.

One training in two phases as in the report (12 epochs of the new layer alone, then 8 of the upper blocks too), and
beside it what a user would choose between: `linear`, which stops after phase 1, and our `fine-tune`. Shares within the
training are of validation accuracy, because only that is known at the end of phase 1; shares between recipes are of
test accuracy.

    python -m benchmarks.two_phases [--data ../shared/data/clothing-small] [--seeds 0 1 2] [--write]
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import markdown_table, mean_and_spread, run_command, show, versions
from core.home import open_home
from core.models.runs import open_run

HEAD_EPOCHS, EPOCHS = 12, 8
TWO_PHASES = ["--recipe", "fine-tune", "--set", f"head_epochs={HEAD_EPOCHS}", "--set", f"epochs={EPOCHS}"]
WAYS = {"two phases": TWO_PHASES, "linear": ["--recipe", "linear"], "fine-tune, ours": ["--recipe", "fine-tune"]}
REPORT = "Report L4, on 5,270 classes: phase 1 alone gave 80 % of the final accuracy in a third of the time."


def train_once(home: Path, words: list[str], *, seed: int) -> dict[str, Any]:
    """Train; give figures, seconds and what phase 1 reached."""
    trained, seconds = run_command("train", "clothing", *words, "--seed", str(seed), home=home)
    run = open_run(open_home(home), trained["run"])
    learned = run.manifest["pictures"]["train"]
    first = [row for row in run.history if row.get("phase") == 1]
    found: dict[str, Any] = {
        "seed": seed,
        "seconds": round(seconds, 1),
        "test_accuracy": trained["metrics"]["test"]["accuracy"],
        "pictures": trained["metrics"]["test"]["pictures"],
        "validation_accuracy": trained["metrics"]["validation"]["accuracy"],
    }
    if first:
        found["phase_1_validation_accuracy"] = first[-1]["validation_accuracy"]
        found["phase_1_seconds"] = sum(learned / row["pictures_per_second"] for row in first)
        found["epochs_seconds"] = sum(learned / row["pictures_per_second"] for row in run.history)
    return found


def measure(data: Path, seeds: list[int]) -> dict[str, Any]:
    """Train every way with every seed; features and views are computed anew for each, as for a first training."""
    ways: dict[str, list[dict[str, Any]]] = {name: [] for name in WAYS}
    for seed in seeds:
        for name, words in WAYS.items():
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                run_command("import", str(data), "--catalog", "clothing", home=home)
                ways[name].append(train_once(home, words, seed=seed))
    return {"ways": ways, "versions": versions("tensorflow-cpu", "openvino", "numpy")}


def table(result: dict[str, Any]) -> str:
    """Write the figures as a table and the shares in words."""
    rows = [
        [
            name,
            mean_and_spread([run["test_accuracy"] for run in runs]),
            runs[0]["pictures"],
            mean_and_spread([run["validation_accuracy"] for run in runs]),
            f"{statistics.mean(run['seconds'] for run in runs):.0f}",
        ]
        for name, runs in result["ways"].items()
    ]
    phases, linear, ours = (result["ways"][name] for name in WAYS)
    of_accuracy = statistics.mean(run["phase_1_validation_accuracy"] / run["validation_accuracy"] for run in phases)
    of_epochs = statistics.mean(run["phase_1_seconds"] / run["epochs_seconds"] for run in phases)

    def share(key: str) -> float:
        return statistics.mean(run[key] for run in linear) / statistics.mean(run[key] for run in ours)

    titles = ["way", "test accuracy", "test pictures", "validation accuracy", "seconds"]
    return (
        f"{markdown_table(titles, rows)}\n\n"
        f"Within the two phases, phase 1 gives {of_accuracy:.0%} of the final validation accuracy in {of_epochs:.1%} "
        f"of the epochs' time. `linear` gives {share('test_accuracy'):.0%} of the test accuracy of our `fine-tune` in "
        f"{share('seconds'):.0%} of its seconds. {REPORT}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/clothing-small"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    options = parser.parse_args()
    result = measure(options.data, options.seeds)
    show("two_phases", "Two phases: what the first one gives", table(result), result, write=options.write)


if __name__ == "__main__":
    main()
