"""The folder of a job: what lies where in it, and how a job id finds it."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import JobError
from core.home import Home

_JOB_ID = re.compile(r"\d{8}-\d{6}-[a-z-]+-[0-9a-f]{6}")


@dataclass(frozen=True)
class JobFolder:
    """Names of the files of one job.

    Attributes:
        path: The folder; its name is the job's id.
    """

    path: Path

    @property
    def job(self) -> str:
        """The job's id."""
        return self.path.name

    @property
    def kind(self) -> str:
        """The job's kind, as its id tells it."""
        return "-".join(self.job.split("-")[2:-1])

    @property
    def spec(self) -> Path:
        """What was asked; written once, together with the folder."""
        return self.path / "spec.json"

    @property
    def status(self) -> Path:
        """The state as the owner of the lock wrote it last; always whole."""
        return self.path / "status.json"

    @property
    def progress(self) -> Path:
        """One JSON line a report or record; only ever appended to, so its last line may be torn."""
        return self.path / "progress.jsonl"

    @property
    def log(self) -> Path:
        """Everything the worker printed, tracebacks included."""
        return self.path / "worker.log"

    @property
    def result(self) -> Path:
        """What the job gave; there only when it is finished."""
        return self.path / "result.json"

    @property
    def checkpoints(self) -> Path:
        """Where the work keeps what a resumed job need not do again."""
        return self.path / "checkpoints"

    @property
    def cancel_flag(self) -> Path:
        """A file whose presence asks the work to stop."""
        return self.path / "cancel"

    @property
    def pause_flag(self) -> Path:
        """A file whose presence asks the work to stop at its next checkpoint."""
        return self.path / "pause"

    @property
    def lock(self) -> Path:
        """Locked by whoever runs the job, for as long as it runs."""
        return self.path / "worker.lock"

    @property
    def gate(self) -> Path:
        """Locked for moments only: by those who look at the lock, take it, or change a job nobody runs."""
        return self.path / "gate.lock"


def new_job_id(kind: str) -> str:
    """Make an id that sorts by time and tells the kind: ``20261121-093012-train-5f3a9c``."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{kind}-{secrets.token_hex(3)}"


def list_folders(home: Home) -> list[JobFolder]:
    """List the job folders of a home, newest id first; anything else in there is left alone."""
    if not home.jobs.is_dir():
        return []
    # A link could lead out of the home, where locks and logs have no business.
    found = (path for path in home.jobs.iterdir() if _JOB_ID.fullmatch(path.name))
    names = sorted((path.name for path in found if path.is_dir() and not path.is_symlink()), reverse=True)
    return [JobFolder(home.jobs / name) for name in names]


def find_folder(home: Home, job_id: str) -> JobFolder:
    """Find the folder of a job by comparing ids, never by joining an id from outside to a path.

    Raises:
        JobError: There is no such job; the message names the newest ones.
    """
    folders = list_folders(home)
    for folder in folders:
        if folder.job == job_id:
            return folder
    known = ", ".join(folder.job for folder in folders[:3]) or "none yet"
    raise JobError(f"there is no job {job_id[:120]!r} in {home.root}; the newest jobs are: {known} (see `jobs`)")
