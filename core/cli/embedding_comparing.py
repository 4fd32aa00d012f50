"""Commands that hold embeddings and their maps against one another: compare-embeddings, compare-maps."""

from typing import Any

from core.cli.auditing import target_file
from core.cli.parser import Commands, UsageError, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table, write_table
from core.explore.map_settings import METHODS

MAP_WORDS = "EMBEDDING, EMBEDDING:METHOD, or EMBEDDING:METHOD:seed=N,KEY=VALUE"


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    comparing = commands.add(
        "compare-embeddings",
        compare_embeddings,
        show=show_comparison,
        summary="hold embeddings against one another by their neighbors",
        detachable=True,
    )
    comparing.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    comparing.add_argument(
        "--embedding", metavar="NAME", action="append", help="may be repeated; default: all that are made"
    )
    comparing.add_argument(
        "--by",
        metavar="MEASURE",
        action="append",
        help="category, category:LEVEL, color, brand or attribute:NAME; may be repeated; default category and color",
    )
    comparing.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="neighbors; default 10")
    comparing.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="of samples; default 0")
    maps = commands.add("compare-maps", compare_maps, show=show_maps, summary="lay two maps over one another")
    maps.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    maps.add_argument("first", metavar="FIRST", help=f"map that is turned and scaled: {MAP_WORDS}")
    maps.add_argument("second", metavar="SECOND", help="map that stays, written likewise")
    maps.add_argument("--method", choices=METHODS, default="umap", help="of maps that name none; default umap")
    maps.add_argument("--dimensions", type=int, choices=(2, 3), default=2, help="default 2")
    maps.add_argument("--out", metavar="FILE", help="write both positions of each product as CSV")


def compare_embeddings(session: Session) -> dict[str, Any]:
    """Hold embeddings against one another."""
    from core.explore.product_facts import check_measures

    given = session.arguments
    catalog = session.catalog(given.catalog)
    check_measures(session.home, catalog, given.by or [])  # told before the work
    arguments = {
        "catalog": catalog.name,
        "embeddings": given.embedding or [],
        "by": given.by or [],
        "k": given.k,
        "seed": given.seed,
    }
    return session.run_job("compare-embeddings", arguments)


def show_comparison(result: dict[str, Any]) -> str:
    """Lay out precision and silhouette of each embedding, and the overlap of each pair."""
    k = result["k"]
    columns = {"embedding": "EMBEDDING", "dimensions": "DIMENSIONS", "products": "PRODUCTS", "left_out": "LEFT OUT"}
    columns |= {f"p {name}": f"P@{k} {name}" for name in result["by"]}
    columns |= {f"s {name}": f"SILHOUETTE {name}" for name in result["by"]}
    rows = []
    for each in result["embeddings"]:
        row = dict(each)
        for name in result["by"]:
            row[f"p {name}"] = _interval_cell(each["precision"][name])
            apart = each["silhouette"][name]
            row[f"s {name}"] = "" if apart is None else f"{apart:.3f}"
        rows.append(row)
    shared = [{**each, "shared": percent_cell(each["shared"])} for each in result["overlap"]]
    overlap = table(shared, {"first": "FIRST", "second": "SECOND", "shared": "SHARED"}, empty="one embedding")
    fewer = f" ({result['asked_k']} were asked for; there are no more others)" if k < result["asked_k"] else ""
    words = [
        f"{result['queries']} of {result['products']} products, each asked for its {k} nearest among all{fewer}.",
        "P@k: share of them that agree, with its 95 % interval.",
    ]
    if any(each["left_out"] for each in result["embeddings"]):
        words.append("Left out are products that another of the embeddings lacks.")
    return "\n".join([*words, "", table(rows, columns, empty="no embedding"), "", "Neighbors in common", overlap])


def _interval_cell(found: dict[str, Any] | None) -> str:
    return "" if found is None else f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def compare_maps(session: Session) -> dict[str, Any]:
    """Lay one map onto another; both must have been drawn."""
    from core.explore.alignment import aligned_maps
    from core.explore.map_names import find_drawn_map, read_map_name

    given = session.arguments
    catalog = session.catalog(given.catalog)
    target = target_file(given.out)
    wanted = [read_map_name(name, method=given.method) for name in (given.first, given.second)]
    maps = [find_drawn_map(session.home, catalog, each, dimensions=given.dimensions) for each in wanted]
    if maps[0].version == maps[1].version:
        raise UsageError("both names mean the same map: name another method, or a seed or setting of either")
    laid = aligned_maps(session.home, catalog, *maps)
    result = {
        "first": maps[0].backbone,
        "second": maps[1].backbone,
        "products": len(laid.product_ids),
        "disparity": laid.disparity,
        "maps": [
            {
                "embedding": each.backbone,
                "method": each.method,
                "settings": each.settings,
                "seed": each.seed,
                "products": len(each.frame),
            }
            for each in maps
        ],
    }
    if target is not None:
        write_table(target, laid.to_frame())
        result["file"] = given.out
    return result


def show_maps(result: dict[str, Any]) -> str:
    """Say which maps were laid over one another, and how well that went."""
    told = {}
    for name, each in zip(("first", "second"), result["maps"], strict=True):
        settings = ", ".join(f"{key} {value}" for key, value in (each["settings"] | {"seed": each["seed"]}).items())
        told[name] = f"{each['embedding']}, {each['method']} ({settings}), {each['products']:,} products"
    told |= {"on both": f"{result['products']:,} products"}
    told |= {"disparity": f"{result['disparity']:.3f} (0 the same shape, 1 nothing in common)"}
    return facts(told | ({"file": result["file"]} if "file" in result else {}))
