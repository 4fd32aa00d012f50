"""What all benchmarks share: progress in lines, memory, the machine, a command of our own, tables kept under docs."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from core.models.run_writer import machine
from core.progress import SilentProgress

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "docs" / "benchmarks"
_SECONDS_A_LINE = 20.0


class PrintedProgress(SilentProgress):
    """A line to stderr now and then: how far, and the most memory so far."""

    def __init__(self) -> None:
        self._told = 0.0

    def report(self, done: int, total: int | None, message: str) -> None:
        """Print when the last line is long enough ago."""
        if time.monotonic() - self._told > _SECONDS_A_LINE:
            self._told = time.monotonic()
            so_far = f"{done} of {total}" if total else str(done)
            print(f"{message}: {so_far}, peak {peak_mib():.0f} MiB", file=sys.stderr, flush=True)


def peak_mib() -> float:
    """Give the most resident memory this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "linux" else peak / 2**20


def machine_words() -> str:
    """Name the machine and how busy it was, in one line."""
    found = machine()
    return f"{found['processor']}, {found['cores']} cores, load {os.getloadavg()[0]:.1f}"


def versions(*packages: str) -> dict[str, str]:
    """Give the versions of Python and of packages, by their names on the index."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in packages}}


def run_command(*words: str, home: Path) -> tuple[dict[str, Any], float]:
    """Run one command of the command line; give its JSON and its seconds, start of the process included.

    Raises:
        SystemExit: It failed; its own message is told.
    """
    started = time.perf_counter()
    line = [sys.executable, "-m", "core", *words, "--json", "--home", str(home)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout), time.perf_counter() - started


def mean_and_spread(values: Sequence[float], digits: int = 3) -> str:
    """Write mean and standard deviation of a figure over seeds."""
    spread = f" (sd {statistics.stdev(values):.{digits}f})" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def markdown_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write rows as a table that reads well in a terminal and in Markdown; numbers stand at the right."""
    cells = [[str(cell) for cell in row] for row in [titles, *rows]]
    widths = [max(len(row[place]) for row in cells) for place in range(len(titles))]
    numeric = [all(row[place][:1].isdigit() for row in cells[1:]) for place in range(len(titles))]

    def line(row: Sequence[str]) -> str:
        fitted = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        return f"| {' | '.join(fitted)} |"

    rule = "|".join("-" * (width + 1) + (":" if right else "-") for width, right in zip(widths, numeric, strict=True))
    return "\n".join([line(cells[0]), f"|{rule}|", *(line(row) for row in cells[1:])])


def show(name: str, title: str, body: str, result: dict[str, Any], *, write: bool, data: str = "") -> None:
    """Print a benchmark's table and its figures as one line of JSON; keep both under docs when asked.

    Args:
        name: Of the benchmark's module; the page is ``docs/benchmarks/NAME.md``.
        title: Of the page.
        body: Tables and sentences, Markdown.
        result: Every figure.
        write: Whether to keep the page.
        data: Further words of the command that made it.
    """
    command = f"python -m benchmarks.{name} {data}".strip()
    words = f"Made by `{command}` on {machine_words()}."
    print(f"{body}\n\n{words}\n{json.dumps(result)}")
    if write:
        TABLES.mkdir(parents=True, exist_ok=True)
        page = f"# {title}\n\n{body}\n\n{words}\n\n```json\n{json.dumps(result, indent=1)}\n```\n"
        (TABLES / f"{name}.md").write_text(page, encoding="utf-8")
