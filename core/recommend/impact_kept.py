"""Measured impacts, kept so that the same question is answered at once."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.histories import history_sets
from core.files import read_json, write_json_whole
from core.home import Home
from core.progress import Progress
from core.recommend.impact import measure_impact
from core.recommend.ranking_settings import RankingSettings
from core.vision.embeddings import latest_embedding

_METHOD = 3
"""Raised whenever the same question would get another answer."""


@dataclass(frozen=True)
class ImpactQuestion:
    """What is asked: what changes from one setting to another.

    Attributes:
        current: The setting now.
        proposed: The setting that may come.
        queries: How many sample queries.
        k: Matches a query.
        seed: Of the sample.
    """

    current: RankingSettings
    proposed: RankingSettings
    queries: int = 100
    k: int = 10
    seed: int = 0


def kept_impact(home: Home, catalog: Catalog, question: ImpactQuestion) -> dict[str, Any] | None:
    """Give what was measured before, for the catalog and embeddings as they are now; None when nothing was."""
    try:
        found = read_json(_path(home, catalog, question))
    except (FileNotFoundError, ValueError):  # a damaged one is measured again
        return None
    return found if isinstance(found, dict) and "measures" in found else None


def impact_of(home: Home, catalog: Catalog, question: ImpactQuestion, *, progress: Progress) -> dict[str, Any]:
    """Give what was measured before, or measure it and keep it; raises as `measure_impact` does."""
    found = kept_impact(home, catalog, question)
    if found is None:
        found = measure_impact(
            home,
            catalog,
            question.current,
            question.proposed,
            queries=question.queries,
            k=question.k,
            seed=question.seed,
            progress=progress,
        )
        write_json_whole(_path(home, catalog, question), found)
    return found


def _path(home: Home, catalog: Catalog, question: ImpactQuestion) -> Path:
    embeddings = [latest_embedding(home, catalog, backbone=each.embedding) for each in _settings(question)]
    key = {
        "method": _METHOD,
        "catalog": [catalog.catalog_id, catalog.version],
        "histories": [each.history_id for each in history_sets(home, catalog)],
        "embeddings": [None if each is None else each.version for each in embeddings],
        "settings": [each.to_json() for each in _settings(question)],
        "sample": [question.queries, question.k, question.seed],
    }
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return home.cache / "impact" / f"{digest}.json"


def _settings(question: ImpactQuestion) -> tuple[RankingSettings, RankingSettings]:
    return question.current, question.proposed
