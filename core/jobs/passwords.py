"""Passwords of sources on their way into a worker: taken out of what is stored, handed over through a pipe."""

import subprocess
import sys
from typing import Any

_MOST_BYTES = 65_536


def without_password(arguments: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Take the password out of a job's arguments before anything is written.

    Args:
        arguments: As asked for; `source` may be the address of a database.

    Returns:
        The arguments fit to be stored, and the password; None where there is none.

    Raises:
        CatalogError: The address cannot be read; the message quotes none of it.
    """
    from core.catalog.sql_address import is_address, part_address  # here, because most jobs name no address

    source = arguments.get("source")
    if not isinstance(source, str) or not is_address(source):
        return arguments, None
    parted = part_address(source)
    return {**arguments, "source": parted.text}, parted.password


def hand_over(process: "subprocess.Popen[bytes]", password: str | None) -> None:
    """Write a password into the standard input of a worker that was just started; other processes cannot see it."""
    if process.stdin is None:
        return
    try:
        with process.stdin:
            process.stdin.write((password or "").encode())
    except BrokenPipeError:  # it ended at once: whoever waits for it says so
        return


def handed_password() -> str | None:
    """Read, in the worker, the password it was handed; None where it was handed nothing."""
    if sys.stdin is None or sys.stdin.isatty():
        return None
    return sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", errors="replace") or None
