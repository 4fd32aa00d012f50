"""Command that tells what a run's own embedding did to look-alikes: neighbors-report."""

from typing import Any

from core.cli.embedded import embed_what_waits
from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    report = commands.add(
        "neighbors-report",
        report_neighbors,
        show=show_neighbors,
        summary="compare look-alikes before and after a training",
    )
    report.add_argument("run_id", metavar="RUN", help="id of a run that trained a network of its own")
    report.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="neighbors that count; default 10")


def report_neighbors(session: Session) -> dict[str, Any]:
    """Compare the neighbors of test pictures; embeddings that are missing are made first."""
    from core.catalog.catalogs import list_catalogs
    from core.evaluation.neighbors import neighbor_report
    from core.models.runs import find_run

    given = session.arguments
    run = find_run(session.home, given.run_id)
    if run.encoder != run.backbone:
        for catalog in list_catalogs(session.home):
            if catalog.catalog_id == run.catalog_id:
                for name in (run.backbone, run.encoder):
                    embed_what_waits(session, catalog, backbone=name)
    return neighbor_report(session.home, run.run_id, k=given.k).to_json()


def show_neighbors(result: dict[str, Any]) -> str:
    """Say how many neighbors are of the query's label, before and after."""
    figures = {}
    for name in ("before", "after", "gain"):
        low, high = (percent_cell(end) for end in result[name]["interval"])
        figures[name] = f"{percent_cell(result[name]['precision'])} (95 % interval {low} to {high})"
    head = {"run": result["run"], "catalog": result["catalog"], "label": result["target"]}
    asked = f"{result['queries']} test pictures of {result['products']} products"
    text = facts({**head, "asked for": asked, "neighbors that count": result["k"], **figures})
    rows = [
        {**each, "before": percent_cell(each["before"]), "after": percent_cell(each["after"])}
        for each in result["labels"]
    ]
    columns = {"label": "LABEL", "pictures": "PICTURES", "before": "BEFORE", "after": "AFTER"}
    return f"{text}\n\n{table(rows, columns, empty='no label')}"
