"""Commands about slices: products of a catalog kept under a name."""

import csv
from pathlib import Path
from typing import Any

from core.catalog.slices import Slice
from core.cli.parser import Commands, UsageError
from core.cli.session import Session
from core.cli.tables import facts, table
from core.errors import CatalogError

_MOST_BYTES = 200 * 2**20


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    one = commands.add("slice", run, show=show, summary="list, show, save, rename or delete slices kept under a name")
    one.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    one.add_argument("name", metavar="NAME", nargs="?", help="name of the slice; without one all are listed")
    what = one.add_mutually_exclusive_group()
    what.add_argument("--where", metavar="EXPR", help="save the products that pass this filter")
    what.add_argument("--ids", metavar="FILE", help="save the products of this file: one id a line, or a CSV table")
    what.add_argument("--rename", metavar="NEW", help="give it this name")
    what.add_argument("--delete", action="store_true", help="delete it; the products stay")
    what.add_argument("--describe", action="store_true", help="also say what sets its products apart from the rest")
    one.add_argument("--note", metavar="TEXT", default="", help="why it is kept; with --where or --ids")
    one.add_argument("--replace", action="store_true", help="with --where or --ids: replace one of that name")


def run(session: Session) -> dict[str, Any]:
    """List the slices of a catalog, or show, save, rename or delete one."""
    from core.catalog.slices import list_slices

    given = session.arguments
    catalog = session.catalog(given.catalog)
    if (given.note or given.replace) and given.where is None and given.ids is None:
        raise UsageError("--note and --replace belong to saving: add --where EXPR or --ids FILE")
    if given.name is not None:
        return _one(session, catalog)
    if given.delete or given.describe or any(each is not None for each in (given.where, given.ids, given.rename)):
        raise UsageError("name the slice: `slice CATALOG NAME ...`")
    return {"slices": [_brief(each) for each in list_slices(session.home, catalog)]}


def _one(session: Session, catalog: Any) -> dict[str, Any]:
    from core.catalog.slices import delete_slice, read_slice, rename_slice, save_slice

    given = session.arguments
    if given.delete:
        event = delete_slice(session.home, catalog, given.name, actor=session.actor)
        return {"deleted": given.name, "event": str(event)}
    if given.rename is not None:
        return _brief(rename_slice(session.home, catalog, given.name, given.rename, actor=session.actor))
    if given.where is not None or given.ids is not None:
        ids = _asked_products(session, catalog)
        kept = save_slice(
            session.home, catalog, given.name, ids, note=given.note, actor=session.actor, replace=given.replace
        )
        return _brief(kept)
    found = read_slice(session.home, catalog, given.name)
    more = _described(session, catalog, found) if given.describe else {}
    return _brief(found) | {"product_ids": list(found.product_ids)} | more


def _asked_products(session: Session, catalog: Any) -> list[str]:
    from core.catalog.product_filter import ProductFilter
    from core.catalog.product_search import matching_rows

    given = session.arguments
    everything = ProductFilter(where=given.where) if given.where else ProductFilter()
    columns, rows = matching_rows(session.home, catalog, everything)
    known = [columns.product_ids[int(row)] for row in rows]
    if given.ids is None:
        return known
    asked = _ids_in(Path(given.ids).expanduser())
    missing = set(asked) - set(known)
    if missing:
        examples = ", ".join(repr(each[:60]) for each in sorted(missing)[:3])
        raise CatalogError(
            f"catalog {catalog.name!r} has no product {examples}"
            + (f" and {len(missing) - 3:,} more" if len(missing) > 3 else "")
            + f": correct {given.ids}"
        )
    return asked


def _ids_in(path: Path) -> list[str]:
    """Read ids: the column product_id of a table, or the lines of a file without one."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CatalogError(f"{path} is larger than {_MOST_BYTES >> 20} MiB: a list of ids is not")
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"cannot read ids from {path} ({error}): write one id a line, in UTF-8") from error
    if rows and "product_id" in rows[0]:
        place = rows[0].index("product_id")
        return [row[place] for row in rows[1:] if len(row) > place and row[place]]
    return [row[0] for row in rows]


def _described(session: Session, catalog: Any, found: Slice) -> dict[str, Any]:
    from core.catalog.products import product_table
    from core.explore.selection_contrast import contrast

    products = product_table(session.home, catalog)
    selected = products["product_id"].isin(set(found.product_ids)).to_numpy()
    return {"contrast": contrast(products, selected).to_json()}


def _brief(found: Slice) -> dict[str, Any]:
    return {
        "slice": found.name,
        "products": len(found.product_ids),
        "note": found.note,
        "revision": found.revision,
        "created": found.created,
        "created_by": found.created_by,
    }


def show(result: dict[str, Any]) -> str:
    """Lay out the slices of a catalog, or what one holds."""
    if "slices" in result:
        columns = {"slice": "SLICE", "products": "PRODUCTS", "created": "CREATED", "note": "NOTE"}
        return table(result["slices"], columns, empty="no slice yet; save one with `slice CATALOG NAME --where EXPR`")
    if "deleted" in result:
        return f"deleted {result['deleted']}; `undo {result['event']}` brings it back"
    told = facts({"slice": result["slice"], "products": f"{result['products']:,}", "note": result["note"] or "none"})
    traits = result.get("contrast", {}).get("traits", [])
    rows = [
        {
            **each,
            "in": f"{each['share_selected']:.0%}",
            "out": f"{each['share_rest']:.0%}",
            "h": f"{each['effect']:+.2f}",
        }
        for each in traits
    ]
    if "contrast" not in result:
        return told
    columns = {"field": "WHAT", "value": "VALUE", "in": "IN IT", "out": "REST", "h": "EFFECT"}
    return f"{told}\n\n{table(rows, columns, empty='nothing sets it apart that chance could not explain')}"
