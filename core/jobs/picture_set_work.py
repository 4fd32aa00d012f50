"""Scoring runs on picture sets as a job."""

from dataclasses import dataclass
from typing import Any

from core.home import Home
from core.progress import Progress


@dataclass(frozen=True)
class ScoreArguments:
    """Score every run of a catalog on its picture sets.

    Attributes:
        catalog: Name of the catalog.
    """

    catalog: str


def score_sets(home: Home, arguments: ScoreArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Score what was not scored yet; what is kept is not computed again."""
    from core.catalog.catalogs import find_catalog
    from core.evaluation.picture_sets_scores import scorable_runs, score_all
    from core.vision.encode import prepare_encoder

    catalog = find_catalog(home, arguments.catalog)
    for name in dict.fromkeys(run.encoder for run in scorable_runs(home, catalog)):
        prepare_encoder(home, name)
    return score_all(home, catalog, progress=progress)
