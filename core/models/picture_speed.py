"""How long a run takes to classify one picture: measured with the very code that pages use, kept beside the run."""

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.errors import RunError
from core.files import read_json, write_json_whole
from core.home import Home
from core.models.predict import check_backbone, predict_features
from core.models.run_writer import machine
from core.models.runs import open_run
from core.vision.encode import encode_pictures

SPEED = "speed.json"
_WARM_UP, _PICTURES = 3, 15
_SIDE_PX = 400


@dataclass(frozen=True)
class PictureSpeed:
    """What was measured.

    Attributes:
        milliseconds: Median time from a decoded picture to the probabilities of all classes, one picture at a time.
        pictures: Pictures that were timed.
        machine: The machine it was measured on, as in a run's manifest.
    """

    milliseconds: float
    pictures: int
    machine: dict[str, Any]


def measure_speed(home: Home, run_id: str) -> PictureSpeed:
    """Measure a run's speed and keep it with the run.

    Raises:
        RunError: There is no such run, or its files are gone.
        BackboneError: Its network is not ready in this home.
    """
    run = open_run(home, run_id)
    check_backbone(home, run)
    noise = np.random.default_rng(0).integers(0, 256, (_PICTURES + _WARM_UP, _SIDE_PX, _SIDE_PX, 3), dtype=np.uint8)
    taken = []
    for picture in noise:
        started = time.perf_counter()
        predict_features(run, encode_pictures(home, [picture], backbone=run.run.encoder))
        taken.append(time.perf_counter() - started)
    speed = PictureSpeed(1000 * statistics.median(taken[_WARM_UP:]), _PICTURES, machine())
    try:
        write_json_whole(run.folder / SPEED, asdict(speed))
    except OSError as error:
        raise RunError(f"the speed of run {run_id!r} cannot be kept: {error.strerror or error}") from error
    return speed


def read_speed(home: Home, run_id: str) -> PictureSpeed | None:
    """Read what was measured; None when nothing was, or the file is damaged: measuring again mends it.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    try:
        note = read_json(open_run(home, run_id).folder / SPEED)
        speed = PictureSpeed(float(note["milliseconds"]), int(note["pictures"]), dict(note["machine"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return speed if 0 < speed.milliseconds < 1e9 else None
