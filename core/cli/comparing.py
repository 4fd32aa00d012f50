"""The command that compares runs."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands
from core.cli.session import Session
from core.cli.tables import table
from core.errors import RunError


def add_commands(commands: Commands) -> None:
    """Add the command of this group."""
    compare = commands.add(
        "compare", compare_runs, show=show_comparison, summary="compare runs: figures, price, chance"
    )
    compare.add_argument("runs", metavar="RUN", nargs="+", help="ids of runs; the first is what the others are held to")
    compare.add_argument("--csv", metavar="FILE", help="also write figures and differing settings as CSV")
    compare.add_argument("--html", metavar="FILE", help="also write everything as one HTML file")
    compare.add_argument(
        "--measure", action="store_true", help="measure the time to classify a picture where it is unknown"
    )


def compare_runs(session: Session) -> dict[str, Any]:
    """Compare runs."""
    from core.evaluation.compared_runs import chosen_ids, load_compared
    from core.evaluation.comparison import compare
    from core.evaluation.comparison_files import comparison_csv, comparison_html, comparison_json
    from core.models.picture_speed import measure_speed

    given = session.arguments
    runs = [load_compared(session.home, each) for each in chosen_ids(given.runs)]
    if given.measure:
        for place, run in enumerate(runs):
            if run.speed is None and run.manifest:
                measure_speed(session.home, run.run.run_id)
                runs[place] = load_compared(session.home, run.run.run_id)
    found = compare(runs)
    for name, text in ((given.csv, comparison_csv), (given.html, comparison_html)):
        if name:
            _write(Path(name), text(found))
    return comparison_json(found)


def show_comparison(result: dict[str, Any]) -> str:
    """Lay out figures, differing settings and what to mind."""
    runs = [_row(each) for each in result["runs"]]
    columns = {
        "run": "RUN",
        "name": "NAME",
        "right": "RIGHT",
        "interval": "95 % INTERVAL",
        "f1": "MACRO F1",
        "pictures": "PICTURES",
        "minutes": "MINUTES",
        "milliseconds_a_picture": "MS/PICTURE",
        "frontier": "FRONTIER",
        "chance": "AGAINST THE FIRST",
    }
    parts = [table(runs, columns, empty="no run")]
    if result["settings"]:
        ids = [each["run"] for each in result["runs"]]
        rows = [{"name": row["name"], **dict(zip(ids, _marked(row), strict=True))} for row in result["settings"]]
        parts.append(table(rows, {"name": "SETTING", **{each: each for each in ids}}, empty=""))
    return "\n\n".join([*parts, *(f"warning: {each}" for each in result["warnings"])])


def _row(run: dict[str, Any]) -> dict[str, Any]:
    low, high = run["accuracy_interval"]
    known = run["accuracy"] is not None
    against = run["against_reference"]
    words = None
    if against:
        verdict = "more than chance" if against["more_than_chance"] else "may be chance"
        words = f"{100 * against['difference']:+.1f} points, {verdict}"
    return {
        **run,
        "right": f"{100 * run['accuracy']:.1f} %" if known else None,
        "interval": f"{100 * low:.1f} to {100 * high:.1f}" if known else None,
        "f1": f"{100 * run['macro_f1']:.1f} %" if run["macro_f1"] is not None else None,
        "chance": words,
    }


def _marked(row: dict[str, Any]) -> list[str]:
    return [
        "–" if value is None else f"{value} (default)" if usual else value
        for value, usual in zip(row["values"], row["defaults"], strict=True)
    ]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"{path} cannot be written: {reason}; name another file") from error
