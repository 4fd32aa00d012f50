"""How much work people may ask for at once, and whose turn it is.

Three settings of the environment hold for everybody who uses the home through this process:
``SHELFLENS_MOST_WAITING`` jobs of one user may wait in line, ``SHELFLENS_MOST_RUNNING`` jobs that stand in no line may
run at the same time, and how full the disk may get is in :mod:`core.jobs.disk_room`.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence

from core.errors import JobError, SettingsError
from core.jobs.folder import JobFolder
from core.jobs.spec import read_spec

MOST_WAITING = "SHELFLENS_MOST_WAITING"
MOST_RUNNING = "SHELFLENS_MOST_RUNNING"

_WAITING, _RUNNING = 20, 8


def most_waiting() -> int:
    """Tell how many jobs of one user may wait in line.

    Raises:
        SettingsError: The setting is no number above 0.
    """
    return _whole_number(MOST_WAITING, _WAITING)


def most_running() -> int:
    """Tell how many jobs that stand in no line may run at the same time; each is a process with memory of its own.

    Raises:
        SettingsError: The setting is no number above 0.
    """
    return _whole_number(MOST_RUNNING, _RUNNING)


def check_waiting(actor: str, waiting: Iterable[str]) -> None:
    """Refuse a job of somebody who has as many in line as they may.

    Args:
        actor: Who asks.
        waiting: Whose the jobs in line are.

    Raises:
        JobError: They have; the message says what they can do.
    """
    mine, most = sum(other == actor for other in waiting), most_waiting()
    if mine >= most:
        raise JobError(
            f"{mine} jobs of {actor[:80]} wait in line already, and {most} is the most for one user: "
            f"wait until one starts, cancel one, or have {MOST_WAITING} raised"
        )


def check_running(running: int) -> None:
    """Refuse a job that would start at once while as many run as may.

    Raises:
        JobError: They do; the message says what to do.
    """
    most = most_running()
    if running >= most:
        raise JobError(
            f"{running} jobs run now, and {most} is the most at a time: try again when one has ended, "
            f"or have {MOST_RUNNING} raised"
        )


def fair_place(actor: str, waiting: Sequence[str], running: Iterable[str]) -> int:
    """Find the place in line of a new job, so that users take turns however many jobs one of them asks for.

    A job is in the round that its number among its user's jobs says, those that run counted. It goes behind the jobs
    of its round and before the first of a later one; jobs that wait keep their order.

    Args:
        actor: Who asks.
        waiting: Whose the jobs in line are, the next one first.
        running: Whose the jobs are that run.

    Returns:
        How many jobs of the line come before it.
    """
    rounds = Counter(running)
    mine = rounds[actor] + sum(other == actor for other in waiting)
    for place, other in enumerate(waiting):
        if rounds[other] > mine:
            return place
        rounds[other] += 1
    return len(waiting)


def asker(folder: JobFolder) -> str:
    """Tell who asked for a job; nobody when its spec is damaged."""
    try:
        return read_spec(folder).actor
    except JobError:
        return ""


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text[:9]) == 0:
        raise SettingsError(f"{name} is {text[:40]!r}: expected a whole number above 0")
    return int(text[:9])
