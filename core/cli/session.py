"""What a command has at hand: its arguments, the home, and running a job."""

import argparse
import getpass
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.cli.progress_line import ProgressLine, printable
from core.home import Home, open_home
from core.monitoring.journal import start_journal

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog


class Session:
    """One call of the command line.

    Args:
        arguments: As parsed.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments

    @cached_property
    def home(self) -> Home:
        """The home, opened when first asked for."""
        opened = open_home(self.arguments.home)
        start_journal(opened.root)
        return opened

    @cached_property
    def actor(self) -> str:
        """Who is calling, for the log of changes."""
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):  # a container may run under a number without a name
            return "command line"

    def catalog(self, name: str) -> "Catalog":
        """Find a catalog; one that is not there is no reason to start a job that fails."""
        from core.catalog.catalogs import find_catalog

        return find_catalog(self.home, name)

    def run_job(self, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Run a job in the foreground, or start it with ``--detach``.

        Returns:
            The job's result, or ``{"job": ID}`` when it was only started.
        """
        from core.jobs import submit

        if self.arguments.detach:
            return {"job": submit(self.home, kind, dict(arguments), actor=self.actor)}
        return self.run_here(kind, arguments)

    def run_here(self, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Run a job in the foreground, its progress on standard error."""
        from core.jobs import run_here

        with self.progress() as line:
            return run_here(self.home, kind, dict(arguments), actor=self.actor, on_report=line.show)

    @contextmanager
    def progress(self) -> Iterator[ProgressLine]:
        """Show progress on standard error as long as this lasts."""
        line = ProgressLine(sys.stderr)
        try:
            yield line
        finally:
            line.close()

    def say(self, message: str) -> None:
        """Print a message for people on standard error."""
        print(printable(message), file=sys.stderr)
