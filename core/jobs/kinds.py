"""The kinds of jobs: what each takes, checked when it is asked for, and what does its work.

The environment variable ``SHELFLENS_EXTRA_KINDS`` may name another table as ``module:NAME``; its kinds are added to
these. Tests use it for small jobs of their own. It is read from the environment alone, never from a job's folder: what
lies in a home cannot choose which code runs.
"""

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from core.errors import JobError
from core.home import Home
from core.jobs import (
    explore_work,
    history_work,
    model_work,
    picture_set_work,
    prediction_work,
    review_work,
    shipping_work,
    weights_work,
    work,
)
from core.jobs.arguments import (
    CleanArguments,
    DemoArguments,
    EmbedArguments,
    ExportArguments,
    ImportArguments,
    MapArguments,
    MeasureArguments,
    SampleArguments,
    TrainArguments,
    check_names,
    check_types,
)
from core.jobs.explore_arguments import ClusterArguments, ComparisonArguments
from core.jobs.history_arguments import HistoryArguments
from core.jobs.model_arguments import AddModelArguments
from core.jobs.review_arguments import AuditArguments, LabelingArguments, PreviewArguments
from core.jobs.search_arguments import SearchArguments
from core.jobs.shipping_arguments import ImpactArguments, MatchesArguments, OfflineDemoArguments
from core.jobs.weights_arguments import FitWordsArguments, WeightsArguments
from core.progress import Progress

EXTRA_KINDS = "SHELFLENS_EXTRA_KINDS"


class Work(Protocol):
    """What does the work of a kind. Done again after a stop, it must reuse what is there and double nothing."""

    def __call__(self, home: Home, arguments: Any, *, actor: str, progress: Progress) -> dict[str, Any]:
        """Do it and return the result, which JSON must be able to hold."""


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Attributes:
        arguments: A frozen dataclass that checks itself; its fields are the kind's arguments.
        work: What does it.
        queued: Whether jobs of this kind stand in line, because several at once would only slow each other down.
    """

    arguments: Callable[..., Any]
    work: Work
    queued: bool = False


KINDS: Mapping[str, Kind] = {
    "import": Kind(ImportArguments, work.import_products),
    "embed": Kind(EmbedArguments, work.embed),
    "train": Kind(TrainArguments, work.train, queued=True),
    "search": Kind(SearchArguments, work.search, queued=True),
    "map": Kind(MapArguments, explore_work.draw_map),
    "clusters": Kind(ClusterArguments, explore_work.make_clusters),
    "compare-embeddings": Kind(ComparisonArguments, explore_work.compare),
    "measure": Kind(MeasureArguments, work.measure),
    "export": Kind(ExportArguments, work.export),
    "clean": Kind(CleanArguments, work.clean),
    "demo": Kind(DemoArguments, work.build_demo),
    "sample": Kind(SampleArguments, work.fetch_sample),
    "weights": Kind(WeightsArguments, weights_work.download),
    "audit": Kind(AuditArguments, review_work.audit),
    "review-preview": Kind(PreviewArguments, review_work.preview),
    "next-to-label": Kind(LabelingArguments, review_work.choose_labeling),
    "add-model": Kind(AddModelArguments, model_work.add_model),
    "histories": Kind(HistoryArguments, history_work.import_events),
    "fit-words": Kind(FitWordsArguments, weights_work.fit),
    "impact": Kind(ImpactArguments, shipping_work.impact),
    "matches": Kind(MatchesArguments, shipping_work.matches),
    "offline-demo": Kind(OfflineDemoArguments, shipping_work.offline_demo),
    "predict-catalog": Kind(prediction_work.PredictArguments, prediction_work.predict_catalog),
    "score-picture-sets": Kind(picture_set_work.ScoreArguments, picture_set_work.score_sets),
}


def find_kind(name: str) -> Kind:
    """Find a kind by its name.

    Raises:
        JobError: There is no such kind; the message names those there are.
    """
    kinds = {**KINDS, **_extra_kinds()}
    if name not in kinds:
        raise JobError(f"there is no kind of job {name!r}; there are: {', '.join(kinds)}")
    return kinds[name]


def is_queued_kind(name: str) -> bool:
    """Tell whether jobs of a kind stand in line; one that is not known here does not."""
    kind = {**KINDS, **_extra_kinds()}.get(name)
    return kind is not None and kind.queued


def check_arguments(kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Check the arguments of a job and fill in defaults.

    Returns:
        Every argument of the kind, fit for JSON.

    Raises:
        JobError: There is no such kind.
        SettingsError: An argument is unknown, missing or out of its range.
    """
    return asdict(build_arguments(kind, arguments))


def build_arguments(kind: str, arguments: Mapping[str, Any]) -> Any:
    """Make the arguments of a job from what was asked or from its spec, which somebody else may have written.

    Raises:
        JobError: There is no such kind.
        SettingsError: An argument is unknown, missing, of the wrong type or out of its range.
    """
    build = find_kind(kind).arguments
    named = check_names(arguments, build, what=f"a job of kind {kind!r}")
    check_types(named, build)
    return build(**named)


def _extra_kinds() -> Mapping[str, Kind]:
    name = os.environ.get(EXTRA_KINDS)
    if not name:
        return {}
    module, _, table = name.partition(":")
    return dict(getattr(importlib.import_module(module), table))
