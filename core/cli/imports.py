"""Commands that fill a home: import, preview and demo."""

from pathlib import Path
from typing import Any

from core.catalog.source_settings import ATTRIBUTE, FORMATS, MAPPED_FIELDS
from core.cli.parser import Commands, Parser, UsageError, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, seconds_cell, table

_SHOWN_ROWS = 5
_SHOWN_COLUMNS = 6


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    parser = commands.add(
        "import",
        import_source,
        show=show_import,
        summary="import products and pictures into a catalog",
        detachable=True,
    )
    _add_source(parser)
    parser.add_argument("--catalog", metavar="NAME", required=True, help="catalog to fill, made when missing")
    _add_limits(parser)
    shown = commands.add(
        "preview", preview, show=show_preview, summary="show the first rows of a source and the products they become"
    )
    _add_source(shown)
    demo = commands.add(
        "demo", build_demo, show=show_demo, summary="build the demo catalog, train on it and map it", detachable=True
    )
    demo.add_argument("--seed", metavar="N", type=whole_number(0), default=7, help="decides every product; default 7")


def import_source(session: Session) -> dict[str, Any]:
    """Import a source into a catalog."""
    given = session.arguments
    options = {
        "split": given.split,
        "seed": given.seed,
        "max_per_category": given.max_per_category,
        "category_levels": given.category_levels,
        "merge": _merge_rules(given.merge),
    }
    arguments = {
        "source": given.source,
        "catalog": given.catalog,
        "settings": _settings(given),
        "options": {name: value for name, value in options.items() if value is not None},
    }
    return session.run_job("import", arguments)


def preview(session: Session) -> dict[str, Any]:
    """Show the beginning of a source."""
    from core.catalog.source_preview import preview_source
    from core.jobs.arguments import source_settings

    given = session.arguments
    settings = source_settings(_settings(given), source=given.source)
    return preview_source(session.home, given.source, settings=settings).to_json()


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


def show_preview(result: dict[str, Any]) -> str:
    """Show the mapping, the first products and what to look at."""
    count = result["count"]
    parts = [facts({"format": result["format"], "products": "not known yet" if count is None else count})]
    if result["mapping"]:
        parts.append(table(result["mapping"], {"field": "FIELD", "column": "COLUMN", "reason": "WHY"}, empty=""))
    if result["attributes"]:
        parts.append(f"attributes: {', '.join(result['attributes'])}")
    for rows, columns in ((result["rows"], result["columns"][:_SHOWN_COLUMNS]), (result["products"], _PRODUCT_COLUMNS)):
        if rows:
            shown = [{name: _brief(row.get(name)) for name in columns} for row in rows[:_SHOWN_ROWS]]
            parts.append(table(shown, {name: name for name in columns}, empty=""))
    parts += [f"note: {warning}" for warning in result["warnings"]]
    return "\n\n".join(parts)


def show_demo(result: dict[str, Any]) -> str:
    """Say what the demo holds."""
    return facts({name: value for name, value in result.items() if not isinstance(value, dict | list)})


_PRODUCT_COLUMNS = ("product_id", "title", "category", "price", "currency", "pictures")


def _brief(cell: Any) -> Any:
    """Cut a cell so that a row fits on a line."""
    text = ", ".join(map(str, cell)) if isinstance(cell, list) else cell
    return text if not isinstance(text, str) or len(text) <= 32 else f"{text[:31]}…"


def _settings(given: Any) -> dict[str, Any]:
    """Gather how the source is to be read; what was not said is left out."""
    settings = {
        "format": given.format,
        "images": given.images,
        "columns": pairs(given.map, option="--map"),
        "currency": given.currency,
        "labels": given.labels,
        "category_names": given.category_names,
        "encoding": given.encoding,
        "delimiter": given.delimiter,
        "sheet": given.sheet,
        "query": given.query,
        "allowed_hosts": given.allow_host,
        "crawl": pairs(given.crawl, option="--crawl"),
    }
    return {name: value for name, value in settings.items() if value}


def _merge_rules(file: str | None) -> dict[str, str] | None:
    """Read the file of ``--merge``."""
    if file is None:
        return None
    from core.cleaning.merge_rules import read_merge_file

    rules = dict(read_merge_file(Path(file).expanduser()))
    if not rules:
        raise UsageError(f"{file} holds no merge rule: expected rows of two categories, from and to")
    return rules


def _add_source(parser: Parser) -> None:
    """Add the source and everything that says how to read it."""
    fields = ", ".join((*MAPPED_FIELDS, f"{ATTRIBUTE}NAME"))
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="folder, table, archive or BSON file; address of a database or of a result page",
    )
    parser.add_argument("--format", choices=FORMATS, default="auto", help="how the source is built; default auto")
    parser.add_argument("--images", metavar="DIR", help="folder with the pictures that a table names")
    parser.add_argument(
        "--map",
        metavar="FIELD=COLUMN",
        type=pair,
        action="append",
        help=f"column of a field: {fields}; may be repeated",
    )
    parser.add_argument("--currency", metavar="CODE", help="currency of prices that name none, such as EUR")
    parser.add_argument("--labels", choices=("parts",), help="labels from the parts of a folder's name between '_'")
    parser.add_argument("--category-names", metavar="FILE", help="names of the category numbers of a BSON source")
    parser.add_argument("--encoding", metavar="NAME", help="encoding of a text table; without it found out")
    parser.add_argument("--delimiter", metavar="SIGN", help="what parts the cells of a text table, or 'tab'")
    parser.add_argument("--sheet", metavar="NAME", help="sheet of a workbook; without it the first that holds rows")
    parser.add_argument("--query", metavar="SQL", help="query to read from a database")
    parser.add_argument(
        "--allow-host", metavar="HOST", action="append", help="host on a private network to ask; may be repeated"
    )
    parser.add_argument(
        "--crawl", metavar="KEY=VALUE", type=pair, action="append", help="setting of a crawl; may be repeated"
    )


def _add_limits(parser: Parser) -> None:
    parser.add_argument(
        "--split", metavar="8:1:1", help="shares of train, validation and test where the source has none"
    )
    parser.add_argument("--seed", metavar="N", type=whole_number(0), help="decides splits and what a limit keeps")
    parser.add_argument("--max-per-category", metavar="N", type=whole_number(1), help="at most so many products each")
    parser.add_argument(
        "--category-levels", metavar="N", type=whole_number(1), help="only so many levels, broadest first"
    )
    parser.add_argument("--merge", metavar="FILE", help="table of categories, from and to, merged while importing")
