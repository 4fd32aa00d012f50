"""Commands that look into an embedding: embeddings, clusters, neighbors."""

from pathlib import Path
from typing import Any

from core.cli.auditing import target_file
from core.cli.embedded import embed_what_waits
from core.cli.parser import Commands, UsageError, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell, table, write_table
from core.errors import CatalogError

_DISTANCES = ("euclidean", "mahalanobis", "cosine")
_EMBEDDING = "one of `embeddings CATALOG`; default: the default backbone's"


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    listing = commands.add("embeddings", list_names, show=show_names, summary="list the embeddings of a catalog")
    listing.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    _add_clusters(commands)
    near = commands.add("neighbors", find_neighbors, show=show_neighbors, summary="list the nearest products of one")
    near.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    near.add_argument("--product", metavar="ID", required=True, help="nearest to this product")
    near.add_argument("--distance", choices=_DISTANCES, default="cosine", help="default cosine")
    near.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="how many; default 10")
    near.add_argument("--embedding", metavar="NAME", default="", help=_EMBEDDING)


def _add_clusters(commands: Commands) -> None:
    making = commands.add(
        "clusters", make_clusters, show=show_clusters, summary="group products that look alike", detachable=True
    )
    making.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    making.add_argument("--method", choices=("kmeans", "density"), default="kmeans", help="default kmeans")
    making.add_argument("--k", metavar="N", type=whole_number(1), help="how many; default: the recommended number")
    making.add_argument(
        "--least", metavar="N", type=whole_number(2), help="fewest products density calls a cluster; default 1 %%"
    )
    making.add_argument("--embedding", metavar="NAME", default="", help=_EMBEDDING)
    making.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="makes it repeatable; default 0")
    making.add_argument("--table", action="store_true", help="also count each category in each cluster")
    making.add_argument("--curve", action="store_true", help="also tell what speaks for each number of clusters")
    making.add_argument("--out", metavar="FILE", help="write product_id, cluster and name as CSV")


def list_names(session: Session) -> dict[str, Any]:
    """List what `--embedding` takes."""
    from core.explore.catalog_embeddings import list_embeddings

    catalog = session.catalog(session.arguments.catalog)
    return {"embeddings": [each.to_json() for each in list_embeddings(session.home, catalog)]}


def show_names(result: dict[str, Any]) -> str:
    """Lay out the embeddings of a catalog."""
    rows = [{**each, "made": "yes" if each["made"] else "when asked for"} for each in result["embeddings"]]
    return table(rows, {"name": "NAME", "kind": "KIND", "title": "WHAT", "made": "MADE"}, empty="no embedding")


def make_clusters(session: Session) -> dict[str, Any]:
    """Group products; what their embedding lacks is made first."""
    given = session.arguments
    catalog = session.catalog(given.catalog)
    _check_options(given)
    target = target_file(given.out)
    arguments = {
        "catalog": catalog.name,
        "embedding": given.embedding,
        "method": given.method,
        "k": given.k,
        "least_products": given.least,
        "seed": given.seed,
    }
    result = session.run_job("clusters", arguments)
    return result if given.detach else result | _more(session, result, target)


def _check_options(given: Any) -> None:
    """Refuse what cannot be told of these clusters."""
    if given.detach and (given.out or given.table or given.curve):
        raise UsageError("--out, --table and --curve tell of clusters that are there: leave out --detach")
    if given.curve and (given.k is not None or given.method != "kmeans"):
        raise UsageError("--curve is of the recommended number of k-means: leave out --k, and --method density")


def _more(session: Session, result: dict[str, Any], target: Path | None) -> dict[str, Any]:
    """Give what rests on the clusters of single products: the table, which clusters are mixed, the file."""
    from core.catalog.products import product_table
    from core.explore.cluster_table import cross_table, cutting_clusters
    from core.explore.kept_clusters import open_clusters

    catalog = session.catalog(session.arguments.catalog)
    found = open_clusters(session.home, catalog, result["version"])
    if found is None:
        raise CatalogError(f"the clusters of catalog {catalog.name!r} are gone already: run `clusters` again")
    more: dict[str, Any] = {"mixed": cutting_clusters(found)}
    if session.arguments.table:
        categories = product_table(session.home, catalog).set_index("product_id")["category"]
        table = cross_table(found, categories)
        counts = {str(name): [int(many) for many in table[name]] for name in table}
        more["table"] = {"clusters": [int(each) for each in table.index], "categories": counts}
    if session.arguments.curve:
        names = {"tried": "k", "distance": "distance", "silhouette": "silhouette"}
        names["silhouette_spread"] = "silhouette_spread"
        lists = [found.count[name] for name in names] if found.count else []
        more["curve"] = [dict(zip(names.values(), each, strict=True)) for each in zip(*lists, strict=True)]
    if target is not None:
        write_table(target, found.labels.assign(name=found.labels["cluster"].map(found.names)))
        more["file"] = session.arguments.out
    return more


def show_clusters(result: dict[str, Any]) -> str:
    """Lay out clusters, what speaks for their number, and what against."""
    from core.explore.cluster_count import count_doubts

    head: dict[str, Any] = {
        "embedding": result["embedding"],
        "products": result["products"],
        "in no cluster": result["without_cluster"],
        "took": seconds_cell(result["seconds"]),
    }
    count = result["count"]
    if count is not None:
        between = f"{count['resamples']} resamples: {count['low']} to {count['high']}"
        others = f"elbow at {count['elbow']}, best silhouette at {count['best_silhouette']}"
        head["recommended"] = f"{count['recommended']} ({between}); {others}"
        doubts = count_doubts(count)
        if doubts:
            head["but"] = " ".join(doubts)
    if result["agreement"] is not None:
        head["agreement with categories"] = f"{result['agreement']:.2f} (0 chance, 1 the same)"
    rows = [
        {**each, "share": percent_cell(each["share"]), "cuts": "yes" if each["cuts_across"] else ""}
        for each in result["clusters"]
    ]
    columns = {"cluster": "CLUSTER", "name": "NAME", "products": "PRODUCTS", "share": "SHARE", "cuts": "MIXED"}
    parts = [facts(head), table(rows, {**columns, "medoid": "STANDS FOR IT"}, empty="no cluster")]
    if result.get("mixed"):
        lines = [f"{each['cluster']} {each['name']}: {each['reason']}" for each in result["mixed"]]
        parts.append("\n".join(["Clusters that cut across categories", *lines]))
    if "table" in result:
        parts.append(_table_text(result["table"]))
    if "curve" in result:
        parts.append(_curve_text(result["curve"], count or {}))
    return "\n\n".join(parts)


def _table_text(counts: dict[str, Any]) -> str:
    """Lay out how many products of each category each cluster holds."""
    numbers = [str(each) for each in counts["clusters"]]
    rows = [{"category": name, **dict(zip(numbers, many, strict=True))} for name, many in counts["categories"].items()]
    headings = {each: "none" if each == "-1" else each for each in numbers}
    return "Products by category and cluster\n" + table(rows, {"category": "CATEGORY", **headings}, empty="no product")


def _curve_text(curve: list[dict[str, Any]], count: dict[str, Any]) -> str:
    """Lay out what speaks for each number of clusters that was tried."""
    marks = {"elbow": "elbow", "best_silhouette": "best silhouette", "recommended": "recommended"}
    rows = [
        {
            **each,
            "told": f"{each['silhouette']:.3f} ± {each['silhouette_spread']:.3f}",
            "marks": ", ".join(words for name, words in marks.items() if count[name] == each["k"]),
        }
        for each in curve
    ]
    columns = {"k": "K", "distance": "DISTANCE", "told": "SILHOUETTE", "marks": ""}
    return "Numbers of clusters that were tried\n" + table(rows, columns, empty="none: too few products differ")


def find_neighbors(session: Session) -> dict[str, Any]:
    """List the nearest products of one by a distance."""
    from core.explore.catalog_embeddings import backbone_behind, check_embedding_name
    from core.explore.distance_neighbors import distance_neighbors

    given = session.arguments
    catalog = session.catalog(given.catalog)
    name = check_embedding_name(given.embedding)
    backbone = backbone_behind(name)
    if backbone is not None:
        embed_what_waits(session, catalog, backbone=backbone)
    return distance_neighbors(
        session.home, catalog, given.product, distance=given.distance, k=given.k, embedding_name=name
    ).to_json()


def show_neighbors(result: dict[str, Any]) -> str:
    """Lay out the nearest products."""
    shared = percent_cell(result["shared_with_cosine"])
    head = {"nearest to": result["query"], "by": result["distance"], "also nearest by cosine": shared}
    rows = table(result["neighbors"], {"product_id": "PRODUCT", "distance": "DISTANCE"}, empty="no other product")
    return f"{facts(head)}\n\n{rows}"
