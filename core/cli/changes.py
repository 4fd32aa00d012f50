"""Commands about the log of changes and about histories: events, undo, rename-history, delete-history."""

from typing import Any

from core.cli.catalogs import show_event
from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import table
from core.errors import UndoError


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    events = commands.add("events", list_all, show=show_events, summary="list the last changes, newest first")
    events.add_argument("--catalog", metavar="NAME", help="only changes of this catalog")
    events.add_argument("--limit", metavar="N", type=whole_number(1), default=50, help="at most so many; default 50")
    undo = commands.add("undo", undo_one, show=show_undo, summary="undo a change; undoing that does it again")
    undo.add_argument("event", metavar="EVENT", help="number of the change, as `events` shows it")
    rename = commands.add("rename-history", rename_one, show=show_event, summary="give a set of histories another name")
    rename.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    rename.add_argument("history", metavar="HISTORY", help="its name now")
    rename.add_argument("name", metavar="NAME", help="its new name")
    delete = commands.add("delete-history", delete_one, show=show_event, summary="delete histories; can be undone")
    delete.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    delete.add_argument("history", metavar="HISTORY", help="its name")


def list_all(session: Session) -> dict[str, Any]:
    """List changes."""
    from core.catalog.log import list_events

    given = session.arguments
    catalog_id = None if given.catalog is None else session.catalog(given.catalog).catalog_id
    return {
        "events": [
            {
                "event": str(each.event_id),
                "at": each.at,
                "actor": each.actor,
                "kind": each.kind,
                "summary": each.summary,
                "undone": each.undone,
            }
            for each in list_events(session.home, catalog_id=catalog_id, limit=given.limit)
        ]
    }


def undo_one(session: Session) -> dict[str, Any]:
    """Undo a change."""
    from core.catalog.log import undo

    text = session.arguments.event
    if not (text.isascii() and text.isdigit()):
        raise UndoError(f"a change is named by its number, not {text!r}; list them with `events`")
    return {"event": str(undo(session.home, int(text), actor=session.actor)), "undone": text}


def rename_one(session: Session) -> dict[str, Any]:
    """Give a set of histories another name."""
    from core.catalog.histories import rename_history

    given = session.arguments
    catalog = session.catalog(given.catalog)
    return {"event": str(rename_history(session.home, catalog, given.history, given.name, actor=session.actor))}


def delete_one(session: Session) -> dict[str, Any]:
    """Take a set of histories out of sight."""
    from core.catalog.histories import delete_history

    given = session.arguments
    catalog = session.catalog(given.catalog)
    return {"event": str(delete_history(session.home, catalog, given.history, actor=session.actor))}


def show_events(result: dict[str, Any]) -> str:
    """Lay out changes."""
    rows = [
        {**each, "at": each["at"][:19].replace("T", " "), "undone": "undone" if each["undone"] else ""}
        for each in result["events"]
    ]
    columns = {"event": "EVENT", "at": "AT (UTC)", "actor": "WHO", "summary": "WHAT", "undone": ""}
    return table(rows, columns, empty="nothing was changed yet")


def show_undo(result: dict[str, Any]) -> str:
    """Say what undid what."""
    return f"change {result['undone']} is undone; do it again with `undo {result['event']}`"
