"""Limits of a job: memory and time. A job that passes one ends with one message, and can be resumed.

A limit of the system on addresses (RLIMIT_AS) does not serve: TensorFlow and arrays mapped from the disk take far more
addresses than memory, and a refused address ends in an abort. So a thread of the worker looks at what it holds. Pages
of mapped files are not counted, for the system takes those back at will.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsError
from core.jobs.health import memory_mib
from core.jobs.reports import StopRequest

MEMORY, HOURS = "SHELFLENS_JOB_MEMORY", "SHELFLENS_JOB_HOURS"
"""Environment variables: most memory of a job, as `80%`, `6GiB` or `500MiB`; most hours of one attempt."""

DEFAULT_MEMORY = "80%"
LOOK_SECONDS = 0.5
MEMORY_GRACE_SECONDS = 10.0
TIME_GRACE_SECONDS = 60.0
_FAR_BEYOND = 1.1
_UNITS = {"mib": 1, "mb": 1, "m": 1, "gib": 1024, "gb": 1024, "g": 1024}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(%|[mg]i?b?)", re.IGNORECASE)
_CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Limits:
    """What a job may use.

    Attributes:
        memory_mib: Most memory of its process and those it started; None where nothing limits it.
        seconds: Longest time of one attempt; None for any.
    """

    memory_mib: float | None = None
    seconds: float | None = None


def read_limits() -> Limits:
    """Read the limits from the environment.

    Raises:
        SettingsError: A value cannot be read.
    """
    return Limits(_memory(os.environ.get(MEMORY) or DEFAULT_MEMORY), _seconds(os.environ.get(HOURS)))


def usable_memory_mib() -> float | None:
    """Tell the memory that processes here may use: the machine's, or less where a container sets a limit."""
    machine = memory_mib()
    try:
        container = int(_CGROUP.read_text(encoding="ascii")) / 2**20
    except (OSError, ValueError):  # no such limit, or "max"
        return machine
    return container if machine is None else min(container, machine)


def held_mib() -> float | None:
    """Tell the memory this process and those it started hold, without mapped files; None where Linux cannot say."""
    own = own_mib()
    return None if own is None else sum(filter(None, map(own_mib, _descendants(os.getpid()))), own)


def own_mib(pid: int | None = None) -> float | None:
    """Tell the memory one process holds, this one unless named, without mapped files; None where Linux cannot say."""
    try:
        text = Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    lines = (line.split() for line in text.splitlines() if line.startswith(("RssAnon:", "RssShmem:")))
    return sum(int(words[1]) for words in lines) / 1024


@contextmanager
def watched(limits: Limits, *, job: str, stop: StopRequest, end: Callable[[str], None] | None = None) -> Iterator[None]:
    """Watch what this process uses until the block ends.

    Beyond a limit the next report of the work raises, so that it ends in order. Work that goes on without a report for
    10 s (60 s beyond its time), or that needs a tenth more memory than it may, is ended at once.

    Args:
        limits: What may be used.
        job: Id of the job, for messages.
        stop: Told of the limit that was passed.
        end: Ends the process at once, given the message; None where the process is not the job's alone.
    """
    watch = _Watch(limits, job=job, stop=stop, end=end)
    watch.start()
    try:
        yield
    finally:
        watch.close()


class _Watch(threading.Thread):
    """The thread that looks."""

    def __init__(self, limits: Limits, *, job: str, stop: StopRequest, end: Callable[[str], None] | None) -> None:
        super().__init__(name="job-limits", daemon=True)
        self._limits, self._job, self._stop, self._end = limits, job, stop, end
        self._began = time.monotonic()
        self._until: float | None = None
        self._closing = threading.Event()
        self._ending = threading.Lock()

    def run(self) -> None:
        """Look now and then, until the work ends."""
        while not self._closing.wait(LOOK_SECONDS):
            self._look()

    def close(self) -> None:
        """Look no more; what the work says from now on stands."""
        with self._ending:
            self._closing.set()

    def _look(self) -> None:
        now = time.monotonic()
        held = held_mib() if self._limits.memory_mib is not None else None
        if self._stop.beyond is None:
            self._stop.beyond, grace = self._passed(held, now - self._began)
            self._until = now + grace if self._stop.beyond else None
        far = held is not None and held > _FAR_BEYOND * (self._limits.memory_mib or held)
        if self._stop.beyond is None or self._end is None or not (far or now > (self._until or now)):
            return
        with self._ending:
            if not self._closing.is_set():
                self._end(self._stop.beyond)

    def _passed(self, held: float | None, seconds: float) -> tuple[str | None, float]:
        """Say which limit was passed, and how long the work may take to notice."""
        most = self._limits.memory_mib
        if held is not None and most is not None and held > most:
            words = f"it needs {held:,.0f} MiB of memory, and a job may use {most:,.0f} MiB ({MEMORY})"
            return self._message(words, "free or add memory, or raise the limit"), MEMORY_GRACE_SECONDS
        longest = self._limits.seconds
        if longest is not None and seconds > longest:
            words = f"it has taken {seconds / 3600:,.2f} h, and a job may take {longest / 3600:,.2f} h ({HOURS})"
            return self._message(words, "raise the limit, or go on in parts"), TIME_GRACE_SECONDS
        return None, 0.0

    def _message(self, what: str, mend: str) -> str:
        return f"stopped: {what}; what it finished is kept: {mend}, then `resume {self._job}`"


def _memory(text: str) -> float | None:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or float(found[1]) <= 0:
        raise SettingsError(f"{MEMORY} is {text[:60]!r}: expected a share such as 80% or an amount such as 6GiB")
    if found[2] != "%":
        return float(found[1]) * _UNITS[found[2].lower()]
    usable = usable_memory_mib()
    return None if usable is None else usable * float(found[1]) / 100


def _seconds(text: str | None) -> float | None:
    if not text:
        return None
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours < 100_000:
        raise SettingsError(f"{HOURS} is {text[:60]!r}: expected hours, such as 12 or 0.5; unset it for no limit")
    return hours * 3600


def _descendants(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in path.read_text(encoding="ascii").split()]
        except OSError:  # a thread that ended meanwhile
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found
