"""The work of the jobs of reviewing."""

from typing import Any

from core.home import Home
from core.jobs.review_arguments import AuditArguments, LabelingArguments, PreviewArguments
from core.progress import Progress


def audit(home: Home, arguments: AuditArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Look for mistakes; kinds that were judged in this state of the catalog already are not judged again."""
    from core.catalog.catalogs import find_catalog
    from core.review.audit import audit_catalog

    catalog = find_catalog(home, arguments.catalog)
    scored = audit_catalog(home, catalog, kinds=arguments.kinds, actor=actor, progress=progress)
    return {"catalog": catalog.name, "scored": scored}


def preview(home: Home, arguments: PreviewArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Refit a head with the accepted changes of categories and compare it with one without."""
    from core.catalog.catalogs import find_catalog
    from core.progress_parts import in_parts
    from core.review.correction_preview import preview_corrections
    from core.review.queue import accepted_decisions
    from core.vision.backbones import DEFAULT_BACKBONE
    from core.vision.embed import embed_catalog

    catalog = find_catalog(home, arguments.catalog)
    accepted = accepted_decisions(home, catalog, arguments.kind)
    parts = in_parts(progress, {"embed": 1, "compare": 1})
    embed_catalog(home, catalog, actor=actor, progress=parts["embed"])
    found = preview_corrections(home, catalog, accepted, backbone=DEFAULT_BACKBONE, progress=parts["compare"])
    last = max((each.sequence for each in accepted), default=0)
    return {"catalog": catalog.name, "catalog_version": catalog.version, "decided": last, **found.to_json()}


def choose_labeling(home: Home, arguments: LabelingArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Choose the uncategorized products that are worth labeling next."""
    from core.catalog.catalogs import find_catalog
    from core.progress_parts import in_parts
    from core.review.audited_products import read_audited
    from core.review.labeling import next_to_label
    from core.vision.backbones import DEFAULT_BACKBONE
    from core.vision.embed import embed_catalog

    catalog = find_catalog(home, arguments.catalog)
    parts = in_parts(progress, {"embed": 1, "choose": 1})
    embed_catalog(home, catalog, actor=actor, progress=parts["embed"])
    audited = read_audited(home, catalog, backbone=DEFAULT_BACKBONE)
    found = next_to_label(audited, limit=arguments.limit, progress=parts["choose"])
    return {
        "catalog": catalog.name,
        "catalog_version": catalog.version,
        "products": [each.to_json() for each in found],
    }
