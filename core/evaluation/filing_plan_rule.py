"""The rule file: a filing plan written down, checked when it is read, and applied to pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from core import __version__
from core.errors import RunError
from core.evaluation.calibration import is_temperature, scale
from core.evaluation.filing_plan import NONE, OWN, POOLED, FilingPlan
from core.files import read_json, write_json_whole
from core.home import Home
from core.models.predict import check_backbone, most_probable, predict_features
from core.models.predicted_labels import check_predicts_classes
from core.models.runs import RunFiles, open_run
from core.vision.encode import encode_pictures

FORMAT, VERSION = "shelflens filing rule", 1
_MAKE = "make one with `plan RUN --out FILE`"


@dataclass(frozen=True)
class FilingRule:
    """What decides whether a picture is filed without a person.

    Attributes:
        run_id: The run it belongs to.
        precision: What it promises of everything filed, 0..1.
        confidence: Probability that the promise holds.
        temperature: What probabilities are scaled by first.
        thresholds: Float64 (C,) in the order of the run's classes; infinite where nothing is filed.
    """

    run_id: str
    precision: float
    confidence: float
    temperature: float
    thresholds: np.ndarray


@dataclass(frozen=True)
class Decision:
    """What becomes of one picture.

    Attributes:
        classes: (class name, probability), most probable first; scaled where the rule says so.
        accepted: Whether it is filed under the first of them without a person.
        threshold: What its probability had to reach; None where nothing of that category is filed.
    """

    classes: list[tuple[str, float]]
    accepted: bool
    threshold: float | None


def rule_json(plan: FilingPlan) -> dict[str, Any]:
    """Write a plan as what a rule file holds."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "shelflens": __version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        **plan.to_json(),
    }


def write_rule(plan: FilingPlan, path: Path) -> None:
    """Write a rule file.

    Raises:
        RunError: It cannot be written there.
    """
    try:
        write_json_whole(path, rule_json(plan))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"the rule file {path} cannot be written: {reason}; name another file") from error


def read_rule(path: Path, run: RunFiles) -> FilingRule:
    """Read a rule file for a run.

    Raises:
        RunError: It cannot be read, is no rule, is of another version, run or set of classes, or holds values that
            cannot be.
    """
    try:
        found = read_json(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"the rule file {path} cannot be read: {reason}; {_MAKE}") from error
    return parse_rule(found, run, name=str(path))


def parse_rule(found: Any, run: RunFiles, *, name: str) -> FilingRule:
    """Check what a rule file holds; see :func:`read_rule`."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise RunError(f"{name} is no rule file: expected JSON with the format {FORMAT!r}; {_MAKE}")
    if found.get("version") != VERSION:
        raise RunError(
            f"{name} is a rule of version {str(found.get('version'))[:20]}, this ShelfLens reads version {VERSION}: "
            f"{_MAKE}"
        )
    if found.get("run") != run.run.run_id:
        raise RunError(
            f"{name} is a rule of run {str(found.get('run'))[:120]!r}, not of {run.run.run_id!r}: its thresholds mean "
            f"nothing for another run; {_MAKE}"
        )
    categories = found.get("categories")
    if not isinstance(categories, list) or not all(_is_category(each) for each in categories):
        raise RunError(f"{name} is damaged: expected for every category a name, a kind and a threshold from 0 to 1")
    names = [each["name"] for each in categories]
    if names != list(run.run.classes):
        raise RunError(_other_classes(name, names, run.run.classes))
    numbers = {key: found.get(key) for key in ("precision", "confidence")}
    if not all(_is_share(value) for value in numbers.values()) or not is_temperature(found.get("temperature")):
        raise RunError(f"{name} is damaged: expected precision, confidence (0 to 1) and temperature (0.01 to 100)")
    cuts = [np.inf if each["threshold"] is None else float(each["threshold"]) for each in categories]
    return FilingRule(
        run.run.run_id, float(found["precision"]), float(found["confidence"]), float(found["temperature"]),
        np.array(cuts),
    )  # fmt: skip


def decide(run: RunFiles, rule: FilingRule, probabilities: np.ndarray, *, top: int = 1) -> list[Decision]:
    """Decide about pictures.

    Args:
        run: The run of the rule.
        rule: The rule.
        probabilities: Float32 array of shape (N, C), as the run gives them.
        top: How many classes to name.
    """
    scaled = scale(probabilities, rule.temperature)
    places, highest = np.asarray(probabilities).argmax(axis=1), scaled.max(axis=1).astype(np.float64)
    cuts = rule.thresholds[places]
    return [
        Decision(classes, bool(share >= cut), float(cut) if np.isfinite(cut) else None)
        for classes, share, cut in zip(most_probable(run, scaled, top=top), highest, cuts, strict=True)
    ]


def decide_pictures(
    home: Home, run_id: str, pictures: Sequence[np.ndarray], *, rule: FilingRule, top: int = 1
) -> list[Decision]:
    """Classify pictures and decide about each.

    Args:
        home: The home.
        run_id: The run of the rule.
        pictures: N pictures, each uint8 (H, W, 3), RGB.
        rule: See :func:`read_rule`.
        top: How many classes to name.

    Raises:
        RunError: There is no such run, its files are gone, it predicts labels, or its backbone has other weights.
        BackboneError: The backbone is not ready in this home.
    """
    run = open_run(home, run_id)
    check_predicts_classes(run)
    check_backbone(home, run)
    if not pictures:
        return []
    return decide(run, rule, predict_features(run, encode_pictures(home, pictures, backbone=run.run.encoder)), top=top)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_category(found: object) -> bool:
    if not isinstance(found, Mapping) or not isinstance(found.get("name"), str) or "threshold" not in found:
        return False
    fits = found["threshold"] is None or _is_share(found["threshold"])
    return fits and found.get("kind") in (OWN, POOLED, NONE)


def _other_classes(name: str, names: Sequence[str], classes: Sequence[str]) -> str:
    strange, missing = sorted(set(names) - set(classes)), sorted(set(classes) - set(names))
    told = [f"it has {strange[0][:80]!r}, which the run does not know"] if strange else []
    told += [f"it lacks {missing[0][:80]!r}"] if missing else []
    return f"{name} is of another set of classes: {'; '.join(told) or 'their order is another'}; {_MAKE}"
