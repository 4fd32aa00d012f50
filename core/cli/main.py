"""Calling a command, and the promises every call keeps: one JSON object, one message, exit codes 0, 1, 2 and 130."""

import json
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

from core import __version__
from core.access.actor import Actor, Role, acting
from core.cli import (
    audit_log,
    auditing,
    backbones,
    blind_tests,
    catalogs,
    changes,
    cleaning,
    clustering,
    comparing,
    crawling,
    doctor,
    embedding_comparing,
    exploring,
    exports,
    import_history,
    imports,
    jobs,
    journal,
    keeping,
    learning,
    map_pages,
    models,
    neighbors,
    planning,
    presets,
    quality,
    recommending,
    reviewing,
    sample,
    searching,
    second_stage,
    shipping,
    slices,
    training_line,
)
from core.cli.parser import Commands, Parser, add_common, check_common
from core.cli.progress_line import printable, printable_lines
from core.cli.session import Session
from core.errors import Cancelled, ShelfLensError
from core.jobs import JobFault
from core.jobs.json_values import to_json_value
from core.monitoring.journal import note_fault
from core.monitoring.redaction import redact

_LONGEST_MESSAGE = 2000  # a name of a megabyte tells no more than its beginning

DONE, FAULT, BAD_INPUT, CANCELLED = 0, 1, 2, 130

_DESCRIPTION = """ShelfLens: classify, map, recommend and mend a shop's product pictures.

Without --detach a command runs its job in the foreground, where Ctrl-C cancels it.
Exit codes: 0 done, 2 bad input or usage, 1 internal fault, 130 cancelled.
Every command is described in docs/command-line.md."""


def build_parser() -> tuple[Parser, dict[str, Parser]]:
    """Build the parser of the whole command line and, by name, that of each command."""
    parser = Parser(prog="python -m core", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"ShelfLens {__version__}")
    add_common(parser, detachable=True)
    parser.set_defaults(home=None, json=False, detach=False, detachable=False)
    commands = Commands(parser)
    for group in (
        doctor,
        journal,
        imports,
        import_history,
        crawling,
        sample,
        catalogs,
        cleaning,
        quality,
        auditing,
        reviewing,
        exports,
        learning,
        training_line,
        searching,
        recommending,
        neighbors,
        planning,
        second_stage,
        backbones,
        comparing,
        models,
        exploring,
        clustering,
        embedding_comparing,
        slices,
        map_pages,
        jobs,
        keeping,
        changes,
        audit_log,
        blind_tests,
        presets,
        shipping,
    ):
        group.add_commands(commands)
    return parser, commands.parsers


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The words after ``python -m core``; None takes those of this process.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name the terminal cannot spell is no reason to fail
    try:
        code = _call(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader has seen enough, as in `... | head`. Python would complain once more while closing the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _call(arguments: Sequence[str] | None) -> int:
    try:
        parsed = build_parser()[0].parse_args(arguments)
        check_common(parsed)
        with redirect_stdout(sys.stderr):  # libraries announce downloads there, where only the answer may stand
            session = Session(parsed)
            with acting(Actor(session.actor, Role.ADMIN)):  # whoever has a shell here has the home's files anyway
                result = to_json_value(parsed.run(session))
    except BrokenPipeError:
        raise
    except (Cancelled, KeyboardInterrupt):
        return _tell("cancelled; what was finished is kept", CANCELLED)
    except ShelfLensError as error:
        return _tell(f"error: {error}", BAD_INPUT)
    except JobFault as error:
        return _tell(f"error: {error}", FAULT)
    except Exception as error:
        if os.environ.get("SHELFLENS_DEBUG"):
            raise
        return _tell(_fault_message(error), FAULT)
    print(_text(parsed, result))
    return DONE


def _text(parsed: Any, result: dict[str, Any]) -> str:
    if parsed.json:
        return json.dumps(result, allow_nan=False)  # plain ASCII, so that no terminal's encoding can break it
    # Cells are made printable where they are laid out; this is for whatever a command puts together by itself.
    return printable_lines(str(result["job"]) if parsed.detach else parsed.show(result))


def _tell(message: str, code: int) -> int:
    line = printable(" ".join(message.split()))
    print(line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]} ...", file=sys.stderr)
    return code


def _fault_message(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"error: internal fault {note_fault('command_fault', error, told=True)}: {type(error).__name__}: "
        f"{redact(str(error))} ({last.filename}:{last.lineno}); `journal --id` has the traceback"
    )
