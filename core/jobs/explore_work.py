"""The work of jobs that look at embeddings: maps, clusters and comparisons."""

from typing import Any

from core.home import Home
from core.jobs.arguments import MapArguments
from core.jobs.explore_arguments import ClusterArguments, ComparisonArguments
from core.progress import Progress
from core.progress_parts import in_parts


def draw_map(home: Home, arguments: MapArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Lay out an embedding of a catalog in two or three dimensions; what it lacks is embedded first."""
    from core.catalog.catalogs import find_catalog
    from core.explore.maps import MapWish, draw_map

    parts = in_parts(progress, {"embed": 1, "map": 1})
    catalog = find_catalog(home, arguments.catalog)
    _embed(home, arguments.catalog, arguments.backbone, actor=actor, progress=parts["embed"])
    wish = MapWish(arguments.method, arguments.settings, arguments.dimensions, arguments.seed, arguments.anew)
    return draw_map(home, catalog, wish, arguments.backbone, actor=actor, progress=parts["map"]).to_json()


def make_clusters(home: Home, arguments: ClusterArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Group the products of an embedding; what it lacks is embedded first, and density draws the map it needs."""
    from core.catalog.catalogs import find_catalog
    from core.explore.cluster_settings import ClusterSettings
    from core.explore.clusters import make_clusters

    parts = in_parts(progress, {"embed": 1, "clusters": 1})
    _embed(home, arguments.catalog, arguments.embedding, actor=actor, progress=parts["embed"])
    settings = ClusterSettings(arguments.method, arguments.k, arguments.least_products, arguments.seed)
    catalog = find_catalog(home, arguments.catalog)
    found = make_clusters(home, catalog, arguments.embedding, settings, actor=actor, progress=parts["clusters"])
    return found.to_json()


def compare(home: Home, arguments: ComparisonArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Compare embeddings of a catalog; those that are named and missing are made first."""
    from core.catalog.catalogs import find_catalog
    from core.explore.embedding_comparison import compare_embeddings

    parts = in_parts(progress, {"embed": 1, "compare": 1})
    for name in arguments.embeddings:
        _embed(home, arguments.catalog, name, actor=actor, progress=parts["embed"])
    found = compare_embeddings(
        home,
        find_catalog(home, arguments.catalog),
        arguments.embeddings,
        by=arguments.by,
        k=arguments.k,
        seed=arguments.seed,
        progress=parts["compare"],
    )
    return found.to_json()


def _embed(home: Home, catalog_name: str, embedding: str, *, actor: str, progress: Progress) -> None:
    """Make the features an embedding rests on; probabilities of a run rest on none."""
    from core.catalog.catalogs import find_catalog
    from core.explore.catalog_embeddings import backbone_behind
    from core.vision.embed import embed_catalog

    backbone = backbone_behind(embedding)
    if backbone is not None:
        embed_catalog(home, find_catalog(home, catalog_name), backbone=backbone, actor=actor, progress=progress)
