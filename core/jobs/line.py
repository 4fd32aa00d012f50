"""The line of jobs that wait for their turn, as it stands; :mod:`core.jobs.queue` changes it."""

from dataclasses import dataclass
from pathlib import Path

from core.files import read_json
from core.home import Home
from core.jobs.folder import JobFolder, list_folders
from core.jobs.kinds import is_queued_kind
from core.jobs.stored_status import read_status

MOST_AT_ONCE = 16


@dataclass(frozen=True)
class Line:
    """What the file of the line says.

    Attributes:
        order: Ids of waiting jobs, the next one first. Some may have left the line; those it does not name come last.
        at_once: How many may run at the same time.
    """

    order: tuple[str, ...] = ()
    at_once: int = 1


def line_file(home: Home) -> Path:
    """Where the order is kept."""
    return home.jobs / "line.json"


def read_line(home: Home) -> Line:
    """Read the order; an empty one when the file is missing or damaged, which loses nothing but the order."""
    try:
        found = read_json(line_file(home))
        order, at_once = found["order"], found["at_once"]
    except (OSError, ValueError, KeyError, TypeError):
        return Line()
    if not isinstance(order, list) or not all(isinstance(each, str) for each in order):
        return Line()
    sound = isinstance(at_once, int) and not isinstance(at_once, bool) and 1 <= at_once <= MOST_AT_ONCE
    return Line(tuple(dict.fromkeys(order)), at_once if sound else 1)


def waiting_folders(home: Home) -> list[JobFolder]:
    """List the folders of the jobs that wait, the next one first."""
    return in_order(home, [folder for folder in list_folders(home) if _waits(folder)])


def in_order(home: Home, waiting: list[JobFolder]) -> list[JobFolder]:
    """Sort waiting jobs by their place in line; those the line does not name come last, oldest first."""
    ranks = {job: place for place, job in enumerate(read_line(home).order)}
    return sorted(waiting, key=lambda folder: (ranks.get(folder.job, len(ranks)), folder.job))


def _waits(folder: JobFolder) -> bool:
    if not is_queued_kind(folder.kind):
        return False
    stored = read_status(folder)
    return stored is not None and stored.state == "waiting"
