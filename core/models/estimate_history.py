"""What past runs on this machine teach about the next one: how long they took, and how far off estimates were."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

from core.files import read_json
from core.home import Home
from core.models.estimate_note import Basis, ratio_to_actual
from core.models.run_files import MANIFEST
from core.models.run_writer import machine
from core.models.runs import list_runs

_MOST_RUNS = 60
_MOST_ERRORS = 7
_MOST_CORRECTION = 4.0


def past_manifests(home: Home, *, backbone: str) -> list[dict[str, Any]]:
    """Read the manifests of runs with this backbone on a machine like this one, newest first, at most 60."""
    here, found = machine(), []
    for run in list_runs(home):
        if run.backbone != backbone or run.state != "done":
            continue
        try:
            manifest = read_json(home.runs / run.run_id / MANIFEST)
        except (OSError, ValueError):  # taken away a moment ago
            continue
        if isinstance(manifest, dict) and manifest.get("machine") == here:
            found.append(manifest)
        if len(found) == _MOST_RUNS:
            break
    return found


def correction(past: Sequence[dict[str, Any]], rests_on: Basis) -> tuple[float, int]:
    """Tell by what to multiply an estimate, judged by how far off earlier ones of the same recipe were.

    Only estimates that rested on the same are compared: a probe errs in another way than a scaled run. The median of
    the last seven, on a logarithmic scale, so that one training beside other work moves it little.

    Args:
        past: Manifests of runs of the recipe, newest first.
        rests_on: What the estimate rests on.

    Returns:
        The factor, 1/4 to 4; and how many runs it comes from, 0 when it is 1 for want of any.
    """
    ratios = []
    for manifest in past:
        note = manifest.get("estimate")
        if not isinstance(note, dict) or note.get("rests_on") != rests_on or manifest.get("resumed"):
            continue
        ratio = ratio_to_actual(note, manifest.get("seconds", 0), corrected=False)
        if ratio is not None:
            ratios.append(math.log(ratio))
    if not ratios:
        return 1.0, 0
    middle = statistics.median(ratios[:_MOST_ERRORS])
    return min(max(math.exp(middle), 1 / _MOST_CORRECTION), _MOST_CORRECTION), len(ratios[:_MOST_ERRORS])


def usual_error(past: Sequence[dict[str, Any]]) -> float | None:
    """Tell how far off the estimates of past runs were, as the median of the larger over the smaller less 1.

    Returns:
        0.25 says that the usual estimate is a quarter off; None without a run to tell from.
    """
    ratios = [
        ratio
        for manifest in past
        if isinstance(manifest.get("estimate"), dict) and not manifest.get("resumed")
        if (ratio := ratio_to_actual(manifest["estimate"], manifest.get("seconds", 0))) is not None
    ]
    return statistics.median(max(ratio, 1 / ratio) - 1 for ratio in ratios[:_MOST_ERRORS]) if ratios else None
