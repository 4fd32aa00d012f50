"""Commands that fill a home: import and demo."""

from typing import Any

from core.catalog.source_settings import FORMATS
from core.cli.parser import Commands, Parser, UsageError, pair, refuse_unsupported, whole_number
from core.cli.session import Session
from core.cli.tables import facts, seconds_cell, table

READY_FORMATS = ("auto", "folder")
_NOT_YET = ("--images", "--map", "--labels", "--merge", "--category-names")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    parser = commands.add(
        "import",
        import_source,
        show=show_import,
        summary="import products and pictures into a catalog",
        detachable=True,
    )
    parser.add_argument("source", metavar="SOURCE", help="a folder of category folders with pictures")
    parser.add_argument("--catalog", metavar="NAME", required=True, help="catalog to fill, made when missing")
    parser.add_argument("--format", choices=FORMATS, default="auto", help="how the source is built")
    _add_limits(parser)
    _add_not_yet(parser)
    demo = commands.add(
        "demo", build_demo, show=show_demo, summary="build the demo catalog, train on it and map it", detachable=True
    )
    demo.add_argument("--seed", metavar="N", type=whole_number(0), default=7, help="decides every product; default 7")


def import_source(session: Session) -> dict[str, Any]:
    """Import a source into a catalog."""
    given = session.arguments
    if given.format not in READY_FORMATS:
        raise UsageError(
            f"`import` cannot read --format {given.format} yet: give a folder of category folders (--format folder)"
        )
    refuse_unsupported(given, _NOT_YET, way_out="a folder source takes its fields from the folders' names")
    options = {
        "split": given.split,
        "seed": given.seed,
        "max_per_category": given.max_per_category,
        "category_levels": given.category_levels,
    }
    chosen = {name: value for name, value in options.items() if value is not None}
    arguments = {
        "source": given.source,
        "catalog": given.catalog,
        "settings": {"format": given.format},
        "options": chosen,
    }
    return session.run_job("import", arguments)


def build_demo(session: Session) -> dict[str, Any]:
    """Build the demo, or say at once that it is there."""
    return session.run_job("demo", {"seed": session.arguments.seed})


def show_import(result: dict[str, Any]) -> str:
    """Say what an import found."""
    splits = ", ".join(f"{name} {count:,}" for name, count in result["splits"].items()) or "none"
    lines = facts(
        {
            "catalog": result["catalog"],
            "products": result["products"],
            "pictures": result["pictures"],
            "categories": result["categories"],
            "splits": splits,
            "took": seconds_cell(result["seconds"]),
        }
    )
    if not result["skipped"]:
        return lines
    rows = [{**each, "examples": ", ".join(each["examples"][:3])} for each in result["skipped"]]
    skipped = table(rows, {"reason": "SKIPPED", "count": "FILES", "examples": "SUCH AS"}, empty="")
    return f"{lines}\n\n{skipped}"


def show_demo(result: dict[str, Any]) -> str:
    """Say what the demo holds."""
    return facts({name: value for name, value in result.items() if not isinstance(value, dict | list)})


def _add_limits(parser: Parser) -> None:
    parser.add_argument(
        "--split", metavar="8:1:1", help="shares of train, validation and test where the source has none"
    )
    parser.add_argument("--seed", metavar="N", type=whole_number(0), help="decides splits and what a limit keeps")
    parser.add_argument("--max-per-category", metavar="N", type=whole_number(1), help="at most so many products each")
    parser.add_argument(
        "--category-levels", metavar="N", type=whole_number(1), help="only so many levels, broadest first"
    )


def _add_not_yet(parser: Parser) -> None:
    parser.add_argument("--images", metavar="DIR", help="pictures of a table; refused for folders")
    parser.add_argument(
        "--map", metavar="FIELD=COLUMN", type=pair, action="append", help="columns of a table; refused for folders"
    )
    parser.add_argument("--labels", choices=("parts",), help="folder names as several labels; refused so far")
    parser.add_argument("--merge", metavar="FILE", help="merge categories by a file; refused so far")
    parser.add_argument("--category-names", metavar="FILE", help="category names of a BSON source; refused for folders")
