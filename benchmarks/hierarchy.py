"""Categories of two levels on flipkart-1050: one softmax over all, beside one for each parent, with three seeds.

Both recipes learn from the same cached features and splits. Told are, over test pictures: accuracy; how often a wrong
category has the right parent; how often the parent is right when it is read off the prediction, and when the chances
of its children are added up; and, as the peer that knows nothing of children, `linear` trained on the top level alone
(its test pictures are split anew, so it is no paired comparison). Categories with fewer than three products with
pictures are left out by training; the table says how many pictures remain.

    python -m benchmarks.hierarchy [--data ../shared/data] [--seeds 0 1 2] [--level 2] [--write]
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, markdown_table, mean_and_spread, run_command, show, versions
from core.evaluation.paired_differences import paired_difference
from core.home import open_home
from core.models.runs import RunFiles, open_run

TABLE = "flipkart-1050/flipkart_com-ecommerce_sample_1050.csv"
CATALOG = "flipkart"
RECIPES = {"flat": "linear", "level by level": "level-by-level"}


def train(home: Path, recipe: str, target: str, seed: int) -> RunFiles:
    """Train and open the run."""
    words = ("train", CATALOG, "--recipe", recipe, "--target", target, "--seed", str(seed))
    trained, _ = run_command(*words, home=home)
    return open_run(open_home(home), trained["run"])


def measure(data: Path, seeds: list[int], *, level: int) -> dict[str, Any]:
    """Train both recipes with every seed, and the top level alone."""
    ways: dict[str, list[dict[str, Any]]] = {name: [] for name in [*RECIPES, "top level alone"]}
    paired = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        pictures = data / TABLE
        run_command(
            "import", str(pictures), "--images", str(pictures.parent / "images"), "--catalog", CATALOG, home=home
        )
        for seed in seeds:
            runs = {name: train(home, recipe, f"category:{level}", seed) for name, recipe in RECIPES.items()}
            for name, run in runs.items():
                ways[name].append(figures(run))
            paired.append(compare(runs["flat"], runs["level by level"]))
            ways["top level alone"].append(figures(train(home, "linear", "category:1", seed)))
    return {"level": level, "seeds": seeds, "ways": ways, "paired": paired, "versions": versions("numpy", "openvino")}


def figures(run: RunFiles) -> dict[str, Any]:
    """Take what a run says of its test pictures."""
    test = run.run.metrics["test"]
    names = ("pictures", "accuracy", "macro_f1", "loss", "half_right", "levels", "levels_by_leaf")
    found = {name: test[name] for name in names if name in test}
    return {**found, "classes": len(run.run.classes), "train_pictures": run.manifest["pictures"]["train"]}


def compare(flat: RunFiles, levels: RunFiles) -> dict[str, Any]:
    """Compare both recipes on the same test pictures: accuracy level by level less accuracy flat."""
    rows = [run.products[run.products["split"] == "test"].reset_index(drop=True) for run in (flat, levels)]
    if not rows[0]["picture_hash"].equals(rows[1]["picture_hash"]):
        raise SystemExit("the two recipes were judged on different pictures")
    right = [(each["label"] == each["predicted"]).to_numpy() for each in rows]
    found = paired_difference(right[0], right[1], rows[0]["product_id"].tolist())
    return {"difference": found.difference, "interval": list(found.interval), "p_value": found.p_value}


def table(result: dict[str, Any]) -> str:
    """Write means and spreads over seeds."""
    titles = ("", "classes", "test pictures", "accuracy", "wrong, right parent", "parent of the prediction")
    rows = []
    for name, runs in result["ways"].items():
        row = [name, runs[0]["classes"], _range([run["pictures"] for run in runs])]
        row.append(mean_and_spread([run["accuracy"] for run in runs]))
        if "levels" in runs[0]:
            row.append(mean_and_spread([run["half_right"] for run in runs]))
            row.append(mean_and_spread([run["levels_by_leaf"]["1"] for run in runs]))
            row.append(mean_and_spread([run["levels"]["1"] for run in runs]))
        else:
            row += ["", "", mean_and_spread([run["accuracy"] for run in runs])]
        rows.append((*row, mean_and_spread([run["loss"] for run in runs])))
    words = [
        f"Seed {seed}: level by level less flat {each['difference']:+.3f}, 95 % interval "
        f"{each['interval'][0]:+.3f} to {each['interval'][1]:+.3f}, p {each['p_value']:.2f}."
        for seed, each in zip(result["seeds"], result["paired"], strict=True)
    ]
    return "\n\n".join([markdown_table((*titles, "parent by added chances", "loss"), rows), *words])


def _range(values: list[int]) -> str:
    return str(values[0]) if min(values) == max(values) else f"{min(values)} to {max(values)}"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--level", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    result = measure(given.data, given.seeds, level=given.level)
    title = f"Categories of {given.level} levels: flat, and level by level"
    show("hierarchy", title, table(result), result, write=given.write, data=f"--level {given.level}")


if __name__ == "__main__":
    main()
