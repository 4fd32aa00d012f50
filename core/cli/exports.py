"""The command that exports a catalog."""

from typing import Any

from core.catalog.export_tables import FORMATS
from core.cli.auditing import ids_of_slice
from core.cli.parser import Commands
from core.cli.session import Session
from core.cli.tables import facts, seconds_cell


def add_commands(commands: Commands) -> None:
    """Add the command of this group."""
    export = commands.add(
        "export", export_one, show=show_export, summary="export a catalog as table and pictures", detachable=True
    )
    export.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    export.add_argument("to", metavar="TO", help="new folder, or new file that ends in .zip")
    export.add_argument("--format", choices=FORMATS, default="parquet", help="format of the table; default parquet")
    export.add_argument("--no-pictures", action="store_true", help="export the table alone")
    export.add_argument("--slice", metavar="NAME", help="only the products of this slice")
    export.add_argument("--replace", action="store_true", help="an earlier export at TO may go; nothing else ever does")


def export_one(session: Session) -> dict[str, Any]:
    """Export a catalog."""
    given = session.arguments
    catalog = session.catalog(given.catalog)
    ids_of_slice(session, catalog)  # a slice that is not there is told before the work
    arguments = {
        "catalog": catalog.name,
        "to": given.to,
        "format": given.format,
        "pictures": not given.no_pictures,
        "replace": given.replace,
        "slice": given.slice,
    }
    return session.run_job("export", arguments)


def show_export(result: dict[str, Any]) -> str:
    """Say what was exported."""
    names = (
        "catalog",
        *(("slice",) if result["slice"] else ()),
        "to",
        "format",
        "products",
        "pictures",
        "missing_pictures",
    )
    return facts({name.replace("_", " "): result[name] for name in names} | {"took": seconds_cell(result["seconds"])})
