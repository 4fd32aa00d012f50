"""Grid against guide: the best validation accuracy that each has found after so many seconds, on clothing-small.

Both search the recipe `head` on the same cached features. The grid is that of the item categorization report (L6, five
learning rates), then a finer one of learning rate and dropout; the guide draws from ranges with early giving up. The
measure is of validation, as everywhere in a search; the test figure is that of the one run trained with the best.

    python -m benchmarks.search [--data ../shared/data] [--trials 30] [--epochs 60] [--seeds 3] [--home DIR] [--write]
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import markdown_table, mean_and_spread, run_command, show, versions

MARKS = (15, 30, 60, 120)
METHODS: dict[str, tuple[str, ...]] = {
    "grid L6 (5 learning rates)": (),
    "grid 6 x 5 (rate, dropout)": (
        "--grid",
        "learning_rate=1e-5,1e-4,3e-4,1e-3,3e-3,1e-2",
        "--grid",
        "dropout=0,0.2,0.4,0.6,0.8",
    ),
    "guided, same two settings": ("--guided", "--vary", "learning_rate=1e-5:1e-2", "--vary", "dropout=0:0.8"),
    "guided, without giving up": (
        "--guided",
        "--vary",
        "learning_rate=1e-5:1e-2",
        "--vary",
        "dropout=0:0.8",
        "--pruner",
        "none",
    ),
    "guided, five settings": ("--guided",),
}


def best_after(trials: list[dict[str, Any]], seconds: float) -> float | None:
    """Give the best validation accuracy of the trials that were over after so many seconds of trials."""
    spent, best = 0.0, None
    for trial in trials:
        spent += trial["seconds"]
        if spent > seconds:
            break
        if trial["figures"] is not None:
            best = max(best or 0.0, trial["figures"]["accuracy"])
    return best


def measure(home: Path, words: tuple[str, ...], *, given: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Run one search in a process of its own."""
    common = ("search", "clothing", "--recipe", "head", "--set", f"epochs={given.epochs}", "--seed", str(seed))
    found, seconds = run_command(*common, "--trials", str(given.trials), *words, home=home)
    report, _ = run_command("search-report", found["search"], home=home)
    trials = report["trials"]
    return {
        "seconds": seconds,
        "trial_seconds": sum(trial["seconds"] for trial in trials),
        "trials": found["trials"],
        "best": found["best"],
        "best_after": {mark: best_after(trials, mark) for mark in MARKS},
        "test_accuracy": found["metrics"]["test"]["accuracy"],
        "test_pictures": found["metrics"]["test"]["pictures"],
        "validation_pictures": found["validation_pictures"],
    }


def row(name: str, runs: list[dict[str, Any]]) -> list[str]:
    """Lay out one method: means over seeds."""
    counts = {state for run in runs for state in run["trials"]}
    trials = ", ".join(
        f"{sum(run['trials'].get(state, 0) for run in runs) / len(runs):.0f} {state}" for state in counts
    )
    marks = []
    for mark in MARKS:
        found = [run["best_after"][mark] for run in runs if run["best_after"][mark] is not None]
        marks.append(f"{sum(found) / len(found):.4f}" if found else "-")
    best = mean_and_spread([run["best"]["accuracy"] for run in runs], 4)
    test = mean_and_spread([run["test_accuracy"] for run in runs], 4)
    seconds = f"{sum(run['trial_seconds'] for run in runs) / len(runs):.0f}"
    return [name, trials, *marks, best, seconds, test]


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", type=Path, help="a home whose catalog `clothing` is embedded, instead of a new one")
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "home"
        if given.home is None:
            run_command("import", str(given.data / "clothing-small"), "--catalog", "clothing", home=home)
            run_command("embed", "clothing", home=home)
        for name, words in METHODS.items():
            result[name] = [measure(home, words, given=given, seed=seed) for seed in range(given.seeds)]
    first = next(iter(result.values()))[0]
    titles = [
        "method",
        "trials",
        *(f"after {mark} s" for mark in MARKS),
        "best",
        "seconds",
        "test of the best run",
    ]
    table = markdown_table(titles, [row(name, runs) for name, runs in result.items()])
    body = (
        f"Recipe `head` on clothing-small, frozen EfficientNet-Lite0; accuracies on {first['validation_pictures']} "
        f"validation pictures (those after so many seconds of trials among them), and on {first['test_pictures']} test "
        f"pictures for the run trained with the best settings; mean of {given.seeds} seeds, at most {given.trials} "
        f"trials of {given.epochs} epochs.\n\n{table}"
    )
    words = f"--seeds {given.seeds} --trials {given.trials} --epochs {given.epochs}"
    result["versions"] = versions("optuna", "numpy")
    show("search", "Search for settings: grid and guide", body, result, write=given.write, data=words)


if __name__ == "__main__":
    main()
