"""What a job was asked to do: written once, together with the job's folder."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from core.access.actor import Actor, Role, require
from core.access.audit_file import record
from core.errors import JobError
from core.files import read_json, whole_folder, write_json_whole
from core.home import Home
from core.jobs.folder import JobFolder, new_job_id
from core.jobs.kinds import check_arguments
from core.jobs.stored_status import State, StoredStatus, write_status


@dataclass(frozen=True)
class JobSpec:
    """What a job was asked to do.

    Attributes:
        job: Id.
        kind: A name of the table of kinds.
        arguments: What that kind takes, checked; paths are absolute.
        actor: Who asked, for the log of changes.
        created: ISO time in UTC.
        role: Of whoever asked, as one word; the work is done with it. Jobs of before there were roles name none.
    """

    job: str
    kind: str
    arguments: dict[str, Any]
    actor: str
    created: str
    role: str = Role.ADMIN.word

    @property
    def acting(self) -> Actor:
        """Whoever asked, for doing the work as them."""
        return Actor(self.actor, Role[self.role.upper()])


def create_job(home: Home, kind: str, arguments: dict[str, Any], *, actor: str, state: State = "queued") -> JobFolder:
    """Make the folder of a new job; it appears whole or not at all.

    Args:
        home: The home.
        kind: A name of the table of kinds.
        arguments: What that kind takes.
        actor: Who asks.
        state: ``queued`` when its worker is started now, ``waiting`` when its turn comes later.

    Raises:
        JobError: There is no such kind.
        SettingsError: An argument is missing, unknown or out of its range.
        AccessError: Whoever acts is only a viewer.
        HomeError: The audit log cannot be written.
    """
    asking = require(Role.EDITOR, "start work")
    checked = check_arguments(kind, arguments)
    folder = JobFolder(home.jobs / new_job_id(kind))
    role = (asking.role or Role.EDITOR).word
    spec = JobSpec(folder.job, kind, checked, actor, datetime.now(UTC).isoformat(), role)
    record(home, "job", f"Started the job {folder.job}", actor=actor)
    with whole_folder(folder.path) as unfinished:
        write_json_whole(JobFolder(unfinished).spec, asdict(spec))
        write_status(JobFolder(unfinished), StoredStatus(state=state))
    return folder


def read_spec(folder: JobFolder) -> JobSpec:
    """Read what a job was asked.

    Raises:
        JobError: ``spec.json`` is missing or damaged.
    """
    try:
        spec = JobSpec(**read_json(folder.spec))
        texts = (spec.kind, spec.actor, spec.created)
        if (
            spec.job != folder.job
            or not isinstance(spec.arguments, dict)
            or not all(isinstance(each, str) for each in texts)
            or spec.role not in {role.word for role in Role}
        ):
            raise ValueError("not what was written")
        return spec
    except (OSError, ValueError, TypeError) as error:
        raise JobError(
            f"job {folder.job}: {folder.spec} is missing or damaged; start the same work as a new job"
        ) from error
