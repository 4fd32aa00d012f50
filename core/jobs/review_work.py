"""The work of the jobs of reviewing."""

from typing import Any

from core.home import Home
from core.jobs.review_arguments import AuditArguments
from core.progress import Progress


def audit(home: Home, arguments: AuditArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Look for mistakes; kinds that were judged in this state of the catalog already are not judged again."""
    from core.catalog.catalogs import find_catalog
    from core.review.audit import audit_catalog

    catalog = find_catalog(home, arguments.catalog)
    scored = audit_catalog(home, catalog, kinds=arguments.kinds, actor=actor, progress=progress)
    return {"catalog": catalog.name, "scored": scored}
