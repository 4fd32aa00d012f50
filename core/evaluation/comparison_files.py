"""A comparison as plain values: JSON for scripts, CSV for spreadsheets, one HTML file for people."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from core.catalog.export_cells import csv_lines, safe_cell
from core.catalog.html_policy import content_policy
from core.catalog.picture_formats import printable
from core.evaluation.comparison import ALL_LABELS, Comparison, RunFigures, class_differences
from core.evaluation.one_against_rest import one_against_rest

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#1c2426;background:#fff;max-width:1100px;"
    "margin:0 auto;padding:28px 20px}"
    "h1{font-size:30px;margin:0 0 6px}h2{font-size:20px;margin:32px 0 8px;border-bottom:1px solid #d9dfe0}"
    "table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;padding:4px 10px 4px 0;"
    "border-bottom:1px solid #eceff0;overflow-wrap:anywhere;vertical-align:top}"
    "td.n,th.n{text-align:right;white-space:nowrap}"
    ".soft{color:#5c696c;font-size:13px}li{overflow-wrap:anywhere}"
)
_FIGURES = (
    "Run",
    "Recipe",
    "Backbone",
    "Right, %",
    "95 % interval",
    "Macro F1, %",
    "Test pictures",
    "Minutes",
    "Milliseconds a picture",
    "On the frontier",
)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Give everything a comparison says as plain JSON values; `runs` has what `runs` lists, and more."""
    return {
        "runs": [_run_json(comparison, place) for place in range(len(comparison.runs))],
        "settings": [
            vars(row) | {"values": list(row.values), "defaults": list(row.defaults)} for row in comparison.settings
        ],
        "reference": comparison.runs[comparison.reference].run.run_id,
        "classes": _classes_json(comparison),
        "warnings": list(comparison.warnings),
    }


def comparison_csv(comparison: Comparison) -> str:
    """Write figures and differing settings as CSV, one line a run, safe to open in a spreadsheet."""
    names = [row.name for row in comparison.settings]
    rows = [["run", *_FIGURES, *names, "more than chance against the first"]]
    for place, figures in enumerate(comparison.figures):
        cells = [figures.run_id, *_figure_cells(comparison, place)]
        cells += [row.values[place] or "" for row in comparison.settings]
        rows.append([*cells, _verdict(comparison, place)])
    return csv_lines([[safe_cell(printable(cell)) for cell in row] for row in rows])


def comparison_html(comparison: Comparison) -> str:
    """Write a comparison as one HTML file that needs no network; everything from outside is escaped."""
    runs = [printable(run.run.name) for run in comparison.runs]
    figures = [[*_figure_cells(comparison, place), _verdict(comparison, place)] for place in range(len(runs))]
    settings = [
        [row.name, *(_setting(value, usual) for value, usual in zip(row.values, row.defaults, strict=True))]
        for row in comparison.settings
    ]
    warnings = "".join(f"<li>{_text(each)}</li>" for each in comparison.warnings)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{content_policy()}">
<title>Runs compared</title><style>{_STYLE}</style></head><body>
<h1>{len(runs)} runs compared</h1><p class="soft">ShelfLens. Figures on test pictures, which no run learned from.</p>
{f"<h2>To mind</h2><ul>{warnings}</ul>" if warnings else ""}
<h2>What came of it</h2>{_table([*_FIGURES, "More than chance"], figures, numbers_from=3)}
<h2>What was set otherwise</h2>{_table(["Setting", *runs], settings) if settings else "<p>Nothing.</p>"}
{_classes_html(comparison)}</body></html>
"""


def _run_json(comparison: Comparison, place: int) -> dict[str, Any]:
    run, figures = comparison.runs[place].run, comparison.figures[place]
    both = one_against_rest(comparison.runs[place])
    difference = comparison.differences[place]
    return {
        "run": run.run_id,
        "name": run.name,
        "catalog": run.catalog,
        "recipe": run.recipe,
        "backbone": run.backbone,
        "created": run.created,
        "seconds": run.seconds,
        "state": run.state,
        "metrics": run.metrics,
        "measure": figures.measure,
        "accuracy": figures.accuracy,
        "accuracy_interval": list(figures.accuracy_interval),
        "macro_f1": figures.macro_f1,
        "macro_f1_interval": list(figures.macro_f1_interval) if figures.macro_f1_interval else None,
        "pictures": figures.pictures,
        "minutes": figures.minutes,
        "milliseconds_a_picture": figures.milliseconds,
        "test_group": figures.test_group,
        "frontier": figures.frontier,
        "yes_or_no_accuracy": both.yes_or_no if both else None,
        "always_no_accuracy": both.always_no if both else None,
        "against_reference": None
        if difference is None
        else {
            "pictures": difference.pictures,
            "gained": difference.gained,
            "lost": difference.lost,
            "difference": difference.difference,
            "interval": list(difference.interval),
            "p_value": difference.p_value,
            "more_than_chance": difference.more_than_chance,
        },
    }


def _classes_json(comparison: Comparison) -> list[dict[str, Any]]:
    """Give what each run finds of every class: recall against the reference, and pictures gained and lost."""
    found = []
    first = comparison.runs[comparison.reference]
    for place, run in enumerate(comparison.runs):
        if place == comparison.reference:
            continue
        for row in class_differences(first, run).to_dict("records"):
            values = {str(name): _plain(value) for name, value in row.items()}
            found.append({"run": run.run.run_id, **values})
    return found


def _plain(value: Any) -> Any:
    """Give a cell as JSON knows it; a missing number is nothing."""
    if isinstance(value, float | np.floating):
        return None if not np.isfinite(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value


def _figure_cells(comparison: Comparison, place: int) -> list[str]:
    run, figures = comparison.runs[place].run, comparison.figures[place]
    low, high = figures.accuracy_interval
    return [
        run.name,
        run.recipe,
        run.backbone,
        _percentage(figures.accuracy) + (" (all labels)" if figures.measure == ALL_LABELS else ""),
        f"{100 * low:.1f} to {100 * high:.1f}" if figures.accuracy is not None else "",
        _percentage(figures.macro_f1),
        str(figures.pictures),
        f"{figures.minutes:.2f}",
        "" if figures.milliseconds is None else f"{figures.milliseconds:.1f}",
        _frontier(figures),
    ]


def _frontier(figures: RunFigures) -> str:
    return "yes" if figures.frontier else "no"


def _verdict(comparison: Comparison, place: int) -> str:
    difference = comparison.differences[place]
    if place == comparison.reference:
        return "the one compared with"
    if difference is None:
        return "cannot be told: too few common test pictures"
    low, high = (100 * end for end in difference.interval)
    verdict = "yes" if difference.more_than_chance else "no"
    change = f"{100 * difference.difference:+.1f} points ({low:+.1f} to {high:+.1f})"
    return f"{verdict}: {change}, p = {difference.p_value:.3g}"


def _classes_html(comparison: Comparison) -> str:
    parts = []
    first = comparison.runs[comparison.reference]
    for place, run in enumerate(comparison.runs):
        if place != comparison.reference:
            table = class_differences(first, run)
            rows = [
                [
                    str(row["class_name"]),
                    str(row["pictures"]),
                    *map(_percentage, (row["first_recall"], row["second_recall"])),
                    *map(_whole, (row["gained"], row["lost"])),
                ]
                for row in table.to_dict("records")
            ]
            titles = ["Class", "Pictures", "Found before, %", "Found now, %", "Gained", "Lost"]
            parts.append(
                f"<h2>{_text(first.run.name)} → {_text(run.run.name)}</h2>{_table(titles, rows, numbers_from=1)}"
            )
    return "".join(parts)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, numbers_from: int = 10**6) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        marks = (' class="n"' if place >= numbers_from else "" for place in range(len(cells)))
        return "".join(f"<{tag}{mark}>{_text(each)}</{tag}>" for mark, each in zip(marks, cells, strict=True))

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f"<table><thead><tr>{line(titles, 'th')}</tr></thead><tbody>{body}</tbody></table>"


def _setting(value: str | None, usual: bool) -> str:
    return "–" if value is None else f"{value} (default)" if usual else value


def _percentage(share: float | None) -> str:
    return "" if share is None or share != share else f"{100 * share:.1f}"


def _whole(value: float) -> str:
    return "" if value != value else f"{int(value)}"


def _text(text: str) -> str:
    return escape(printable(text))
