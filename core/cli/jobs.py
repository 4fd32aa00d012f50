"""Commands about jobs: jobs, status, cancel, resume, prune-jobs."""

import time
from dataclasses import asdict
from typing import Any

from core.cli.parser import Commands, whole_number
from core.cli.progress_line import printable
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell, table
from core.jobs import JobStatus, cancel_job, job_status, kill_job, list_jobs, resume_here, resume_job

_STOP_SECONDS = 5.0


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    commands.add("jobs", list_all, show=show_jobs, summary="list the jobs, newest first")
    status = commands.add("status", status_of, show=show_one, summary="tell how a job stands")
    status.add_argument("job", metavar="JOB", help="id of the job")
    cancel = commands.add("cancel", cancel_one, show=show_one, summary="stop a job; it can be resumed")
    cancel.add_argument("job", metavar="JOB", help="id of the job")
    cancel.add_argument("--kill", action="store_true", help="end its process at once, when it does not stop by itself")
    resume = commands.add(
        "resume",
        resume_one,
        show=show_one,
        summary="go on with a paused, interrupted, failed or cancelled job",
        detachable=True,
    )
    resume.add_argument("job", metavar="JOB", help="id of the job")
    prune = commands.add("prune-jobs", prune_old, show=show_pruned, summary="delete the records of old jobs")
    prune.add_argument("--days", metavar="N", type=whole_number(0), help="those that ended more than N days ago")
    prune.add_argument("--keep", metavar="N", type=whole_number(0), help="those beyond the newest N")


def list_all(session: Session) -> dict[str, Any]:
    """List the jobs."""
    return {"jobs": [brief(status) for status in list_jobs(session.home)]}


def status_of(session: Session) -> dict[str, Any]:
    """Tell how one job stands."""
    return _one(session)


def cancel_one(session: Session) -> dict[str, Any]:
    """Stop a job and wait a moment for it."""
    job = session.arguments.job
    if session.arguments.kill:
        kill_job(session.home, job)
        return _one(session)
    cancel_job(session.home, job)
    deadline = time.monotonic() + _STOP_SECONDS
    while job_status(session.home, job).state == "running" and time.monotonic() < deadline:
        time.sleep(0.1)
    if job_status(session.home, job).state == "running":
        session.say(f"it stops at its next step; `cancel {job} --kill` ends it at once")
    return _one(session)


def prune_old(session: Session) -> dict[str, Any]:
    """Delete the folders of jobs that ended long ago."""
    from core.access.actor import Role, require
    from core.jobs.pruning import prune_jobs

    require(Role.ADMIN, "delete jobs")
    pruned = prune_jobs(session.home, keep=session.arguments.keep, days=session.arguments.days)
    return {"jobs": list(pruned.jobs), "bytes": pruned.bytes}


def show_pruned(result: dict[str, Any]) -> str:
    """Say what is gone."""
    count = len(result["jobs"])
    return f"{count:,} records of jobs deleted, {result['bytes'] / 2**20:,.1f} MiB; what the jobs made stays"


def resume_one(session: Session) -> dict[str, Any]:
    """Go on with a job, here or in a process of its own."""
    job = session.arguments.job
    if session.arguments.detach:
        resume_job(session.home, job)
        return {"job": job}
    with session.progress() as line:
        resume_here(session.home, job, on_report=line.show)
    return _one(session)


def show_jobs(result: dict[str, Any]) -> str:
    """Lay out jobs."""
    rows = [
        {
            **each,
            "state": each["state"] if each["place"] is None else f"{each['state']}, {each['place']} in line",
            "progress": percent_cell(each["progress"]),
            "seconds": seconds_cell(each["seconds"]),
            "left": seconds_cell(each["seconds_left"]),
            "message": each["error"] or each["message"],
        }
        for each in result["jobs"]
    ]
    columns = {"job": "JOB", "kind": "KIND", "state": "STATE", "progress": "DONE", "seconds": "TOOK", "left": "LEFT"}
    return table(rows, {**columns, "message": "MESSAGE"}, empty="no job yet")


def show_one(result: dict[str, Any]) -> str:
    """Lay out one job; its error is shown whole."""
    [job] = result["jobs"]
    lines = {
        "job": job["job"],
        "kind": job["kind"],
        "state": job["state"] + (" (stopping)" if job["cancelling"] else " (pausing)" if job["pausing"] else ""),
        "place in line": job["place"],
        "done": percent_cell(job["progress"]) or "unknown",
        "took": seconds_cell(job["seconds"]),
        "left": seconds_cell(job["seconds_left"]),
        "message": job["message"],
        "asked by": job["actor"],
    }
    text = facts({name: value for name, value in lines.items() if value})
    return f"{text}\n{printable(job['error'])}" if job["error"] else text


def _one(session: Session) -> dict[str, Any]:
    return {"jobs": [asdict(job_status(session.home, session.arguments.job))]}


def brief(status: JobStatus) -> dict[str, Any]:
    """The fields of a job that a list shows."""
    names = ("job", "kind", "state", "place", "progress", "message", "seconds", "seconds_left", "created", "error")
    return {name: getattr(status, name) for name in names}
