"""Finding the maps, clusters and runs a command speaks of, with a clear word where they are not there."""

from typing import TYPE_CHECKING, Any

from core.cli.parser import UsageError
from core.cli.session import Session
from core.errors import CatalogError

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog
    from core.explore.catalog_maps import CatalogMap
    from core.explore.map_choices import MapProducts
    from core.explore.map_points import MapPoints
    from core.explore.map_selections import MapSelection
    from core.models.runs import RunFiles


def check_embedding(session: Session, catalog: "Catalog", name: str) -> None:
    """Refuse an embedding that a catalog does not have.

    Raises:
        CatalogError: It has none of that name; the message names those it has.
    """
    from core.explore.catalog_embeddings import list_embeddings

    known = [each.name for each in list_embeddings(session.home, catalog)]
    if name and name not in known:
        raise CatalogError(
            f"catalog {catalog.name!r} has no embedding {name[:80]!r}: expected one of {', '.join(known)}"
        )


def find_map(session: Session, catalog: "Catalog", method: str, embedding: str, *, dimensions: int = 2) -> "CatalogMap":
    """Open the map that was asked for last.

    Args:
        session: The call.
        catalog: The catalog.
        method: One of :data:`core.explore.map_settings.METHODS`.
        embedding: Whose map; empty takes any.
        dimensions: 2 or 3.

    Raises:
        CatalogError: There is no such embedding, or no such map yet.
    """
    from core.explore.catalog_maps import latest_map

    drawn = latest_map(session.home, catalog, method, backbone=embedding or None, dimensions=dimensions)
    if drawn is None:
        check_embedding(session, catalog, embedding)
        options = f" --embedding {embedding}" if embedding else ""
        options += f" --dimensions {dimensions}" if dimensions != 2 else ""
        raise CatalogError(
            f"catalog {catalog.name!r} has no such map yet: run `map {catalog.name} --method {method}{options}` first"
        )
    return drawn


def find_clusters(session: Session, catalog: "Catalog", embedding: str) -> Any:
    """Open the clusters of an embedding that were asked for last; None where there are none."""
    from core.explore.kept_clusters import latest_clusters

    return latest_clusters(session.home, catalog, embedding)


def find_judge(session: Session, catalog: "Catalog", run_id: str | None) -> "RunFiles | None":
    """Open the run whose predictions are shown: the one that is named, else the newest; None where there is none.

    Raises:
        RunError: There is no such run.
        UsageError: It is another catalog's.
    """
    from core.models.runs import list_runs, open_run

    if run_id is None:
        done = [run for run in list_runs(session.home, catalog_id=catalog.catalog_id) if run.state == "done"]
        return open_run(session.home, done[0].run_id) if done else None
    found = open_run(session.home, run_id)
    if found.run.catalog_id != catalog.catalog_id:
        raise UsageError(f"run {run_id!r} is of catalog {found.run.catalog!r}, not of {catalog.name!r}")
    return found


def find_points(session: Session, catalog: "Catalog", drawn: "CatalogMap", table: Any) -> "MapPoints":
    """Join a map with the products.

    Raises:
        CatalogError: No product of it is in the catalog any more.
    """
    from core.explore.map_points import joined_points
    from core.explore.map_scene import MOST_DRAWN
    from core.explore.map_space_page import MOST_POINTS

    most = MOST_DRAWN if drawn.dimensions == 2 else MOST_POINTS
    points = joined_points(drawn, table, version=drawn.version, most=most)
    if points.table.empty:
        raise CatalogError(f"no product of this map is in catalog {catalog.name!r} any more: run `map` again")
    return points


def check_loop(asked: "MapSelection", drawn: "CatalogMap") -> None:
    """Refuse a loop whose link says that it was drawn on another map.

    Raises:
        UsageError: The link names another method or embedding.
    """
    if asked.embedding and asked.embedding != drawn.backbone:
        raise UsageError(
            f"the loop was drawn on the map of {asked.embedding[:80]!r}, not of {drawn.backbone!r}: name it"
        )
    if asked.method and asked.method != drawn.method:
        raise UsageError(f"the loop was drawn on the {asked.method[:20]!r} map, not on {drawn.method}: add --method")


def products_of_loop(
    session: Session, catalog: "Catalog", asked: "MapSelection", *, method: str, embedding: str, after: str | None
) -> tuple["MapProducts", "MapPoints", "MapPoints | None"]:
    """Open the map a loop was drawn on, or two maps laid over one another.

    Raises:
        CatalogError: A map is missing.
        UsageError: The loop was drawn on another map.
    """
    from core.explore.map_choices import MapProducts

    table = product_table_of(session, catalog)
    run = find_judge(session, catalog, None)
    drawn = find_map(session, catalog, method, embedding)
    later = None
    if after is None:
        check_loop(asked, drawn)
        points = find_points(session, catalog, drawn, table)
    else:
        points, later, _ = lay_over(session, catalog, drawn, find_map(session, catalog, method, after), table)
    clusters = find_clusters(session, catalog, drawn.backbone)
    return MapProducts(session.home, catalog, points.table, run=run, clusters=clusters), points, later


def lay_over(
    session: Session, catalog: "Catalog", first: "CatalogMap", second: "CatalogMap", table: Any
) -> tuple["MapPoints", "MapPoints", float]:
    """Lay the first map onto the second; gives the points of both and the disparity."""
    from core.explore.alignment import aligned_maps
    from core.explore.map_points import laid_points

    both = aligned_maps(session.home, catalog, first, second)
    version, layout = f"{first.version}.{second.version}", f"{first.layout}~{second.layout}"
    return *laid_points(both, table, version=version, layout=layout), both.disparity


def product_table_of(session: Session, catalog: "Catalog") -> Any:
    """Read the table of products."""
    from core.catalog.products import product_table

    return product_table(session.home, catalog)
