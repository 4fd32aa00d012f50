"""Commands that recommend: histories, recommend, complements, pairs, set-pair, identify, add-product."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.embedded import embed_what_waits, prepare_backbone
from core.cli.parser import Commands, Parser, UsageError, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table
from core.errors import ShelfLensError

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog
    from core.recommend.index import CatalogIndex

LAYOUTS = ("auto", "table", "lines")
METHODS = (
    "order", "item-jaccard", "item-cosine", "item-pearson", "user-jaccard", "user-cosine", "user-pearson", "popularity",
)  # fmt: skip
SAYINGS = ("together", "never", "nothing")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    histories = commands.add(
        "histories", histories_of, show=show_histories, summary="import histories, or list them", detachable=True
    )
    _catalog(histories)
    histories.add_argument("source", metavar="FILE", nargs="?", help="a table or lines of histories; without it, lists")
    histories.add_argument("--name", metavar="N", default="", help="what to call the set; default histories")
    histories.add_argument(
        "--map", metavar="FIELD=COLUMN", type=pair, action="append", help="user, product, event or time"
    )
    histories.add_argument("--layout", choices=LAYOUTS, default="auto", help="a table, or a line a user; default auto")

    recommend = commands.add("recommend", recommend_to, show=show_matches, summary="recommend products to a user")
    _catalog(recommend)
    recommend.add_argument("--user", metavar="ID", required=True, help="user of the histories; may be new")
    _matches(recommend)
    recommend.add_argument("--hybrid", metavar="W", type=_share, default=0.7, help="0 content to 1 histories")
    recommend.add_argument("--method", choices=METHODS, default="order", help="how users are compared; default order")
    recommend.add_argument("--with-seen", action="store_true", help="also products the user has in the history")

    complements = commands.add(
        "complements", complements_of, show=show_matches, summary="what goes with a product, of other categories"
    )
    _catalog(complements)
    complements.add_argument("--product", metavar="ID", required=True, help="the product")
    _matches(complements)

    listing = commands.add("pairs", list_pairs, show=show_pairs, summary="list which categories go together")
    _catalog(listing)
    listing.add_argument("--category", metavar="PATH", help="what goes with this one, histories included")
    setting = commands.add("set-pair", set_pair, show=show_pairs, summary="say whether two categories go together")
    _catalog(setting)
    setting.add_argument("one", metavar="CATEGORY", help="a category path")
    setting.add_argument("other", metavar="OTHER", help="another one")
    setting.add_argument("--as", dest="says", choices=SAYINGS, default="together", help="default together")
    _add_unknown(commands)


def _add_unknown(commands: Commands) -> None:
    identify = commands.add(
        "identify", identify_one, show=show_identified, summary="say what the picture of an unknown product shows"
    )
    _catalog(identify)
    identify.add_argument("--picture", metavar="FILE", required=True, help="its picture")
    identify.add_argument("--run", dest="run_id", metavar="RUN", help="which run names it; default the newest")
    _matches(identify)
    adding = commands.add("add-product", add_one, show=show_added, summary="add a product with a picture; undoable")
    _catalog(adding)
    adding.add_argument("--picture", metavar="FILE", required=True, help="its picture")
    adding.add_argument("--title", metavar="TEXT", default="", help="default: New and the category")
    adding.add_argument("--category", metavar="PATH", help="such as 'Clothing > Shirts'")
    adding.add_argument("--price", metavar="AMOUNT", help="such as 12.50; needs --currency")
    adding.add_argument("--currency", metavar="CODE", help="such as EUR")


def histories_of(session: Session) -> dict[str, Any]:
    """Import histories, or list those of a catalog."""
    from core.catalog.histories import list_histories

    given = session.arguments
    catalog = session.catalog(given.catalog)
    if given.source is not None:
        columns = pairs(given.map, option="--map")
        arguments = {"catalog": catalog.name, "file": given.source, "name": given.name}
        return session.run_job("histories", {**arguments, "columns": columns, "layout": given.layout})
    if given.name or given.map or given.layout != "auto" or given.detach:
        raise UsageError("--name, --map, --layout and --detach are for importing: name the FILE")
    return {
        "histories": [
            {"history": each.name, "users": each.users, "events": each.events, "created": each.created}
            for each in list_histories(session.home, catalog)
        ]
    }


def recommend_to(session: Session) -> dict[str, Any]:
    """Recommend products to a user; an embedding that is missing or behind its catalog is made first."""
    from core.recommend.history_store import open_table
    from core.recommend.hybrid import describe_recommendations, recommend_in, taste_of

    given = session.arguments
    catalog, index = _index(session)
    taste = taste_of(session.home, catalog, given.user)
    table_of_users, _folder = open_table(session.home, catalog)
    found = recommend_in(
        index,
        table_of_users,
        taste,
        k=given.k,
        hybrid=given.hybrid,
        method=given.method,
        with_seen=given.with_seen,
    )
    return {
        "query": given.user,
        "matches": describe_recommendations(found, index),
        "basis": found.basis,
        "recent": list(taste.recent),
    }


def complements_of(session: Session) -> dict[str, Any]:
    """Find what goes with a product."""
    from core.recommend.complements_items import describe_complements, find_complements
    from core.recommend.complements_pairs import read_pairs
    from core.recommend.history_store import open_table

    given = session.arguments
    catalog, index = _index(session)
    said = read_pairs(session.home, catalog)
    users = open_table(session.home, catalog)[0]
    found = find_complements(index, users, given.product, pairs=said, k=given.k)
    matches = describe_complements(found, index, given.product)
    return {"query": given.product, "category": found.category, "matches": matches}


def list_pairs(session: Session) -> dict[str, Any]:
    """List what people said of pairs, or everything that goes with one category."""
    from core.recommend.complements_pairs import category_partners, read_pairs
    from core.recommend.history_store import open_table

    category = session.arguments.category
    if category is None:
        said = read_pairs(session.home, session.catalog(session.arguments.catalog))
        return {"pairs": _said(said)}
    catalog, index = _index(session)
    said, users = read_pairs(session.home, catalog), open_table(session.home, catalog)[0]
    found = category_partners(index, users, category, said)
    return {
        "pairs": [
            {"category": category, "other": each.category, "says": each.basis, "score": round(each.score, 6)}
            | {"users": each.users}
            for each in found
        ]
    }


def set_pair(session: Session) -> dict[str, Any]:
    """Say whether two categories go together."""
    from core.recommend.complements_pairs import set_pair as keep_pair

    given = session.arguments
    catalog = session.catalog(given.catalog)
    return {
        "pairs": _said(keep_pair(session.home, catalog, given.one, given.other, says=given.says, actor=session.actor))
    }


def identify_one(session: Session) -> dict[str, Any]:
    """Say what a picture shows."""
    from core.catalog.picture_formats import read_picture_file
    from core.explore.kept_clusters import latest_clusters
    from core.recommend.unknown_product import identify_picture

    given = session.arguments
    data = read_picture_file(Path(given.picture))
    catalog, index = _index(session, encoding=True)
    clusters = latest_clusters(session.home, catalog, index.encoder)
    cluster_of = None if clusters is None else clusters.name_of_product
    found = identify_picture(session.home, catalog, index, data, run_id=given.run_id, k=given.k, cluster_of=cluster_of)
    return {"query": given.picture, **found}


def add_one(session: Session) -> dict[str, Any]:
    """Add a product and make it findable."""
    from core.catalog.money import to_minor_units
    from core.catalog.picture_formats import read_picture_file
    from core.recommend.added_picture import made_embeddings
    from core.recommend.unknown_product import NewProduct, add_product

    given = session.arguments
    if (given.price is None) != (given.currency is None):
        raise UsageError("--price and --currency go together: give both or none")
    price = None if given.price is None else to_minor_units(given.price, given.currency)
    product = NewProduct(given.title, given.category, price, given.currency)
    catalog = session.catalog(given.catalog)
    added = add_product(session.home, catalog, read_picture_file(Path(given.picture)), product, actor=session.actor)
    _index(session)
    now = session.catalog(given.catalog)
    waiting = []
    for name in made_embeddings(session.home, now):
        try:
            embed_what_waits(session, now, backbone=name)
        except ShelfLensError:  # such as a run's network that is gone: the product is added all the same
            waiting.append(name)
    return {"product_id": added.product_id, "title": product.title, "event": str(added.event_id), "waiting": waiting}


def show_histories(result: dict[str, Any]) -> str:
    """Lay out histories, or what an import did."""
    if "histories" in result:
        columns = {"history": "HISTORY", "users": "USERS", "events": "EVENTS", "created": "CREATED"}
        return table(result["histories"], columns, empty="this catalog has no histories")
    left_out = ", ".join(f"{each['count']:,} {each['reason'].replace('_', ' ')}" for each in result["skipped"])
    unmatched = f"{result['unmatched']:,} product ids that the catalog lacks, {result['unmatched_events']:,} events"
    return facts(
        {
            "history": result["history"],
            "users": result["users"],
            "events": result["events"],
            "unmatched": unmatched,
            "repeated": result["repeated"],
            "left out or doubted": left_out or "nothing",
            "undo with": f"undo {result['event']}",
        }
    )


def show_matches(result: dict[str, Any]) -> str:
    """Lay out recommended products."""
    rows = [{**each, "part": each["parts"].get("history", each.get("basis"))} for each in result["matches"]]
    columns = {"product_id": "PRODUCT", "score": "SCORE", "part": "HISTORY", "category": "CATEGORY", "price": "PRICE"}
    return table(rows, columns, empty="nothing to recommend")


def show_pairs(result: dict[str, Any]) -> str:
    """Lay out pairs of categories."""
    columns = {"category": "CATEGORY", "other": "AND", "says": "SAYS", "users": "USERS"}
    return table(result["pairs"], columns, empty="nobody paired categories yet: see `set-pair`")


def show_identified(result: dict[str, Any]) -> str:
    """Say what a picture shows and what is like it."""
    place, cluster = result["place"], result["cluster"]
    labels = ", ".join(f"{each['name']} {percent_cell(each['probability'])}" for each in result["labels"])
    head = facts(
        {
            "labels": labels or "no run can name them: `train` one",
            "nearest category": f"{place['category']} ({place['similarity']:.3f})" if place else None,
            "cluster": f"{cluster['name']} ({percent_cell(cluster['share'])} of the nearest)" if cluster else None,
        }
    )
    columns = {"product_id": "PRODUCT", "score": "SCORE", "category": "CATEGORY", "price": "PRICE"}
    return f"{head}\n\n{table(result['matches'], columns, empty='no match')}"


def show_added(result: dict[str, Any]) -> str:
    """Say what was added and how to undo it."""
    lines = {"product": result["product_id"], "title": result["title"], "undo with": f"undo {result['event']}"}
    waiting = ", ".join(result["waiting"])
    return facts(lines | ({"embeddings to make again": waiting} if waiting else {}))


def _said(said: Any) -> list[dict[str, Any]]:
    return [
        {"category": one, "other": other, "says": says}
        for says, found in (("together", said.together), ("never", said.never))
        for one, other in sorted(found)
    ]


def _index(session: Session, *, encoding: bool = False) -> "tuple[Catalog, CatalogIndex]":
    """Open the index of the catalog, embedding first what waits."""
    from core.recommend.index import open_index
    from core.vision.backbones import DEFAULT_BACKBONE

    catalog = session.catalog(session.arguments.catalog)
    embed_what_waits(session, catalog, backbone=DEFAULT_BACKBONE)
    if encoding:
        prepare_backbone(session, DEFAULT_BACKBONE)
    return catalog, open_index(session.home, catalog, backbone=DEFAULT_BACKBONE)


def _catalog(parser: Parser) -> None:
    parser.add_argument("catalog", metavar="CATALOG", help="name of the catalog")


def _matches(parser: Parser) -> None:
    parser.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="products; default 10")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, not {text[:40]!r}")
    return share
