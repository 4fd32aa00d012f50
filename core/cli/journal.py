"""The command journal: what ran and what broke, by the id a page or a message gave."""

from typing import Any

from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import facts, table
from core.errors import ShelfLensError

_LEFT_TO_THE_STACK = "stack"


def add_commands(commands: Commands) -> None:
    """Add the command of this group."""
    journal = commands.add("journal", read, show=show_journal, summary="tell what ran and what broke, newest first")
    journal.add_argument("--id", metavar="ID", dest="quoted", help="an error id, such as SL-1f2e3d4c, or a job's id")
    journal.add_argument("--errors", action="store_true", help="only what has an error id")
    journal.add_argument("--limit", metavar="N", type=whole_number(1), default=20, help="at most so many; default 20")


def read(session: Session) -> dict[str, Any]:
    """Read the journal.

    Raises:
        ShelfLensError: Nothing is known under that id.
    """
    from core.monitoring.journal_reading import read_journal

    given = session.arguments
    root = session.home.root
    events = read_journal(root, quoted=given.quoted, errors_only=given.errors, limit=given.limit)
    if given.quoted and not events:
        raise ShelfLensError(
            f"the journal in {root / 'logs'} knows nothing of {given.quoted[:80]!r}: it keeps about 20 MiB, so older "
            "events are gone; or the id is of another home (--home DIR)"
        )
    return {"events": events}


def show_journal(result: dict[str, Any]) -> str:
    """Lay out one event with its stack, several as a table."""
    events = result["events"]
    if len(events) == 1:
        [event] = events
        said = facts({name: value for name, value in event.items() if name != _LEFT_TO_THE_STACK})
        return f"{said}\n\n{event.get(_LEFT_TO_THE_STACK, '')}".strip()
    rows = [
        {
            "at": str(event.get("time", ""))[:19].replace("T", " "),
            "level": event.get("level"),
            "event": event.get("event"),
            "id": event.get("error_id") or event.get("job") or "",
            "message": str(event.get("message", ""))[:100],
        }
        for event in events
    ]
    columns = {"at": "AT (UTC)", "level": "LEVEL", "event": "EVENT", "id": "ID", "message": "MESSAGE"}
    return table(rows, columns, empty="nothing was noted yet")
