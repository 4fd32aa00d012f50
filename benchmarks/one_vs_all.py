"""Reports K3 and K4 on our pictures: one model for all categories against one model a category.

The five largest classes of the clothing pictures, 2,705 of them, in their own splits. Report K compared the mean
accuracy of its yes-or-no models (89 %) with the accuracy of choosing among all categories (36 %): two different
questions. Here both ways answer both: who is right most often when choosing, and how often each model alone says yes or
no rightly - next to what always saying no would get.

    python -m benchmarks.one_vs_all [--data ../shared/data/clothing-small] [--seeds 0 1 2] [--write]
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.clothing_subsets import copy_pictures, list_pictures
from benchmarks.measuring import markdown_table, mean_and_spread, run_command, show, versions
from core.home import open_home
from core.models.runs import open_run

CLASSES = ("t-shirt", "longsleeve", "pants", "shirt", "shoes")
PICTURES = 2705
WAYS = {
    "multi-class: head, report's settings (K3)": ["--recipe", "head", "--set", "preset=report"],
    "multi-class: linear, ours": ["--recipe", "linear"],
    "one against all, report's settings (K4)": ["--recipe", "one-vs-all", "--set", "preset=report"],
    "one against all, ours": ["--recipe", "one-vs-all"],
}


def train_once(home: Path, words: list[str], *, seed: int) -> dict[str, Any]:
    """Train; give the accuracy of the choice, that of the yes-or-no questions, and the loss of the probabilities."""
    trained, seconds = run_command("train", "five", *words, "--seed", str(seed), home=home)
    run = open_run(open_home(home), trained["run"])
    chosen = (run.products["split"] == "test").to_numpy()
    labels = run.products.loc[chosen, "label"].to_numpy()
    says = np.asarray(run.probabilities[chosen]) >= 0.5
    truth = labels[:, None] == np.array(run.run.classes)[None, :]
    test = trained["metrics"]["test"]
    return {
        "seed": seed,
        "accuracy": test["accuracy"],
        "macro_f1": test["macro_f1"],
        "loss": test["loss"],
        "pictures": test["pictures"],
        "yes_or_no_accuracy": float((says == truth).mean()),
        "always_no_accuracy": float(1 - truth.mean()),
        "seconds": round(seconds, 1),
    }


def table(result: dict[str, Any]) -> str:
    """Write the figures as a table."""
    rows = [
        [
            name,
            mean_and_spread([run["accuracy"] for run in runs]),
            mean_and_spread([run["macro_f1"] for run in runs]),
            mean_and_spread([run["loss"] for run in runs]),
            mean_and_spread([run["yes_or_no_accuracy"] for run in runs]),
            runs[0]["pictures"],
            f"{statistics.mean(run['seconds'] for run in runs):.0f}",
        ]
        for name, runs in result["ways"].items()
    ]
    never = next(iter(result["ways"].values()))[0]["always_no_accuracy"]
    titles = ["way", "test accuracy", "macro F1", "loss", "yes-or-no accuracy", "test pictures", "seconds"]
    return (
        f"{PICTURES:,} pictures of {len(CLASSES)} categories; seconds of training, features cached.\n\n"
        f"{markdown_table(titles, rows)}\n\n"
        f"Saying no to every category has a yes-or-no accuracy of {never:.3f}: that figure flatters, and it is why the "
        "report's 89 % for one model a category and 36 % for one model of all cannot be compared."
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/clothing-small"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    options = parser.parse_args()
    chosen = [picture for picture in list_pictures(options.data) if picture[1] in CLASSES]
    if len(chosen) != PICTURES:
        raise SystemExit(f"{options.data} has {len(chosen)} pictures of the five categories, expected {PICTURES}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run_command("import", str(copy_pictures(chosen, Path(folder) / "pictures")), "--catalog", "five", home=home)
        run_command("embed", "five", home=home)
        ways = {name: [train_once(home, words, seed=seed) for seed in options.seeds] for name, words in WAYS.items()}
    result = {"ways": ways, "versions": versions("numpy", "openvino")}
    show("one_vs_all", "One model for all categories, or one a category", table(result), result, write=options.write)


if __name__ == "__main__":
    main()
