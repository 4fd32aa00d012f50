"""What is kept of an estimate: in the job that was started with it, and in the run, beside what it took."""

import sys
from collections.abc import Mapping
from typing import Any, Literal

from core.errors import SettingsError

Basis = Literal["run", "probe"]
"""What the seconds rest on: a past run of the same recipe that is scaled, or a probe of this machine."""

_NUMBERS = ("seconds", "uncorrected_seconds", "memory_mib", "disk_mib")


def check_estimate_note(note: Mapping[str, Any]) -> None:
    """Check the note of an estimate; an empty one is fine.

    Raises:
        SettingsError: It holds something else than what :meth:`core.models.estimate.Estimate.to_note` gives.
    """
    if not note:
        return
    unknown = sorted(set(note) - {*_NUMBERS, "rests_on"})
    if unknown:
        raise SettingsError(f"an estimate holds no {unknown[0][:40]!r}: expected {', '.join(_NUMBERS)}, rests_on")
    for name in _NUMBERS:
        value = note.get(name)
        if value is not None and not _is_amount(value):
            raise SettingsError(f"{name} of the estimate is {value!r}: expected a number of at least 0")
    if note.get("rests_on") not in ("run", "probe"):
        raise SettingsError(f"rests_on of the estimate is {note.get('rests_on')!r}: expected run or probe")


def ratio_to_actual(note: Mapping[str, Any], seconds: float, *, corrected: bool = True) -> float | None:
    """Tell how many times the estimate a training took.

    Args:
        note: What was estimated, as a manifest has it, which may come from strangers.
        seconds: What it took.
        corrected: Compare with what was shown; else with the figure before it was corrected by past errors.

    Returns:
        More than 1 when it took longer; None when there is nothing to compare.
    """
    value = note.get("seconds" if corrected else "uncorrected_seconds")
    estimated = float(value or 0) if _is_amount(value) else 0.0
    return seconds / estimated if estimated > 0 and _is_amount(seconds) and seconds > 0 else None


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
