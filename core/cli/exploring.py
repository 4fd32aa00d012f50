"""Commands that show and recommend: map and similar."""

from typing import Any

from core.cli.parser import Commands, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.similar import add_similar
from core.cli.tables import facts, percent_cell, seconds_cell
from core.explore.map_settings import METHODS


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
    add_similar(commands)


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
