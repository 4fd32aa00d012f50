"""Commands that look at embeddings: embeddings, clusters, neighbors, compare-embeddings and compare-maps."""

from pathlib import Path
from typing import Any

from core.cli.embedded import embed_what_waits
from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell, table
from core.errors import SettingsError

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
    _add_comparisons(commands)


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
    making.add_argument("--out", metavar="FILE", help="write product_id, cluster and name as CSV")


def _add_comparisons(commands: Commands) -> None:
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
    maps = commands.add(
        "compare-maps", compare_maps, show=facts, summary="lay the maps of two embeddings over one another"
    )
    maps.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    maps.add_argument("first", metavar="FIRST", help="embedding whose map is turned and scaled")
    maps.add_argument("second", metavar="SECOND", help="embedding whose map stays")
    maps.add_argument("--method", choices=("umap", "tsne", "pca"), default="umap", help="default umap")
    maps.add_argument("--dimensions", type=int, choices=(2, 3), default=2, help="default 2")
    maps.add_argument("--out", metavar="FILE", help="write both positions of each product as CSV")


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
    if given.detach and given.out:
        raise SettingsError("--out is written when the clusters are there: leave out --detach")
    arguments = {
        "catalog": catalog.name,
        "embedding": given.embedding,
        "method": given.method,
        "k": given.k,
        "least_products": given.least,
        "seed": given.seed,
    }
    result = session.run_job("clusters", arguments)
    if given.out:
        _write_clusters(session, result, Path(given.out))
        result = result | {"file": given.out}
    return result


def _write_clusters(session: Session, result: dict[str, Any], path: Path) -> None:
    from core.explore.clusters import latest_clusters

    found = latest_clusters(session.home, session.catalog(session.arguments.catalog), result["embedding"])
    if found is not None:
        _write(path, found.labels.assign(name=found.labels["cluster"].map(found.names)))


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
    return f"{facts(head)}\n\n{table(rows, {**columns, 'medoid': 'STANDS FOR IT'}, empty='no cluster')}"


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
    from core.explore.catalog_embeddings import check_embedding_name

    given = session.arguments
    catalog = session.catalog(given.catalog)
    names = [check_embedding_name(name) for name in (given.first, given.second)]
    laid = aligned_maps(session.home, catalog, *names, method=given.method, dimensions=given.dimensions)
    result = {"first": names[0], "second": names[1], "products": len(laid.product_ids), "disparity": laid.disparity}
    if given.out:
        _write(Path(given.out), laid.to_frame())
        result["file"] = given.out
    return result


def _write(path: Path, frame: Any) -> None:
    """Write a table as CSV, whole."""
    from core.catalog.export_cells import frame_csv
    from core.files import write_whole

    try:
        write_whole(path, frame_csv(frame).encode(errors="replace"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror or error}): name another --out") from error
