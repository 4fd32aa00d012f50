"""What is noted beside a run once it is finished: how quick it is, and its card."""

import logging

from core.errors import ShelfLensError
from core.evaluation.model_card import write_model_card
from core.home import Home
from core.models.picture_speed import measure_speed, read_speed

_LOG = logging.getLogger(__name__)


def note_finished(home: Home, run_id: str) -> None:
    """Measure a run's speed, when nobody has, and write its card.

    A run is whole without either, so what goes wrong is logged and never loses it: both can be made again, by `compare
    --measure` and `card`.
    """
    try:
        if read_speed(home, run_id) is None:
            measure_speed(home, run_id)
    except ShelfLensError as error:
        _LOG.warning("the speed of run %s was not measured: %s", run_id, error)
    try:
        write_model_card(home, run_id)
    except ShelfLensError as error:
        _LOG.warning("the card of run %s was not written: %s", run_id, error)
