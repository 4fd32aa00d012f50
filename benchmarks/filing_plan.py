"""Whether the planner keeps its promise on fresh pictures, beside the plain threshold that looked good enough.

A run's validation and test pictures, none of which it learned from, are put together and split anew 200 times: on one
half a plan is made, on the other half it is held against what comes true. The plan states between what the precision of
what it files will lie; the plain threshold is the lowest one whose precision on the first half reaches what is wanted,
and states that it will. A second table leaves validation as it is, so that what the run itself chose on validation
counts too, and draws the test pictures 200 times with replacement.

    python -m benchmarks.filing_plan [--data ../shared/data] [--resamples 200] [--home HOME ...] [--write]
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measuring import markdown_table, run_command, show, versions
from core.evaluation.filing_plan import FilingPlan, check_plan, filing_answers, plan_of_answers
from core.evaluation.thresholds import one_picture_a_product, share_curve
from core.home import Home, open_home
from core.models.runs import RunFiles, list_runs, open_run

PRECISIONS = (0.98, 0.95, 0.9)
GOAL = 0.9


def held_out(run: RunFiles) -> pd.DataFrame:
    """Give the answers of validation and test, one picture a product, with their split."""
    splits = run.products["split"].to_numpy()
    rows = np.flatnonzero(np.isin(splits, ["validation", "test"]))
    rows = rows[one_picture_a_product(run.products["product_id"].to_numpy()[rows])]
    return filing_answers(run, rows, temperature=1.0).assign(split=splits[rows])


def plain_threshold(answers: pd.DataFrame, precision: float) -> float:
    """Give the lowest threshold whose precision on these pictures reaches what is wanted; infinite without one."""
    curve = share_curve(answers["probability"].to_numpy(), answers["right"].to_numpy(bool))
    fine = curve[curve["accuracy"] >= precision]
    return float(fine["threshold"].iloc[-1]) if len(fine) else float("inf")


def measure_once(plan: FilingPlan, plain: float, fresh: pd.DataFrame) -> dict[str, float]:
    """Hold a plan and a plain threshold against fresh pictures."""
    check = check_plan(plan, fresh)
    taken = fresh["probability"].to_numpy() >= plain
    naive = float(fresh["right"].to_numpy()[taken].mean()) if taken.any() else None
    return {
        "share": check.share,
        "files_something": float(check.accepted > 0),
        "within_interval": float(check.kept),
        "within_where_it_files": float(check.kept) if check.accepted else float("nan"),
        "reached": float(check.precision is None or check.precision >= plan.precision),
        "interval_low": check.interval[0] if check.accepted else float("nan"),
        "plain_share": float(taken.mean()),
        "plain_reached": float(naive is None or naive >= plan.precision),
    }


def resplit(
    answers: pd.DataFrame, classes: tuple[str, ...], precision: float, *, times: int
) -> dict[str, float | None]:
    """Plan on a random half, hold it against the other, many times."""
    random, found = np.random.default_rng(0), []
    for _ in range(times):
        mixed = random.permutation(len(answers))
        first, second = answers.iloc[mixed[: len(mixed) // 2]], answers.iloc[mixed[len(mixed) // 2 :]]
        plan = plan_of_answers(first, classes=classes, precision=precision)
        found.append(measure_once(plan, plain_threshold(first, precision), second))
    return means(found)


def redraw(answers: pd.DataFrame, classes: tuple[str, ...], precision: float, *, times: int) -> dict[str, float | None]:
    """Plan on the run's own validation pictures, hold it against draws of its test pictures."""
    random, found = np.random.default_rng(1), []
    first, test = (answers[answers["split"] == name] for name in ("validation", "test"))
    plan, plain = plan_of_answers(first, classes=classes, precision=precision), plain_threshold(first, precision)
    for _ in range(times):
        found.append(measure_once(plan, plain, test.iloc[random.integers(0, len(test), len(test))]))
    return means(found)


def means(found: list[dict[str, float]]) -> dict[str, float | None]:
    """Average the figures of all resamples; what no resample has is None."""
    frame = pd.DataFrame(found)
    return {name: None if np.isnan(value) else float(value) for name, value in frame.mean(skipna=True).items()}


def percent(share: float | None) -> str:
    """Write a share, a dash for none."""
    return "–" if share is None else f"{share:.1%}"


def measure(homes: list[Home], *, times: int) -> list[dict[str, Any]]:
    """Measure every run of the homes that predicts one class a picture."""
    rows = []
    for home in homes:
        for each in reversed(list_runs(home)):
            if each.predicts_labels or each.state != "done":
                continue
            run = open_run(home, each.run_id)
            answers = held_out(run)
            for precision in PRECISIONS:
                rows.append(
                    {
                        "catalog": each.catalog,
                        "recipe": each.recipe,
                        "pictures": len(answers),
                        "precision": precision,
                        "resplit": resplit(answers, each.classes, precision, times=times),
                        "redrawn": redraw(answers, each.classes, precision, times=times),
                    }
                )
    return rows


def table(rows: list[dict[str, Any]], times: int) -> str:
    """Write the figures as two tables."""
    titles = [
        "catalog", "recipe", "held-out pictures", "wanted", "files anything", "share filed", "within its interval",
        "where it files", "reaches what is wanted", "plain: share filed", "plain: reaches what it says",
    ]  # fmt: skip
    tables = [
        markdown_table(
            titles,
            [
                [
                    row["catalog"],
                    row["recipe"],
                    row["pictures"],
                    f"{row['precision']:.0%}",
                    f"{row[kind]['files_something']:.0%}",
                    f"{row[kind]['share']:.0%}",
                    f"{row[kind]['within_interval']:.1%}",
                    percent(row[kind]["within_where_it_files"]),
                    f"{row[kind]['reached']:.1%}",
                    f"{row[kind]['plain_share']:.0%}",
                    f"{row[kind]['plain_reached']:.1%}",
                ]
                for row in rows
            ],
        )
        for kind in ("resplit", "redrawn")
    ]
    least = {kind: min(row[kind]["within_interval"] for row in rows) for kind in ("resplit", "redrawn")}
    kept = "yes" if min(least.values()) >= GOAL else "NO"
    return (
        f"Planned on one half of the held-out pictures, held against the other half, {times} times:\n\n{tables[0]}\n\n"
        f"Planned on the run's validation pictures, held against {times} draws of its test pictures:\n\n"
        f"{tables[1]}\n\n"
        f"A confidence of 95 % was asked for. Precision within the stated interval in at least {GOAL:.0%} of "
        f"resamples: {kept} (least {least['resplit']:.1%} and {least['redrawn']:.1%}). Where nothing can be promised "
        "nothing is filed, which breaks no promise: the share filed tells how much a promise is worth."
    )


def train(data: Path, root: Path) -> Home:
    """Import and train on clothing-small."""
    run_command("import", str(data / "clothing-small"), "--catalog", "clothing", home=root)
    for recipe in ("linear", "fine-tune"):
        run_command("train", "clothing", "--recipe", recipe, home=root)
    return open_home(root)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--resamples", type=int, default=200)
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
        rows = measure(homes, times=options.resamples)
    data = "--home CLOTHING DEMO" if options.home else ""
    result = {"resamples": options.resamples, "rows": rows, "versions": versions("numpy", "scipy")}
    body = table(rows, options.resamples)
    show("filing_plan", "What can be filed without a person", body, result, write=options.write, data=data)


if __name__ == "__main__":
    main()
