"""How fast this machine is: a short probe, kept in the home's cache so that it is made once in a while."""

import time
from typing import Any

import numpy as np

from core.errors import BackboneError
from core.files import read_json, write_json_whole
from core.home import Home
from core.models.learning_costs import LearningCost
from core.models.run_writer import machine
from core.vision.backbones import find_backbone
from core.vision.encode import encode_pictures

PROBE_SECONDS = 1.5
"""A probe ends after so long; only loading the network can take longer, and that is done once."""

_KEPT_SECONDS = 7 * 86_400.0
_PICTURES_AT_ONCE = 8
_MOST_PICTURES = 64
_MOST_INPUTS = 4096
_STEPS = 3


def pictures_per_second(home: Home, backbone: str) -> float | None:
    """Tell how many pictures a second go through a backbone, from a probe of at most a week ago or made now.

    Returns:
        None where it cannot be run yet, as before the first pictures were embedded with it.
    """
    key = f"{backbone}-{find_backbone(backbone, home=home).settings_key()}"
    known = _read(home)
    kept = known.get(key)
    if isinstance(kept, dict) and _is_fresh(kept):
        return float(kept["pictures_per_second"])
    try:
        rate = _probe(home, backbone)
    except BackboneError:
        return None
    _write(home, {**known, key: {"pictures_per_second": rate, "at": time.time()}})
    return rate


def step_seconds(cost: LearningCost) -> float:
    """Time one step of learning on made-up numbers: a product forth and one back."""
    rows, inputs = min(cost.step_rows, _MOST_INPUTS), min(cost.step_inputs, _MOST_INPUTS)
    columns = min(cost.step_columns, _MOST_INPUTS)
    values = np.ones((rows, inputs), dtype=np.float32)
    weights = np.ones((inputs, columns), dtype=np.float32)
    step = min(_timed_step(values, weights) for _ in range(_STEPS))  # the others were beside something else
    return step * (cost.step_columns / columns) * (cost.step_rows / rows) * (cost.step_inputs / inputs)


def _timed_step(values: np.ndarray, weights: np.ndarray) -> float:
    started = time.perf_counter()
    outputs = values @ weights
    gradient = values.T @ np.exp(-outputs)
    np.subtract(weights, gradient, out=weights)
    return time.perf_counter() - started


def _probe(home: Home, backbone: str) -> float:
    blank = [np.zeros((256, 256, 3), dtype=np.uint8)] * _PICTURES_AT_ONCE
    encode_pictures(home, blank[:1], backbone=backbone)  # loads it
    started, done = time.perf_counter(), 0
    while done < _MOST_PICTURES and (done == 0 or time.perf_counter() - started < PROBE_SECONDS):
        encode_pictures(home, blank, backbone=backbone)
        done += len(blank)
    return done / max(time.perf_counter() - started, 1e-6)


def _is_fresh(kept: dict[str, Any]) -> bool:
    numbers = kept.get("pictures_per_second"), kept.get("at")
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
        return False
    return 0 < float(kept["pictures_per_second"]) < 1e6 and 0 <= time.time() - float(kept["at"]) < _KEPT_SECONDS


def _read(home: Home) -> dict[str, Any]:
    """Read the probes made on this machine; a damaged file, or one that came with a copied home, counts as none."""
    try:
        found = read_json(home.cache / "speed.json")
    except (OSError, ValueError):
        return {}
    own = isinstance(found, dict) and found.get("machine") == machine() and isinstance(found.get("backbones"), dict)
    return dict(found["backbones"]) if own else {}


def _write(home: Home, probes: dict[str, Any]) -> None:
    home.cache.mkdir(parents=True, exist_ok=True)
    write_json_whole(home.cache / "speed.json", {"machine": machine(), "backbones": probes})
