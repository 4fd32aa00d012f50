"""What Prometheus can ask of a running server: jobs, disk, memory, sessions, and how long pages and rankings take.

Nothing here names a product, a catalog or a person. It is off unless a port is named, and bound to this machine.
"""

import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from core import __version__
from core.errors import SettingsError, ShelfLensError
from core.home import Home
from core.jobs.status import JobStatus, list_jobs
from core.jobs.stored_status import STATES
from core.monitoring.folder_size import folder_bytes
from core.monitoring.measures import listen

_PAGE_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_RANKING_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_JOBS_SECONDS = 5.0
_SIZE_SECONDS = 600.0

CountSessions = Callable[[], int]


class Meters:
    """Counts and times what this process tells of itself (:mod:`core.monitoring.measures`).

    Args:
        registry: Where the meters are found.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        page = "Seconds a run of a page took; a slider reruns only its part of one and is not in here."
        self._pages = Histogram("shelflens_page_seconds", page, ["page"], buckets=_PAGE_SECONDS, registry=registry)
        ranking = "Seconds one ranking of a whole catalog took."
        self._rankings = Histogram("shelflens_ranking_seconds", ranking, buckets=_RANKING_SECONDS, registry=registry)
        errors = "Faults of this process that got an id, by where: page, job, command, service."
        self._errors = Counter("shelflens_errors", errors, ["where"], registry=registry)

    def hear(self, measure: str, value: float, labels: dict[str, str]) -> None:
        """Take one measure; those that nobody meters are passed over."""
        if measure == "page":
            self._pages.labels(**labels).observe(value)
        elif measure == "ranking":
            self._rankings.observe(value)
        elif measure == "errors":
            self._errors.labels(**labels).inc(value)


class HomeFigures(Collector):
    """Figures of a home, read when they are asked for.

    Args:
        home: The home.
        sessions: Counts the visitors that are connected; None where there are none to count.
    """

    def __init__(self, home: Home, *, sessions: CountSessions | None = None) -> None:
        self._home, self._sessions = home, sessions
        self._jobs: tuple[float, list[JobStatus]] = (-_JOBS_SECONDS, [])
        self._size = _Size(home)

    def collect(self) -> Iterator[Metric]:
        """Give the figures; one that cannot be read is left out, the others stay."""
        yield InfoMetricFamily("shelflens", "What runs here.", value={"version": __version__})
        try:
            jobs = self._read_jobs()
        except (ShelfLensError, OSError):
            jobs = None
        if jobs is not None:
            yield from _job_figures(jobs)
        try:
            free = shutil.disk_usage(self._home.root).free
        except OSError:
            free = None
        if free is not None:
            yield GaugeMetricFamily("shelflens_disk_free_bytes", "Free on the disk of the home.", value=free)
        size = self._size.latest()
        if size is not None:
            yield GaugeMetricFamily("shelflens_home_bytes", "What the home takes, at most 10 min old.", value=size)
        if self._sessions is not None:
            yield GaugeMetricFamily("shelflens_sessions", "Visitors connected now.", value=self._sessions())

    def _read_jobs(self) -> list[JobStatus]:
        read, jobs = self._jobs
        if time.monotonic() - read >= _JOBS_SECONDS:
            jobs = list_jobs(self._home)
            self._jobs = (time.monotonic(), jobs)
        return jobs


class _Size:
    """The size of a home, counted aside: it may hold a million files."""

    def __init__(self, home: Home) -> None:
        self._home, self._bytes = home, None
        self._next = 0.0
        self._thread: threading.Thread | None = None

    _bytes: int | None

    def latest(self) -> int | None:
        """Give what was counted last; None until the first count is done."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SIZE_SECONDS
            self._thread = threading.Thread(target=self._count, name="home-size", daemon=True)
            self._thread.start()
            self._thread.join(0.5)  # a small home is counted at once
        return self._bytes

    def _count(self) -> None:
        self._bytes = folder_bytes(self._home.root)


def build_registry(
    home: Home, *, sessions: CountSessions | None = None
) -> tuple[CollectorRegistry, Callable[[], None]]:
    """Build everything that can be asked for.

    Args:
        home: What the figures are of.
        sessions: Counts the visitors that are connected.

    Returns:
        The registry, and the function that ends its listening.
    """
    registry = CollectorRegistry()
    registry.register(HomeFigures(home, sessions=sessions))
    ProcessCollector(registry=registry)
    return registry, listen(Meters(registry).hear)


def serve_metrics(
    home: Home, *, port: int, address: str = "127.0.0.1", sessions: CountSessions | None = None
) -> tuple[int, Callable[[], None]]:
    """Answer Prometheus at ``http://ADDRESS:PORT/metrics`` from a thread of this process.

    Args:
        home: What the figures are of.
        port: 0 takes a free one.
        address: Where to listen; this machine alone unless told otherwise.
        sessions: Counts the visitors that are connected.

    Returns:
        The port, and the function that stops it.

    Raises:
        SettingsError: The address cannot be listened on.
    """
    registry, end_listening = build_registry(home, sessions=sessions)
    try:
        server, thread = start_http_server(port, addr=address, registry=registry)
    except (OSError, OverflowError) as error:
        end_listening()
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(
            f"metrics cannot be served at {address[:60]} port {port}: {reason}; choose another port"
        ) from error

    def stop() -> None:
        end_listening()
        server.shutdown()
        server.server_close()
        thread.join(5)

    return int(server.server_address[1]), stop


def _job_figures(jobs: list[JobStatus]) -> Iterator[Metric]:
    counts: dict[str, int] = dict.fromkeys(STATES, 0)
    seconds: dict[str, list[float]] = defaultdict(list)
    for job in jobs:
        counts[job.state] += 1
        if job.state == "done":
            seconds[job.kind].append(job.seconds)
    states = GaugeMetricFamily("shelflens_jobs", "Jobs by state.", labels=["state"])
    for state, count in counts.items():
        states.add_metric([state], count)
    yield states
    waiting = counts["waiting"] + counts["queued"]
    yield GaugeMetricFamily("shelflens_jobs_in_line", "Jobs that wait for their turn or their worker.", value=waiting)
    took = SummaryMetricFamily("shelflens_job_seconds", "Seconds that finished jobs took, by kind.", labels=["kind"])
    for kind, each in sorted(seconds.items()):
        took.add_metric([kind], count_value=len(each), sum_value=sum(each))
    yield took


def metrics_settings(environment: dict[str, str] | Any) -> tuple[str, int] | None:
    """Read address and port from the environment; None where no port is named.

    Raises:
        SettingsError: The port is no number from 0 to 65535.
    """
    written = environment.get("SHELFLENS_METRICS_PORT", "").strip()
    if not written:
        return None
    if not written.isascii() or not written.isdigit() or int(written) > 65_535:
        raise SettingsError(f"SHELFLENS_METRICS_PORT is {written[:40]!r}: expected a port, 0 to 65535")
    return environment.get("SHELFLENS_METRICS_ADDRESS", "").strip() or "127.0.0.1", int(written)
