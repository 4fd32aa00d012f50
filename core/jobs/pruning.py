"""Tidying away the folders of jobs that ended long ago. What they made lies elsewhere and stays.

A job's folder holds what was asked, how it went and what it said at its end: reports and lists of what it found.
Catalogs, features, embeddings, maps, runs, searches and exports are never in it. Jobs that can go on, paused or
interrupted, are kept, and so is everything younger than a day.
"""

import logging
import os
import shutil
import time
import uuid
from dataclasses import dataclass

from core.backup.leftovers import leftovers, remove_leftover
from core.errors import JobError, SettingsError, ShelfLensError
from core.home import Home
from core.jobs.folder import JobFolder, list_folders
from core.jobs.lock import gate, lock_is_free
from core.jobs.stored_status import read_status
from core.monitoring.folder_size import folder_bytes

KEEP_JOBS = "SHELFLENS_KEEP_JOBS"
KEEP_DAYS = "SHELFLENS_KEEP_JOB_DAYS"

_JOBS, _DAYS = 500, 90
_DAY_SECONDS = 86_400.0
_LOG = logging.getLogger(__name__)
_ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Pruning:
    """What was tidied away.

    Attributes:
        jobs: Ids of the jobs whose folders are gone, newest first.
        bytes: What the folders took.
    """

    jobs: tuple[str, ...]
    bytes: int


def prune_jobs(home: Home, *, keep: int | None = None, days: int | None = None) -> Pruning:
    """Delete the folders of jobs that ended more than so many days ago, and of those beyond so many that ended later.

    Args:
        home: The home.
        keep: How many ended jobs stay; None takes the setting, else 500.
        days: How many days an ended job stays; None takes the setting, else 90.

    Raises:
        SettingsError: A setting is no number.
    """
    keep = _setting(KEEP_JOBS, _JOBS) if keep is None else keep
    days = _setting(KEEP_DAYS, _DAYS) if days is None else days
    gone: list[str] = []
    size, now = 0, time.time()
    ended = [(changed, folder) for folder in list_folders(home) if (changed := _ended_at(folder)) is not None]
    ended.sort(key=lambda each: each[0], reverse=True)
    for place, (changed, folder) in enumerate(ended):
        age_days = (now - changed) / _DAY_SECONDS
        if age_days > 1 and (place >= keep or age_days > days):
            freed = _delete(home, folder)
            if freed is not None:
                size, gone = size + freed, [*gone, folder.job]
    for left in leftovers(home.jobs):
        remove_leftover(left)
    return Pruning(tuple(gone), size)


def prune_quietly(home: Home) -> None:
    """Tidy away at the end of other work, which must not fail for it."""
    try:
        prune_jobs(home)
    except (ShelfLensError, OSError) as error:  # OSError: the home was taken away meanwhile
        _LOG.warning("old jobs could not be tidied away: %s", error)


def _ended_at(folder: JobFolder) -> float | None:
    """Tell when a job ended, seconds since 1970; None for one that may go on."""
    stored = read_status(folder)
    return stored.changed if stored is not None and stored.state in _ENDED else None


def _delete(home: Home, folder: JobFolder) -> int | None:
    """Delete a folder whole: it loses its name first, so that nobody ever sees half a job. None when it stays."""
    try:
        with gate(folder):
            if _ended_at(folder) is None or not lock_is_free(folder):  # it was resumed a moment ago
                return None
            size = folder_bytes(folder.path)
            nameless = home.jobs / f".{folder.job}.{uuid.uuid4().hex}.tmp"
            folder.path.rename(nameless)
    except (OSError, JobError):  # another process deletes it, or the home is read-only
        return None
    shutil.rmtree(nameless, ignore_errors=True)
    return size


def _setting(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if text and not text.isdecimal():
        raise SettingsError(f"{name} is {text[:40]!r}: expected a whole number")
    return int(text[:9]) if text else default
