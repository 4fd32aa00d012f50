"""From picture files to a judged classifier: `import` and `train --recipe linear`, beside scikit-learn on its features.

Both commands run as a user runs them, in a fresh home, each in a process of its own: the time is that of everything.
The peer is scikit-learn's logistic regression on the very features the run used and the very split, its strength chosen
on validation from a grid as ours is; it neither decodes nor embeds.

    python -m benchmarks.linear_clothing [--data ../shared/data/clothing-small] [--seed 0] [--json]
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import run_command
from core.evaluation.report import evaluate_run
from core.home import open_home
from core.models.gathered_features import gather_features
from core.models.run_writer import machine
from core.models.runs import RunFiles, open_run

ROOT = Path(__file__).resolve().parent.parent
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
ACCURACY_GOAL, SECONDS_GOAL = 0.86, 60.0


def peer(features: np.ndarray, labels: np.ndarray, split: np.ndarray) -> dict[str, Any]:
    """Fit scikit-learn's logistic regression for every strength, keep the best on validation, judge it on test."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    started = time.perf_counter()
    inputs = StandardScaler().fit(features[split == "train"]).transform(features)
    train, validation, test = (split == name for name in ("train", "validation", "test"))
    fitted = [LogisticRegression(C=each, max_iter=300).fit(inputs[train], labels[train]) for each in STRENGTHS]
    scores = [model.score(inputs[validation], labels[validation]) for model in fitted]
    best = int(np.argmax(scores))
    return {
        "validation_accuracy": scores[best],
        "test_accuracy": float(fitted[best].score(inputs[test], labels[test])),
        "strength": STRENGTHS[best],
        "seconds": time.perf_counter() - started,
    }


def measure(data: Path, *, seed: int) -> dict[str, Any]:
    """Run everything once and collect the figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        imported, import_seconds = run_command("import", str(data), "--catalog", "clothing", home=root)
        words = ("train", "clothing", "--recipe", "linear", "--seed", str(seed))
        trained, train_seconds = run_command(*words, home=root)
        home = open_home(root)
        run = open_run(home, trained["run"])
        features, _ = gather_features(home, run.products["picture_hash"].tolist(), backbone=run.run.backbone)
        evaluation = evaluate_run(home, run.run.run_id).to_json()
        theirs = peer(features, run.products["label"].to_numpy(), run.products["split"].to_numpy())
        return collect(run, imported, evaluation, theirs, seconds=(import_seconds, train_seconds))


def collect(
    run: RunFiles, imported: dict[str, Any], evaluation: dict[str, Any], theirs: dict[str, Any], *, seconds: tuple
) -> dict[str, Any]:
    """Put the figures together."""
    parts = run.manifest["seconds_by_part"]
    return {
        "test_accuracy": evaluation["accuracy"],
        "test_accuracy_interval": evaluation["accuracy_interval"],
        "test_macro_f1": evaluation["macro_f1"],
        "test_pictures": evaluation["pictures"],
        "validation_accuracy": run.run.metrics["validation"]["accuracy"],
        "pictures": imported["pictures"],
        "seconds": {
            "import, process start included": seconds[0],
            "train, process start included": seconds[1],
            "of it embedding": parts["embed"],
            "of it splitting, duplicates": parts["prepare"],
            "of it learning": parts["learn"],
            "from files to result": sum(seconds),
        },
        "choices": run.manifest["choices"],
        "embedding": run.manifest["embedding"],
        "picture_fit": run.manifest["picture_fit"],
        "peer": theirs,
        "versions": run.manifest["versions"],
        "machine": {**machine(), "load_at_the_end": os.getloadavg()[0]},
        "warnings": run.manifest["warnings"],
    }


def show(figures: dict[str, Any]) -> None:
    """Print a table for people."""
    low, high = figures["test_accuracy_interval"]
    theirs = figures["peer"]
    print(f"{'':34}{'ShelfLens linear':>18}{'scikit-learn':>16}")
    print(f"{'test accuracy':34}{figures['test_accuracy']:>18.4f}{theirs['test_accuracy']:>16.4f}")
    print(f"{'validation accuracy':34}{figures['validation_accuracy']:>18.4f}{theirs['validation_accuracy']:>16.4f}")
    print(f"{'seconds of learning':34}{figures['seconds']['of it learning']:>18.1f}{theirs['seconds']:>16.1f}")
    print(f"\n95 % interval {low:.3f} to {high:.3f}; {figures['test_pictures']} test of {figures['pictures']} pictures")
    for name, seconds in figures["seconds"].items():
        print(f"{name:34}{seconds:>18.1f} s")
    for name in ("choices", "embedding", "picture_fit", "machine", "versions", "warnings"):
        print(f"{name}: {figures[name]}")
    reached = figures["test_accuracy"] >= ACCURACY_GOAL
    quick = figures["seconds"]["from files to result"] < SECONDS_GOAL
    print(f"\naccuracy at least {ACCURACY_GOAL}: {'yes' if reached else 'NO'}")
    print(f"files to result under {SECONDS_GOAL:.0f} s: {'yes' if quick else 'NO'}")


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared / "clothing-small")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    figures = measure(given.data, seed=given.seed)
    if given.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures)


if __name__ == "__main__":
    main()
