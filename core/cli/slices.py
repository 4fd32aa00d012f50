"""Commands about slices: products of a catalog kept under a name."""

import csv
from pathlib import Path
from typing import Any

from core.catalog.slices import Slice
from core.cli.drawn_maps import check_embedding, find_clusters, find_judge, product_table_of, products_of_loop
from core.cli.parser import Commands, UsageError
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table
from core.errors import CatalogError
from core.explore.map_settings import METHODS

_MOST_BYTES = 200 * 2**20
_IDS_SHOWN = 20
_SOURCES = ("where", "ids", "words", "loop", "cluster")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    one = commands.add("slice", run, show=show, summary="list, show, save, rename or delete slices kept under a name")
    one.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    one.add_argument("name", metavar="NAME", nargs="?", help="name of the slice; without one all are listed")
    what = one.add_mutually_exclusive_group()
    what.add_argument("--where", metavar="EXPR", help="save the products that pass this filter")
    what.add_argument("--ids", metavar="FILE", help="save the products of this file: one id a line, or a CSV table")
    what.add_argument("--words", metavar="TEXT", help="save the products found by these words")
    what.add_argument("--loop", metavar="LOOP", help="save the products in a loop on a map: loop=... of a page's link")
    what.add_argument("--cluster", metavar="N", type=int, help="save the products of this cluster of `clusters`")
    what.add_argument("--rename", metavar="NEW", help="give it this name")
    what.add_argument("--delete", action="store_true", help="delete it; the products stay")
    what.add_argument("--describe", action="store_true", help="also say what sets its products apart from the rest")
    one.add_argument(
        "--embedding", metavar="NAME", default="", help="with --loop: of its map; with --cluster: of those"
    )
    one.add_argument("--method", choices=METHODS, help="with --loop: of its map; default umap")
    one.add_argument("--after", metavar="EMBEDDING", help="with --loop: the map the first one was laid onto")
    one.add_argument("--note", metavar="TEXT", default="", help="why it is kept; when saving")
    one.add_argument("--replace", action="store_true", help="when saving: replace one of that name")


def run(session: Session) -> dict[str, Any]:
    """List the slices of a catalog, or show, save, rename or delete one."""
    from core.catalog.slices import list_slices

    given = session.arguments
    catalog = session.catalog(given.catalog)
    saving = any(getattr(given, name) is not None for name in _SOURCES)
    if (given.note or given.replace) and not saving:
        raise UsageError("--note and --replace belong to saving: add --where, --ids, --words, --loop or --cluster")
    _check_map_options(given)
    if given.name is not None:
        return _one(session, catalog, saving=saving)
    if given.delete or given.describe or saving or given.rename is not None:
        raise UsageError("name the slice: `slice CATALOG NAME ...`")
    return {"slices": [_brief(each) for each in list_slices(session.home, catalog)]}


def _check_map_options(given: Any) -> None:
    """Refuse options of a loop's map or a cluster's embedding that nothing would read."""
    for option, readers in (("embedding", ("loop", "cluster")), ("method", ("loop",)), ("after", ("loop",))):
        if getattr(given, option) and all(getattr(given, reader) is None for reader in readers):
            raise UsageError(f"--{option} belongs to --{' or --'.join(readers)}: add it, or leave --{option} out")


def _one(session: Session, catalog: Any, *, saving: bool) -> dict[str, Any]:
    from core.catalog.slices import delete_slice, read_slice, rename_slice, save_slice

    given = session.arguments
    if given.delete:
        event = delete_slice(session.home, catalog, given.name, actor=session.actor)
        return {"deleted": given.name, "event": str(event)}
    if given.rename is not None:
        return _brief(rename_slice(session.home, catalog, given.name, given.rename, actor=session.actor))
    if saving:
        ids = _asked_products(session, catalog)
        kept = save_slice(
            session.home, catalog, given.name, ids, note=given.note, actor=session.actor, replace=given.replace
        )
        return _brief(kept)
    found = read_slice(session.home, catalog, given.name)
    more = _described(session, catalog, found) if given.describe else {}
    return _brief(found) | {"product_ids": list(found.product_ids)} | more


def _asked_products(session: Session, catalog: Any) -> list[str]:
    """List the products to save, in catalog order where nothing else orders them."""
    given = session.arguments
    if given.where is not None or given.ids is not None:
        return _listed_products(session, catalog)
    ids = _selected_products(session, catalog)
    if not ids:
        raise CatalogError("no product is selected: nothing was saved")
    return ids


def _selected_products(session: Session, catalog: Any) -> list[str]:
    """List the products of a selection of the map."""
    from core.explore.catalog_embeddings import check_embedding_name
    from core.explore.map_choices import MapProducts
    from core.explore.map_selections import MapSelection, read_loop, selected_rows

    given = session.arguments
    points = later = None
    asked = MapSelection(words=given.words, cluster=given.cluster) if given.loop is None else read_loop(given.loop)
    if asked.loop is not None and asked.layout:
        _check_no_other_map(given)
        run = find_judge(session, catalog, None)
        products = MapProducts(session.home, catalog, product_table_of(session, catalog), run=run)
    elif asked.loop is not None:
        products, points, later = products_of_loop(
            session,
            catalog,
            asked,
            method=given.method or asked.method or "umap",
            embedding=given.embedding or asked.embedding,
            after=given.after,
        )
    else:
        check_embedding(session, catalog, given.embedding)
        found = find_clusters(session, catalog, check_embedding_name(given.embedding))
        products = MapProducts(session.home, catalog, product_table_of(session, catalog), clusters=found)
    selected = selected_rows(products, asked, points, after=later)
    return [str(each) for each in products.table["product_id"][selected]]


def _check_no_other_map(given: Any) -> None:
    """Refuse options of the map where a loop's link names its drawing: nothing would read them."""
    for option in ("method", "embedding", "after"):
        if getattr(given, option):
            raise UsageError(f"the loop's link names its map itself: leave --{option} out, or map=... of the link")


def _listed_products(session: Session, catalog: Any) -> list[str]:
    """List the products that pass a filter, or those a file names."""
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
    told = {"slice": result["slice"], "products": f"{result['products']:,}", "note": result["note"] or "none"}
    ids = result.get("product_ids", [])
    more = f" ... (all: `products CATALOG --slice {result['slice']}`, or --json)" if len(ids) > _IDS_SHOWN else ""
    text = facts(told | ({"product ids": " ".join(ids[:_IDS_SHOWN]) + more} if ids else {}))
    return f"{text}\n\n{_contrast_text(result['contrast'])}" if "contrast" in result else text


def _contrast_text(found: dict[str, Any]) -> str:
    """Lay out what sets a slice apart: its prices, then its traits."""
    rows = [
        {
            **each,
            "in": f"{each['share_selected']:.0%}",
            "out": f"{each['share_rest']:.0%}",
            "h": f"{each['effect']:+.2f}",
        }
        for each in found["traits"]
    ]
    columns = {"field": "WHAT", "value": "VALUE", "in": "IN IT", "out": "REST", "h": "EFFECT"}
    traits = table(rows, columns, empty="nothing sets it apart that chance could not explain")
    prices = found["prices"]
    if prices is None:
        return traits
    told = {
        f"median price of {prices['selected']:,}": f"{prices['median_selected']:,.2f} {prices['currency']}",
        f"of {prices['rest']:,} others": f"{prices['median_rest']:,.2f} {prices['currency']}",
        "dearer than another": f"{percent_cell(prices['dearer'])} (50 % is no difference)",
    }
    return f"{facts(told)}\n\n{traits}"
