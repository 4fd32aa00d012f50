"""Commands about trainings before and beside them: estimate, pause, queue, move, note, tag."""

import time
from typing import Any

from core.cli.catalogs import show_event
from core.cli.jobs import show_jobs, show_one
from core.cli.parser import Commands, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, seconds_cell

_STOP_SECONDS = 5.0


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    estimate = commands.add("estimate", estimate_one, show=show_estimate, summary="tell what a training will cost")
    estimate.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    estimate.add_argument("--recipe", metavar="NAME", required=True, help="as for train")
    estimate.add_argument("--backbone", metavar="NAME", default="", help="as for train")
    estimate.add_argument("--target", metavar="TARGET", default="category", help="as for train")
    estimate.add_argument("--set", metavar="KEY=VALUE", type=pair, action="append", help="as for train")
    pause = commands.add("pause", pause_one, show=show_one, summary="stop a job after its epoch; resume goes on")
    pause.add_argument("job", metavar="JOB", help="id of the job")
    queue = commands.add("queue", list_queue, show=show_queue, summary="list the trainings that run and wait in line")
    queue.add_argument("--at-once", metavar="N", type=whole_number(1), help="let so many run at the same time")
    move = commands.add("move", move_one, show=show_queue, summary="move a waiting training in the line")
    move.add_argument("job", metavar="JOB", help="id of the job")
    move.add_argument("place", metavar="PLACE", type=whole_number(1), help="its new place; 1 is the next one")
    note = commands.add(
        "note", note_one, show=show_event, summary="write the note of a run; an empty one takes it away"
    )
    note.add_argument("run_id", metavar="RUN", help="id of the run")
    note.add_argument("text", metavar="TEXT", help="the note")
    tag = commands.add("tag", tag_one, show=show_event, summary="set the tags of a run; none takes them away")
    tag.add_argument("run_id", metavar="RUN", help="id of the run")
    tag.add_argument("tags", metavar="TAG", nargs="*", help="a word to find it by")


def estimate_one(session: Session) -> dict[str, Any]:
    """Estimate a training."""
    from core.models.estimate import estimate_training
    from core.vision.backbones import DEFAULT_BACKBONE

    given = session.arguments
    estimate = estimate_training(
        session.home,
        session.catalog(given.catalog),
        given.recipe,
        given.backbone or DEFAULT_BACKBONE,
        target=given.target,
        settings=pairs(given.set, option="--set"),
    )
    return {
        "catalog": given.catalog,
        "recipe": given.recipe,
        "seconds": estimate.seconds,
        "memory_mib": estimate.memory_mib,
        "disk_mib": estimate.disk_mib,
        "pictures_to_embed": estimate.pictures_to_embed,
        "usual_error": estimate.usual_error,
        "basis": estimate.basis,
        "shortages": list(estimate.shortages),
    }


def pause_one(session: Session) -> dict[str, Any]:
    """Ask a job to stop at its next checkpoint, and wait a moment for it."""
    from dataclasses import asdict

    from core.jobs import job_status, pause_job

    job = session.arguments.job
    pause_job(session.home, job)
    deadline = time.monotonic() + _STOP_SECONDS
    while job_status(session.home, job).state == "running" and time.monotonic() < deadline:
        time.sleep(0.1)
    status = job_status(session.home, job)
    if status.state == "running":
        session.say(f"it stops after the epoch it is in; `resume {job}` then goes on from there")
    return {"jobs": [asdict(status)]}


def list_queue(session: Session) -> dict[str, Any]:
    """List what runs and waits; starts the next one where nobody was left to do so."""
    from core.jobs import set_at_once, start_next

    if session.arguments.at_once is not None:
        set_at_once(session.home, session.arguments.at_once)
    start_next(session.home)
    return _queue(session)


def move_one(session: Session) -> dict[str, Any]:
    """Move a job in the line."""
    from core.jobs import move_job

    move_job(session.home, session.arguments.job, session.arguments.place)
    return _queue(session)


def note_one(session: Session) -> dict[str, Any]:
    """Write the note of a run."""
    from core.models.run_notes import note_run

    given = session.arguments
    return {"event": str(note_run(session.home, given.run_id, given.text, actor=session.actor))}


def tag_one(session: Session) -> dict[str, Any]:
    """Set the tags of a run."""
    from core.models.run_notes import tag_run

    given = session.arguments
    return {"event": str(tag_run(session.home, given.run_id, given.tags, actor=session.actor))}


def show_estimate(result: dict[str, Any]) -> str:
    """Say what a training will cost."""
    lines = {
        "about": seconds_cell(result["seconds"]) or "not known yet",
        "memory": f"{result['memory_mib']:,.0f} MiB",
        "disk": f"{result['disk_mib']:,.0f} MiB",
        "pictures to embed": f"{result['pictures_to_embed']:,}",
        "usually within": "" if result["usual_error"] is None else f"{result['usual_error']:.0%}",
        "rests on": result["basis"],
    }
    text = facts({name: value for name, value in lines.items() if value})
    return "\n".join([text, *(f"warning: {each}" for each in result["shortages"])])


def show_queue(result: dict[str, Any]) -> str:
    """Lay out what runs and waits."""
    if not result["jobs"]:
        return "no training runs or waits"
    return f"{show_jobs(result)}\nat once: {result['at_once']}"


def _queue(session: Session) -> dict[str, Any]:
    from core.cli.jobs import brief
    from core.jobs import list_jobs
    from core.jobs.kinds import is_queued_kind
    from core.jobs.line import read_line
    from core.jobs.stored_status import ACTIVE_STATES

    jobs = [job for job in list_jobs(session.home) if is_queued_kind(job.kind) and job.state in ACTIVE_STATES]
    jobs.sort(key=lambda job: (job.place is not None, job.place or 0, job.created))
    return {"at_once": read_line(session.home).at_once, "jobs": [brief(job) for job in jobs]}
