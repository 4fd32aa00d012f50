"""Commands about the quality of a catalog: quality, measure."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands, UsageError
from core.cli.session import Session
from core.cli.tables import facts, seconds_cell, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    quality = commands.add("quality", judge, show=show_report, summary="tell what is missing and wrong in a catalog")
    quality.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    quality.add_argument("--html", metavar="FILE", help="write the report as one HTML file with thumbnails")
    quality.add_argument("--csv", metavar="FILE", help="write the lines of the report as CSV")
    quality.add_argument("--no-measure", action="store_true", help="judge only the pictures that are measured already")
    measure = commands.add(
        "measure", measure_all, show=show_measured, summary="measure light and sharpness of pictures", detachable=True
    )
    measure.add_argument("catalog", metavar="CATALOG", help="name of the catalog")


def judge(session: Session) -> dict[str, Any]:
    """Judge a catalog; pictures without measures are measured first."""
    from core.quality.measuring import count_unmeasured
    from core.quality.report import quality_report
    from core.quality.report_csv import report_csv
    from core.quality.report_html import report_html

    given = session.arguments
    catalog = session.catalog(given.catalog)
    targets = [_target(name) for name in (given.html, given.csv)]
    if not given.no_measure and count_unmeasured(session.home, catalog):
        session.run_here("measure", {"catalog": catalog.name})
    report = quality_report(session.home, catalog)
    if targets[0] is not None:
        _write(session, targets[0], report_html(session.home, catalog, report))
    if targets[1] is not None:
        _write(session, targets[1], report_csv(report))
    return report.to_json()


def measure_all(session: Session) -> dict[str, Any]:
    """Measure the pictures of a catalog."""
    name = session.catalog(session.arguments.catalog).name
    return session.run_job("measure", {"catalog": name})


def show_report(result: dict[str, Any]) -> str:
    """Lay out the verdict and what was found."""
    found = [line for line in result["lines"] if line["severity"] != "good"]
    rows = [{**line, "examples": ", ".join(line["examples"][:3])} for line in found]
    columns = {"severity": "", "count": "COUNT", "title": "FOUND", "examples": "SUCH AS"}
    looked = len(result["lines"]) - len(found)
    return f"{result['verdict']}\n\n{table(rows, columns, empty='nothing found')}\n\n{looked} more checks found nothing"


def show_measured(result: dict[str, Any]) -> str:
    """Say what was measured."""
    return facts(
        {
            "pictures": result["pictures"],
            "measured": result["measured"],
            "reused": result["reused"],
            "unreadable": result["unreadable"],
            "took": seconds_cell(result["seconds"]),
            "pictures/s": result["pictures_per_second"],
        }
    )


def _target(name: str | None) -> Path | None:
    """Check where a report goes before the work begins."""
    if name is None:
        return None
    path = Path(name)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {name[:300]}: expected the name of a file in a folder that is there")
    return path


def _write(session: Session, path: Path, text: str) -> None:
    from core.files import write_whole

    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}; name another file") from error
    session.say(f"written: {path}")
