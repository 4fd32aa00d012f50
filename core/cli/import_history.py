"""Commands about imports that were made: imports, compare-imports, skipped."""

from typing import Any

from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import facts, table

_KINDS = ("new", "changed", "moved", "gone")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    made = commands.add("imports", list_all, show=show_imports, summary="list the imports of a catalog, newest first")
    made.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    compared = commands.add(
        "compare-imports", compare, show=show_comparison, summary="show what differs between two imports of one source"
    )
    compared.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    compared.add_argument("first", metavar="A", type=whole_number(1), help="number of an import, as `imports` shows it")
    compared.add_argument("second", metavar="B", type=whole_number(1), help="number of another import")
    compared.add_argument("--limit", metavar="N", type=whole_number(0), help="list at most so many of each kind")
    skipped = commands.add(
        "skipped", list_left, show=show_skipped, summary="list every file and row that an import skipped, and why"
    )
    skipped.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    skipped.add_argument(
        "--import", dest="import_id", metavar="N", type=whole_number(1), help="number of the import; default the last"
    )
    skipped.add_argument("--reason", metavar="R", help="only what was skipped for this reason")


def list_all(session: Session) -> dict[str, Any]:
    """List the imports of a catalog."""
    from core.catalog.import_comparison import list_imports

    return {
        "imports": [
            {
                "import": str(run.import_id),
                "event": str(run.event_id),
                "started": run.started,
                "finished": run.finished,
                "source": run.source,
                **{name: run.report.get(name) for name in _KINDS},
                "skipped": sum(each["count"] for each in run.report.get("skipped", [])),
                "undone": run.undone,
            }
            for run in list_imports(session.home, session.catalog(session.arguments.catalog))
        ]
    }


def compare(session: Session) -> dict[str, Any]:
    """Compare two imports."""
    from core.catalog.import_comparison import compare_imports

    given = session.arguments
    catalog = session.catalog(given.catalog)
    found = compare_imports(session.home, catalog, given.first, given.second, limit=given.limit)
    return {
        "first": str(found.first.import_id),
        "second": str(found.second.import_id),
        "source": found.first.source,
        "counts": found.counts,
        "new": list(found.new),
        "changed": [{"product_id": each.product_id, "fields": _lists(each.fields)} for each in found.changed],
        "moved": [{"product_id": each.product_id, "fields": _lists(each.fields)} for each in found.moved],
        "gone": list(found.gone),
    }


def list_left(session: Session) -> dict[str, Any]:
    """List what an import skipped."""
    from core.catalog.import_log import list_skipped

    given = session.arguments
    catalog_id = session.catalog(given.catalog).catalog_id
    files = list_skipped(session.home, catalog_id, import_id=given.import_id, reason=given.reason)
    return {"skipped": [{"name": file.name, "reason": file.reason, "detail": file.detail} for file in files]}


def show_imports(result: dict[str, Any]) -> str:
    """Show imports as a table."""
    columns = {"import": "IMPORT", "started": "STARTED", **{name: name.upper() for name in _KINDS}, "source": "SOURCE"}
    return table(result["imports"], columns, empty="no import yet: make one with `import`")


def show_comparison(result: dict[str, Any]) -> str:
    """Show the counts, then what is listed of each kind."""
    parts = [facts({"source": result["source"], **result["counts"]})]
    for kind in ("changed", "moved"):
        rows = [
            {"product_id": each["product_id"], "field": name, "before": str(pair[0]), "after": str(pair[1])}
            for each in result[kind]
            for name, pair in each["fields"].items()
        ]
        columns = {"product_id": kind.upper(), "field": "FIELD", "before": "BEFORE", "after": "AFTER"}
        parts += [table(rows, columns, empty="")] if rows else []
    for kind in ("new", "gone"):
        rows = [{"product_id": product_id} for product_id in result[kind]]
        parts += [table(rows, {"product_id": kind.upper()}, empty="")] if rows else []
    return "\n\n".join(parts)


def show_skipped(result: dict[str, Any]) -> str:
    """Show skipped files as a table."""
    columns = {"reason": "REASON", "name": "NAME", "detail": "DETAIL"}
    return table(result["skipped"], columns, empty="nothing was skipped")


def _lists(fields: dict[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: list(pair) for name, pair in fields.items()}
