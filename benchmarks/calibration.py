"""Whether temperature scaling makes probabilities more honest on pictures that had no say in it.

The temperature is found on a run's validation pictures and judged on its test pictures, beside scikit-learn: isotonic
regression of each class against all others, made to sum to 1 (what `CalibratedClassifierCV(method="isotonic")` does
with a model that is fitted already), and a logistic regression likewise, fitted on the same validation pictures. The
differences have 95 % intervals by bootstrap over the test pictures.

    python -m benchmarks.calibration [--data ../shared/data] [--home HOME ...] [--write]
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.filing_plan import train
from benchmarks.measuring import markdown_table, run_command, show, versions
from core.evaluation.calibration import calibration_error, fit_temperature, scale
from core.home import Home, open_home
from core.models.runs import RunFiles, list_runs, open_run
from core.models.scores import SMALLEST_PROBABILITY

RESAMPLES = 500

Ways = dict[str, tuple[np.ndarray, np.ndarray]]


def scaled_ways(run: RunFiles) -> tuple[Ways, np.ndarray, float]:
    """Scale the test probabilities in every way; give each way's chances, the true classes, and the temperature."""
    splits, index = run.products["split"].to_numpy(), pd.Index(run.run.classes)
    rows = {name: np.flatnonzero(splits == name) for name in ("validation", "test")}
    labels = {name: index.get_indexer(pd.Index(run.products["label"].to_numpy()[each])) for name, each in rows.items()}
    seen, fresh = (np.asarray(run.probabilities[rows[name]], dtype=np.float64) for name in ("validation", "test"))
    temperature = fit_temperature(run.probabilities, rows["validation"], labels["validation"])
    found = {"as it is": fresh, "temperature": scale(fresh, temperature)}
    for name, fit in (("isotonic (scikit-learn)", isotonic), ("sigmoid (scikit-learn)", sigmoid)):
        found[name] = one_against_all(seen, labels["validation"], fresh, fit)
    return {name: (each, labels["test"]) for name, each in found.items()}, labels["test"], temperature


def one_against_all(
    seen: np.ndarray, labels: np.ndarray, fresh: np.ndarray, fit: Callable[..., np.ndarray]
) -> np.ndarray:
    """Calibrate every class against all others and let the results sum to 1, as scikit-learn does."""
    columns = [fit(seen[:, place], labels == place, fresh[:, place]) for place in range(seen.shape[1])]
    chances = np.stack(columns, axis=1)
    total = chances.sum(axis=1, keepdims=True)
    return np.where(total > 0, chances / np.maximum(total, SMALLEST_PROBABILITY), 1 / seen.shape[1])


def isotonic(seen: np.ndarray, truth: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """Calibrate one class by isotonic regression."""
    from sklearn.isotonic import IsotonicRegression

    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(seen, truth).predict(fresh)


def sigmoid(seen: np.ndarray, truth: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """Calibrate one class by a logistic regression on its log-odds (Platt)."""
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return np.full(len(fresh), float(truth.mean()))
    odds = [np.log(np.clip(each, 1e-9, 1 - 1e-9) / (1 - np.clip(each, 1e-9, 1 - 1e-9))) for each in (seen, fresh)]
    model = LogisticRegression(C=1e6).fit(odds[0][:, None], truth)
    return model.predict_proba(odds[1][:, None])[:, 1]


def figures(chances: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Compute calibration error, log loss and accuracy."""
    right = chances.argmax(axis=1) == labels
    given = np.maximum(chances[np.arange(len(labels)), labels], SMALLEST_PROBABILITY)
    return {
        "error": calibration_error(chances.max(axis=1), right),
        "loss": float(-np.log(given).mean()),
        "accuracy": float(right.mean()),
    }


def measure(homes: list[Home]) -> list[dict[str, Any]]:
    """Measure every run of the homes that predicts one class a picture."""
    rows = []
    for home in homes:
        for each in reversed(list_runs(home)):
            if each.predicts_labels or each.state != "done":
                continue
            ways, labels, temperature = scaled_ways(open_run(home, each.run_id))
            drawn = np.random.default_rng(0).integers(0, len(labels), (RESAMPLES, len(labels)))
            before = ways["as it is"][0]
            for name, (chances, _) in ways.items():
                changes = [
                    figures(chances[draw], labels[draw])["error"] - figures(before[draw], labels[draw])["error"]
                    for draw in drawn
                ]
                low, high = np.quantile(changes, [0.025, 0.975])
                rows.append(
                    {
                        "catalog": each.catalog, "recipe": each.recipe, "pictures": len(labels), "way": name,
                        "temperature": temperature if name == "temperature" else None, **figures(chances, labels),
                        "change_interval": [float(low), float(high)],
                    }
                )  # fmt: skip
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Write the figures as a table."""
    titles = ["catalog", "recipe", "way", "calibration error on test", "change, 95 % interval", "log loss", "accuracy"]
    lines = [
        [
            row["catalog"], row["recipe"],
            row["way"] + (f" {row['temperature']:.2f}" if row["temperature"] else ""),
            f"{row['error']:.4f}",
            "" if row["way"] == "as it is" else "{:+.3f} to {:+.3f}".format(*row["change_interval"]),
            f"{row['loss']:.4f}", f"{row['accuracy']:.3f}",
        ]
        for row in rows
    ]  # fmt: skip
    pairs = list(zip(rows[0::4], rows[1::4], strict=True))
    fell = sum(after["error"] < before["error"] for before, after in pairs)
    mean = [float(np.mean([each["error"] for each in rows[place::4]])) for place in range(4)]
    names = [row["way"] for row in rows[:4]]
    return (
        f"{markdown_table(titles, lines)}\n\nTest pictures, which had no say; 15 bins. The error fell with the "
        f"temperature for {fell} of {len(pairs)} runs. Mean error: "
        f"{', '.join(f'{name} {value:.4f}' for name, value in zip(names, mean, strict=True))}. A temperature never "
        "changes which class is the most probable; the others may."
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", type=Path, nargs="+", help="homes with trained runs, in place of training here")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.home:
            homes = [open_home(each) for each in options.home]
        else:
            demo = Path(folder) / "demo"
            run_command("demo", home=demo)
            homes = [train(options.data, Path(folder) / "home"), open_home(demo)]
        rows = measure(homes)
    data = "--home CLOTHING DEMO" if options.home else ""
    result = {"rows": rows, "versions": versions("numpy", "scikit-learn")}
    show("calibration", "Temperature scaling", table(rows), result, write=options.write, data=data)


if __name__ == "__main__":
    main()
