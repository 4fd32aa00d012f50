"""The work of jobs around shipping a ranking."""

from pathlib import Path
from typing import Any

from core.home import Home
from core.jobs.shipping_arguments import ImpactArguments, MatchesArguments, OfflineDemoArguments, read_settings
from core.progress import Progress


def impact(home: Home, arguments: ImpactArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Measure what changes; what was measured before is given again."""
    from core.catalog.catalogs import find_catalog
    from core.recommend.impact_kept import ImpactQuestion, impact_of

    question = ImpactQuestion(
        read_settings(arguments.current),
        read_settings(arguments.proposed),
        queries=arguments.queries,
        k=arguments.k,
        seed=arguments.seed,
    )
    return impact_of(home, find_catalog(home, arguments.catalog), question, progress=progress)


def matches(home: Home, arguments: MatchesArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Write the matches of all products; the file appears once it is whole."""
    from core.catalog.catalogs import find_catalog
    from core.recommend.batch_matches import export_matches

    catalog, settings = find_catalog(home, arguments.catalog), read_settings(arguments.settings)
    return export_matches(home, catalog, settings, Path(arguments.to), k=arguments.k, progress=progress)


def offline_demo(home: Home, arguments: OfflineDemoArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Write a demo to go; the file appears once it is whole."""
    from core.catalog.catalogs import find_catalog
    from core.recommend.offline_demo import export_demo

    catalog, settings = find_catalog(home, arguments.catalog), read_settings(arguments.settings)
    return export_demo(home, catalog, settings, Path(arguments.to), limit=arguments.limit, progress=progress)
