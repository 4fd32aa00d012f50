"""The command that tells what the second stage of a run gained or lost."""

from typing import Any

from core.cli.parser import Commands
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table


def add_commands(commands: Commands) -> None:
    """Add the command of this group."""
    report = commands.add(
        "second-stage-report", report_run, show=show_report, summary="what the specialists of a run gained or lost"
    )
    report.add_argument("run_id", metavar="RUN", help="id of a run of the recipe second-stage")


def report_run(session: Session) -> dict[str, Any]:
    """Compare a run's predictions with those of its first model alone."""
    from core.evaluation.second_stage_report import second_stage_report
    from core.models.runs import open_run

    return second_stage_report(open_run(session.home, session.arguments.run_id)).to_json()


def show_report(result: dict[str, Any]) -> str:
    """Lay out the splits, then the sets with their mistakes before and after."""
    splits = [{"split": split, **_split_row(gain)} for split, gain in result["splits"].items()]
    sets = [
        {
            "category": each["category"],
            "with": ", ".join(each["confused_with"]),
            "kept": "yes" if each["kept"] else "no",
            "pictures": each["pictures"]["test"],
            "before": each["errors_before"]["test"],
            "after": each["errors_after"]["test"],
        }
        for each in result["sets"]
    ]
    split_columns = {
        "split": "SPLIT",
        "pictures": "PICTURES",
        "before": "BEFORE",
        "after": "AFTER",
        "difference": "DIFFERENCE",
        "interval": "95 % INTERVAL",
        "p": "P",
        "inside": "ERRORS INSIDE SETS",
    }
    set_columns = {
        "category": "CATEGORY",
        "kept": "KEPT",
        "pictures": "TEST PICTURES",
        "before": "ERRORS BEFORE",
        "after": "ERRORS AFTER",
        "with": "CONFUSED WITH",
    }
    return "\n\n".join(
        (
            facts({"run": result["run"]}),
            table(splits, split_columns, empty="no pictures"),
            table(sets, set_columns, empty="no category is mistaken for another often enough"),
            "validation chose sets and specialists, so its gain flatters; test is fair",
        )
    )


def _split_row(gain: dict[str, Any]) -> dict[str, Any]:
    low, high = gain["difference_interval"]
    return {
        "pictures": gain["pictures"],
        "before": f"{gain['accuracy_before']:.1%}",
        "after": f"{gain['accuracy_after']:.1%}",
        "difference": f"{100 * gain['difference']:+.1f} points",
        "interval": f"{100 * low:+.1f} to {100 * high:+.1f}",
        "p": f"{gain['p_value']:.3f}",
        "inside": percent_cell(gain["share_inside_sets"]),
    }
