"""The app's server with its metrics on, for as long as something measures it."""

import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.measuring import ROOT
from benchmarks.serving import is_healthy


@dataclass(frozen=True)
class SessionServer:
    """A running server.

    Attributes:
        address: Of its pages.
        metrics: Where its metrics are.
        probe: Where the count of sessions in memory is.
        process: The server.
    """

    address: str
    metrics: str
    probe: str
    process: "subprocess.Popen[bytes]"

    def look(self) -> dict[str, float]:
        """Read how many visitors are connected and how many it remembers, what it takes, and how often it broke."""
        ours = _read_metrics(self.metrics)
        [alive] = _read_metrics(self.probe).values()
        errors = sum(value for (name, _), value in ours.items() if name == "shelflens_errors_total")
        plain = {name: value for (name, labels), value in ours.items() if not labels}
        return {
            "sessions": int(plain["shelflens_sessions"]),
            "alive": int(alive),
            "rss_mib": round(plain["process_resident_memory_bytes"] / 2**20, 1),
            "errors": errors,
        }


@contextmanager
def start_session_server(home: Path, *, forget_seconds: int) -> Iterator[SessionServer]:
    """Start the app on a home; stop it at the end.

    Args:
        home: The home.
        forget_seconds: How long it remembers visitors who went away.

    Raises:
        RuntimeError: It did not come up; its own words are told.
    """
    pages, metrics, probe = (_free_port() for _ in range(3))
    options = {"server.port": pages, "server.headless": "true", "server.disconnectedSessionTTL": forget_seconds}
    command = [sys.executable, "-m", "benchmarks.session_probe", str(probe)]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    environment = {**os.environ, "SHELFLENS_HOME": str(home), "SHELFLENS_METRICS_PORT": str(metrics)}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        addresses = (f"http://127.0.0.1:{port}/metrics" for port in (metrics, probe))
        server = SessionServer(f"http://127.0.0.1:{pages}", *addresses, process)
        try:
            if not is_healthy(server.address, process):
                said.seek(0)
                raise RuntimeError(f"the server did not come up:\n{said.read()[-4000:].decode(errors='replace')}")
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _read_metrics(address: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    with urllib.request.urlopen(address, timeout=60) as answer:
        families = list(text_string_to_metric_families(answer.read().decode().replace("# EOF\n", "")))
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value for family in families for each in family.samples
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
