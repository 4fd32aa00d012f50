"""Gain or loss of a second stage on real pictures: ours, and the report's own way with its best settings.

What a user runs: `import` and `embed` in processes of their own, then one training of the recipe for each way and seed,
whose progress tells how long each stage takes. Gain is on test pictures, against the first model of the very same run;
its interval is a bootstrap over products. `--set` changes settings of every way, such as `--set n_estimators=5` for a
quick proof.

    python -m benchmarks.second_stage [--data ../shared/data] [--seeds 0 1 2] [--ways ours report-best report-grid]
        [--catalogs clothing flipkart] [--set KEY=VALUE ...] [--write]
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import (
    ROOT,
    PrintedProgress,
    markdown_table,
    mean_and_spread,
    peak_mib,
    run_command,
    show,
    versions,
)
from core.catalog.catalogs import find_catalog
from core.evaluation.second_stage_report import second_stage_report
from core.home import open_home
from core.models.runs import open_run
from core.models.train import train_run

SOURCES = {
    "clothing": (["clothing-small"], "category"),
    "flipkart": (
        ["flipkart-1050/flipkart_com-ecommerce_sample_1050.csv", "--images", "flipkart-1050/images"],
        "category:2",
    ),
}
"""Words of `import` after which the data folder is put, and the target."""

WAYS = ("ours", "report-best", "report-grid")


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Import, embed and train everything; give one row of figures a training."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for catalog in given.catalogs:
            words, target = SOURCES[catalog]
            paths = [word if word.startswith("--") else str(given.data / word) for word in words]
            run_command("import", *paths, "--catalog", catalog, home=home)
            run_command("embed", catalog, home=home)
            for way in given.ways:
                for seed in given.seeds:
                    rows.append(train(home, catalog, target, way, seed=seed, settings=given.set))
    return rows


class StageClock(PrintedProgress):
    """Measures how long each stage takes, by what the training says it does."""

    def __init__(self) -> None:
        super().__init__()
        self.minutes = dict.fromkeys(("first model", "out of fold", "grid", "specialists"), 0.0)
        self._stage, self._since = "", time.monotonic()

    def report(self, done: int, total: int | None, message: str) -> None:
        """Note the time when a stage begins."""
        super().report(done, total, message)
        now = time.monotonic()
        if self._stage:
            self.minutes[self._stage] += (now - self._since) / 60
        self._since, self._stage = now, self._stage_of(message)

    def _stage_of(self, message: str) -> str:
        if message.startswith("specialist "):
            return "grid" if ": try " in message else "specialists"
        if message.startswith(("without part", "looking for near duplicates")):
            return "out of fold"
        if message.startswith(("measuring the features", "epoch")):
            return "first model"
        return ""


def train(home: Path, catalog: str, target: str, way: str, *, seed: int, settings: Sequence[str]) -> dict[str, Any]:
    """Train once and collect what its second stage did."""
    opened, clock = open_home(home), StageClock()
    given = {"preset": way, **dict(each.split("=", 1) for each in settings)}
    trained = train_run(
        opened,
        find_catalog(opened, catalog),
        recipe="second-stage",
        target=target,
        settings=given,
        seed=seed,
        actor="benchmark",
        progress=clock,
    )
    run = open_run(opened, trained["run"])
    report = second_stage_report(run).to_json()
    sets = report["sets"]
    return {
        "catalog": catalog,
        "way": way,
        "seed": seed,
        "sets": len(sets),
        "kept": sum(each["kept"] for each in sets),
        "test": report["splits"]["test"],
        "validation": report["splits"]["validation"],
        "test_loss": run.run.metrics["test"]["loss"],
        "minutes": clock.minutes,
        "peak_mib": peak_mib(),
        "settings": run.run.settings,
    }


def summary(rows: list[dict[str, Any]]) -> str:
    """Lay one line out for each training, then the means over seeds."""
    lines = [
        (
            row["catalog"],
            row["way"],
            row["seed"],
            row["test"]["pictures"],
            f"{row['kept']} of {row['sets']}",
            f"{row['test']['accuracy_before']:.3f}",
            f"{row['test']['accuracy_after']:.3f}",
            _interval(row["test"]),
            f"{row['test']['p_value']:.2f}",
            f"{row['test']['share_inside_sets']:.0%}",
            f"{row['test_loss']:.3f}",
            " + ".join(f"{minutes:.1f}" for minutes in row["minutes"].values()),
        )
        for row in rows
    ]
    titles = ("catalog", "way", "seed", "test pictures", "specialists kept", "accuracy before", "after")
    titles = (*titles, "difference, 95 % interval (points)", "p", "errors inside sets", "loss after")
    return f"{markdown_table((*titles, 'minutes'), lines)}\n\n{_means(rows)}"


def _means(rows: list[dict[str, Any]]) -> str:
    means = []
    for catalog, way in dict.fromkeys((row["catalog"], row["way"]) for row in rows):
        own = [row for row in rows if (row["catalog"], row["way"]) == (catalog, way)]
        gain = mean_and_spread([100 * row["test"]["difference"] for row in own], digits=1)
        hoped = mean_and_spread([100 * row["validation"]["difference"] for row in own], digits=1)
        minutes = mean_and_spread([sum(row["minutes"].values()) for row in own], digits=1)
        means.append((catalog, way, len(own), gain, hoped, minutes))
    titles = ("catalog", "way", "seeds", "points gained on test", "on validation, which chose", "minutes")
    return markdown_table(titles, means)


def _interval(gain: dict[str, Any]) -> str:
    low, high = gain["difference_interval"]
    return f"{100 * gain['difference']:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--catalogs", nargs="+", choices=list(SOURCES), default=list(SOURCES))
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="a setting of every way")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    rows = measure(given)
    body = (
        f"{summary(rows)}\n\nBefore: the linear head alone. Minutes: first model + out of fold + grid + specialists. "
        "Inside sets: those mistakes of the first model that specialists could mend; the report had 32 %."
    )
    result = {"rows": rows, "versions": versions("numpy", "xgboost-cpu")}
    show("second_stage", "Gain of a second stage", body, result, write=given.write)


if __name__ == "__main__":
    main()
