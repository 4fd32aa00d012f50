"""The command that shows and exports the audit log."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import table
from core.errors import HomeError
from core.files import write_whole

_SHOWN = 50


def add_commands(commands: Commands) -> None:
    """Add the command."""
    showing = commands.add(
        "audit-log", show_log, show=show_entries, summary="who did what and when: changes, jobs, logins, settings"
    )
    showing.add_argument("--since", metavar="TIME", default="", help="only from this day or time on (UTC)")
    showing.add_argument("--actor", metavar="NAME", default="", help="only what this one did")
    showing.add_argument("--limit", type=whole_number(1), metavar="N", help="at most so many; default all, shown 50")
    showing.add_argument("--csv", metavar="FILE", help="write them to a new CSV file, safe to open in a spreadsheet")


def show_log(session: Session) -> dict[str, Any]:
    """Give the entries, newest first."""
    from core.catalog.audit_log import audit_csv, count_damaged, read_audit_log

    given = session.arguments
    entries = read_audit_log(session.home, since=given.since, actor=given.actor, limit=given.limit)
    answer = {"entries": [entry.to_json() for entry in entries], "damaged": count_damaged(entries), "file": given.csv}
    if given.csv is None:
        return answer
    path = Path(given.csv).expanduser()
    if path.exists():
        raise HomeError(f"{path} exists already: name a new file with --csv FILE")
    try:
        write_whole(path, audit_csv(entries).encode())
    except OSError as error:
        raise HomeError(f"{path} cannot be written: {error.strerror or error}") from error
    return answer


def show_entries(result: dict[str, Any]) -> str:
    """Lay out the newest entries, or say where they were written."""
    count, damaged = len(result["entries"]), result["damaged"]
    warning = f"\n{damaged:,} entries were changed, torn, or follow one that was taken out" if damaged else ""
    if result["file"]:
        return f"{count:,} entries written to {result['file']}{warning}"
    rows = [{**each, "at": each["at"][:19].replace("T", " ")} for each in result["entries"][:_SHOWN]]
    columns = {"at": "AT (UTC)", "actor": "WHO", "role": "ROLE", "kind": "KIND", "summary": "WHAT"}
    more = f"\n{count - _SHOWN:,} older ones: --limit, --since or --csv FILE" if count > _SHOWN else ""
    return table(rows, columns, empty="nothing was done yet") + more + warning
