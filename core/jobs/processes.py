"""Sending a signal to a process only when it is the one that was meant.

A process id is given again after its process ended. Together with the moment the process started it is not.
"""

import os
import subprocess
from pathlib import Path

_START_TIME_FIELD = 19
"""Place of ``starttime`` among the fields of ``/proc/PID/stat`` that follow the command's closing bracket."""


def process_start(pid: int) -> str | None:
    """Return a text that differs for every process that ever had this id; None when there is none or it is dead.

    Linux tells it in ``/proc``; elsewhere ``ps`` is asked. A zombie counts as dead.
    """
    if Path("/proc/self/stat").exists():
        return _start_from_proc(pid)
    return _start_from_ps(pid)


def send_signal(pid: int, *, started: str | None, number: int) -> bool:
    """Send a signal to a process if it is still the one that started at that moment.

    Args:
        pid: Process id.
        started: What :func:`process_start` said of it when it began.
        number: The signal.

    Returns:
        Whether it was sent.
    """
    if started is None or process_start(pid) != started:
        return False
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _start_from_proc(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the command before the bracket may hold blanks and brackets
    return None if fields[0] in ("Z", "X") else fields[_START_TIME_FIELD]


def _start_from_ps(pid: int) -> str | None:
    try:
        answer = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None
