"""Commands that find mistakes in a catalog: audit, next-to-label."""

import json
from pathlib import Path
from typing import Any

from core.cli.parser import Commands, UsageError, whole_number
from core.cli.session import Session
from core.cli.tables import table

_KINDS = ("labels", "duplicates", "prices", "pictures")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    audit = commands.add("audit", audit_one, show=show_findings, summary="find mistakes in a catalog", detachable=True)
    audit.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    audit.add_argument("--kind", choices=_KINDS, help="what to look for; default all kinds")
    audit.add_argument("--out", metavar="FILE", help="also write every finding to a file: .csv, else JSON")
    audit.add_argument("--limit", metavar="N", type=whole_number(1), help="at most so many findings; default all")
    audit.add_argument("--slice", metavar="NAME", help="tell only findings about products of this slice")
    label = commands.add(
        "next-to-label",
        choose_labeling,
        show=show_labeling,
        summary="choose the uncategorized products worth labeling next",
        detachable=True,
    )
    label.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    label.add_argument("--limit", metavar="N", type=whole_number(1), default=50, help="how many; default 50")


def audit_one(session: Session) -> dict[str, Any]:
    """Audit a catalog; what it lacks is embedded first."""
    from core.review.audit import kept_audit

    given = session.arguments
    catalog = session.catalog(given.catalog)
    target = target_file(given.out)
    ids_of_slice(session, catalog)  # a slice that is not there is told before the work
    kinds = [given.kind] if given.kind else list(_KINDS)
    done = session.run_job("audit", {"catalog": catalog.name, "kinds": kinds})
    if given.detach:
        return done
    catalog = session.catalog(given.catalog)
    audits = [kept.audit for kept in (kept_audit(session.home, catalog, kind) for kind in kinds) if kept]
    for audit in audits:
        for note in audit.notes:
            session.say(f"{audit.kind}: {note}")
    among = ids_of_slice(session, catalog)
    found = [each for audit in audits for each in audit.findings if among is None or each.product_id in among]
    found.sort(key=lambda each: -each.score)
    findings = [each.to_json() for each in found]
    if target is not None:
        _write_findings(session, target, findings)
    return {"findings": findings[: given.limit]}


def choose_labeling(session: Session) -> dict[str, Any]:
    """Choose what to label next."""
    given = session.arguments
    return session.run_job("next-to-label", {"catalog": session.catalog(given.catalog).name, "limit": given.limit})


def show_findings(result: dict[str, Any]) -> str:
    """Lay out findings."""
    columns = {"score": "SCORE", "kind": "KIND", "product_id": "PRODUCT", "current": "NOW", "suggested": "SUGGESTED"}
    return table(result["findings"], {**columns, "reason": "WHY"}, empty="nothing could be scored")


def show_labeling(result: dict[str, Any]) -> str:
    """Lay out what to label next."""
    rows = [
        {**each, "guess": ", ".join(f"{guess['category']} {guess['probability']:.0%}" for guess in each["guesses"][:2])}
        for each in result["products"]
    ]
    columns = {"product_id": "PRODUCT", "doubt": "DOUBT", "guess": "LIKELY"}
    return table(rows, columns, empty="every product with a picture has a category")


def ids_of_slice(session: Session, catalog: Any) -> set[str] | None:
    """Read the products of the slice that was named; None where none was."""
    from core.catalog.slices import read_slice

    name = session.arguments.slice
    return None if name is None else set(read_slice(session.home, catalog, name).product_ids)


def target_file(name: str | None) -> Path | None:
    """Check where a file goes before the work begins."""
    if name is None:
        return None
    path = Path(name).expanduser()
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {name[:300]}: expected the name of a file in a folder that is there")
    return path


def write_file(session: Session, path: Path, text: str) -> None:
    """Write a text whole.

    Raises:
        UsageError: It cannot be written there.
    """
    from core.files import write_whole

    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}; name another file") from error
    session.say(f"written: {path}")


def _write_findings(session: Session, path: Path, findings: list[dict[str, Any]]) -> None:
    from core.catalog.export_cells import csv_lines, optional_cell, safe_cell

    if path.suffix.lower() != ".csv":
        write_file(session, path, json.dumps({"findings": findings}, ensure_ascii=False))
        return
    names = ("product_id", "kind", "score", "current", "suggested", "reason")
    rows = [list(names)]
    for each in findings:
        texts = [optional_cell(each["current"]), optional_cell(each["suggested"]), safe_cell(each["reason"])]
        rows.append([safe_cell(each["product_id"]), each["kind"], f"{each['score']:.6f}", *texts])
    write_file(session, path, csv_lines(rows))
