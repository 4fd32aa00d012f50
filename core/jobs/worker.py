"""The process that does one job: ``python -m core.jobs.worker HOME JOB``, started by :func:`core.jobs.submit`."""

import logging
import os
import sys
from pathlib import Path

from core.catalog.source_password import given_password
from core.errors import Cancelled, ShelfLensError
from core.home import Home
from core.jobs.environment import quiet_this_process
from core.jobs.folder import find_folder
from core.jobs.passwords import handed_password
from core.jobs.queue import start_next_quietly
from core.jobs.run import BAD_INPUT, JobFault, owned, run_owned
from core.jobs.signals import stop_on_signals
from core.monitoring.journal import printing_handler, start_journal

logger = logging.getLogger("core.jobs.worker")

_RANK = 5

DONE, FAULT, REFUSED, CANCELLED = 0, 1, 3, 130


def main(home_root: str, job_id: str, *, password: str | None = None) -> int:
    """Do the work of a queued job, holding its lock.

    Args:
        home_root: The home.
        job_id: The job.
        password: Of the database it imports from, if it does.

    Returns:
        Exit code: 0 done, 1 internal fault, 2 bad input, 3 the job is not this process's to run, 130 cancelled.
    """
    known = [] if password is None else [password]
    logging.basicConfig(level=logging.INFO, handlers=[printing_handler(known)])
    home = Home(Path(home_root))
    start_journal(home.root, words=known, plain=False, job=job_id)
    try:
        return _work(home, job_id, password)
    finally:
        start_next_quietly(home)  # the line goes on without a page or a server


def _work(home: Home, job_id: str, password: str | None) -> int:
    # Before the lock, so that a signal can never end this process between taking it and being able to obey.
    with stop_on_signals() as stop:
        try:
            folder = find_folder(home, job_id)
            with owned(folder) as status, given_password(password):
                logger.info("attempt %d, process %d", status.attempt, os.getpid())
                quiet_this_process()
                if hasattr(os, "nice"):
                    # Pages and the terminal stay quick while every core works. A worker that another one started
                    # has its rank already.
                    os.nice(max(_RANK - os.nice(0), 0))
                try:
                    run_owned(folder, status, home=home, stop=stop, may_end=True)
                except (Cancelled, ShelfLensError, JobFault) as error:
                    return _ended(error)
        except ShelfLensError as error:
            logger.error("%s", error)
            return REFUSED
    logger.info("done")
    return DONE


def _ended(error: Exception) -> int:
    logger.info("%s", error)
    if isinstance(error, Cancelled):
        return CANCELLED
    return BAD_INPUT if isinstance(error, ShelfLensError) else FAULT


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], password=handed_password()))
