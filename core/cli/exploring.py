"""Commands that show and recommend: map and similar."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.embedded import embed_what_waits, prepare_backbone
from core.cli.parser import Commands, Parser, pair, pairs, refuse_unsupported, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell, table

METHODS = ("umap", "tsne", "pca")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    drawing = commands.add(
        "map", draw_map, show=show_map, summary="lay out a catalog in two or three dimensions", detachable=True
    )
    drawing.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    drawing.add_argument("--method", choices=METHODS, default="umap", help="default umap")
    drawing.add_argument("--embedding", metavar="NAME", default="", help="one of `embeddings CATALOG`")
    drawing.add_argument("--dimensions", type=int, choices=(2, 3), default=2, help="default 2")
    drawing.add_argument(
        "--set", metavar="KEY=VALUE", type=pair, action="append", help="a setting of the method; may be repeated"
    )
    drawing.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="makes it repeatable; default 0")
    drawing.add_argument(
        "--anew", action="store_true", help="draw all products anew; otherwise few new ones are placed into the map"
    )
    similar = commands.add("similar", find_similar, show=show_similar, summary="rank look-alikes")
    similar.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    query = similar.add_mutually_exclusive_group(required=True)
    query.add_argument("--product", metavar="ID", help="look-alikes of this product")
    query.add_argument("--picture", metavar="FILE", help="look-alikes of this picture file")
    similar.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="matches; default 10")
    _add_weights(similar)
    similar.add_argument("--embedding", metavar="NAME", default="", help="backbone whose embedding to use")
    similar.add_argument(
        "--pool", metavar="N", type=whole_number(1), help="rerank only the N nearest by sight; default all"
    )
    similar.add_argument("--user", metavar="ID", help="rank by a user's taste; refused so far")


def _add_weights(parser: Parser) -> None:
    for name, weight in (("visual", 1.0), ("color", 0.5), ("price", 0.5), ("category", 0.0)):
        parser.add_argument(
            f"--{name}",
            metavar="W",
            type=_weight,
            default=weight,
            help=f"weight of the {name} part; default {weight:g}",
        )


def draw_map(session: Session) -> dict[str, Any]:
    """Lay out a catalog; its embedding is made first when it is missing."""
    given = session.arguments
    arguments = {
        "catalog": session.catalog(given.catalog).name,
        "method": given.method,
        "backbone": given.embedding,
        "seed": given.seed,
        "settings": pairs(given.set, option="--set"),
        "dimensions": given.dimensions,
        "anew": given.anew,
    }
    return session.run_job("map", arguments)


def find_similar(session: Session) -> dict[str, Any]:
    """Rank look-alikes; an embedding that is missing or behind its catalog is made first."""
    from core.recommend.similar import similar
    from core.recommend.weights import RankWeights
    from core.vision.backbones import DEFAULT_BACKBONE, find_backbone

    given = session.arguments
    refuse_unsupported(given, ("--user",), way_out="leave it out")
    weights = RankWeights(visual=given.visual, color=given.color, price=given.price, category=given.category)
    catalog = session.catalog(given.catalog)
    backbone = find_backbone(given.embedding or DEFAULT_BACKBONE, home=session.home).name
    embed_what_waits(session, catalog, backbone=backbone)
    if given.picture is not None:
        prepare_backbone(session, backbone)
    return similar(
        session.home,
        catalog,
        product_id=given.product,
        picture=None if given.picture is None else Path(given.picture),
        k=given.k,
        weights=weights,
        pool=given.pool,
        backbone=backbone,
    )


def show_map(result: dict[str, Any]) -> str:
    """Say what a map holds and where it is."""
    return facts(
        {
            "points": result["points"],
            "trustworthiness": result["trustworthiness"],
            "neighbors kept": percent_cell(result["neighbor_preservation"]),
            "measured on": f"{result['measured_products']} products, each category its share",
            "placed into the map that was there": result["placed"] or "none",
            "took": seconds_cell(result["seconds"]),
            "file": result["file"],
        }
    )


def show_similar(result: dict[str, Any]) -> str:
    """Lay out matches with the parts of each score."""
    rows = [
        {**each, **each["parts"], "price": each["price"], "price part": each["parts"]["price"]}
        for each in result["matches"]
    ]
    columns = {
        "product_id": "PRODUCT",
        "score": "SCORE",
        "visual": "VISUAL",
        "color": "COLOR",
        "price part": "PRICE LEVEL",
    }
    return table(rows, {**columns, "price": "PRICE"}, empty="no match")


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not 0 <= weight < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of at least 0, not {text!r}")
    return weight
