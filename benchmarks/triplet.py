"""What `triplet` does to look-alikes: precision at 10 before and after, on pictures of products not trained on.

Everything runs as a user runs it: `import`, `embed`, `train --recipe triplet` and `neighbors-report`. Labels are the
category (clothing-small, its own splits) and the attribute articleType (myntra-3000, split by the seed). Beside our
settings stand the report's: one dense layer from random weights, Adam 1e-5, 30 epochs, batches of 30. The report
trained its whole ResNet50; here EfficientNet-Lite0 stands in, and stays frozen for both.

With `--half`, myntra-3000 is split in two: our settings learn on one half of the products (a tenth of it to choose the
epoch by) and are measured among the other half alone.

    python -m benchmarks.triplet [--data ../shared/data] [--sets clothing-small myntra-3000] [--seeds 0 1 2] [--write]
    python -m benchmarks.triplet --half [--seeds 0 1 2] [--write]
"""

import argparse
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, markdown_table, mean_and_spread, run_command, show
from core.home import open_home
from core.models.runs import open_run

PRESETS = ("ours", "report")
HALVES = "9:1:10"
TARGETS = {"clothing-small": "category", "myntra-3000": "attribute:articleType"}
_CATALOG = "pictures"


def source_words(data: Path, name: str, *, half: bool = False) -> list[str]:
    """Give the words that import a data set; `half` leaves every second product for the measure."""
    if name == "clothing-small":
        return [str(data / name)]
    folder = data / name
    return [
        str(folder / "styles.csv"),
        "--images",
        str(folder / "images"),
        "--map",
        "attribute.articleType=articleType",
        *(["--split", HALVES] if half else []),
    ]


def measure_set(data: Path, name: str, seeds: list[int], *, half: bool = False) -> list[dict[str, Any]]:
    """Import and embed a data set once, then train and compare for every preset and seed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run_command("import", *source_words(data, name, half=half), "--catalog", _CATALOG, home=home)
        _, embed_seconds = run_command("embed", _CATALOG, home=home)
        rows = []
        for preset in PRESETS[: 1 if half else None]:
            for seed in seeds:
                rows.append({"set": name, "preset": preset, "seed": seed, **measure(home, name, preset, seed)})
                print(f"  {rows[-1]['set']}, {preset}, seed {seed}: {rows[-1]['after']:.3f}", flush=True)
        return [{**row, "embed_seconds": embed_seconds} for row in rows]


def measure(home: Path, name: str, preset: str, seed: int) -> dict[str, Any]:
    """Train once and compare look-alikes."""
    words = ["train", _CATALOG, "--recipe", "triplet", "--target", TARGETS[name], "--seed", str(seed)]
    trained, seconds = run_command(*words, "--set", f"preset={preset}", home=home)
    report, _ = run_command("neighbors-report", trained["run"], home=home)
    manifest = open_run(open_home(home), trained["run"]).manifest
    return {
        "before": report["before"]["precision"],
        "after": report["after"]["precision"],
        "gain": report["gain"]["precision"],
        "gain_interval": report["gain"]["interval"],
        "ceiling": report["ceiling"],
        "pictures": report["queries"],
        "accuracy": trained["metrics"]["test"]["accuracy"],
        "seconds": seconds,
        "learn_seconds": manifest["seconds_by_part"]["learn"],
        "epochs": manifest["epochs"],
        "agreement": manifest["network"]["agreement"],
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Lay out means over seeds."""
    lines = []
    for name in dict.fromkeys(row["set"] for row in rows):
        for preset in PRESETS:
            chosen = [row for row in rows if (row["set"], row["preset"]) == (name, preset)]
            if not chosen:
                continue
            before, after, gain, minutes = (
                [row[key] / (60 if key == "seconds" else 1) for row in chosen]
                for key in ("before", "after", "gain", "seconds")
            )
            lows, highs = zip(*(row["gain_interval"] for row in chosen), strict=True)
            lines.append(
                [
                    f"{name}, {TARGETS[name]}",
                    preset,
                    mean_and_spread(before),
                    mean_and_spread(after),
                    f"{statistics.mean(gain):+.3f} [{statistics.mean(lows):+.3f}, {statistics.mean(highs):+.3f}]",
                    f"{statistics.mean(row['ceiling'] for row in chosen):.3f}",
                    f"{statistics.mean(row['pictures'] for row in chosen):.0f}",
                    mean_and_spread(minutes, 2),
                ]
            )
    titles = [
        "pictures, label",
        "settings",
        "P@10 before",
        "P@10 after",
        "gain [95 %]",
        "best possible",
        "test pictures",
    ]
    return markdown_table([*titles, "minutes"], lines)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--sets", nargs="+", choices=list(TARGETS), default=list(TARGETS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--half", action="store_true", help="learn on half of myntra-3000, measure on the other half")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    sets = ["myntra-3000"] if given.half else given.sets
    rows = [row for name in sets for row in measure_set(given.data, name, given.seeds, half=given.half)]
    words = (
        "Precision at 10 among test pictures, pictures of the query's own product left out; the interval of the gain "
        "is the mean of the seeds' 95 % bootstrap intervals over products. EfficientNet-Lite0 stands in for ResNet50, "
        "which the report trained whole; here it is frozen. Minutes are those of `train` with cached features, start "
        "of the process, split and export included."
    )
    data = f"--data {os.path.relpath(given.data)}"
    name, title = (
        ("triplet_half", "Triplet embedding learned on half") if given.half else ("triplet", "Triplet embedding")
    )
    data += " --half" if given.half else ""
    show(name, title, f"{table(rows)}\n\n{words}", {"runs": rows}, write=given.write, data=data)


if __name__ == "__main__":
    main()
