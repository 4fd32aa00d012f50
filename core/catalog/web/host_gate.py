"""Treating each host with care: few requests at a time, and none to one that fails again and again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.fetch_limits import FetchLimits

# What says that a host is in trouble, and not that one picture is.
HOST_TROUBLE = frozenset(
    {
        "timeout",
        "refused",
        "unreachable",
        "dns",
        "tls",
        "disconnected",
        "http_429",
        "http_500",
        "http_502",
        "http_503",
        "http_504",
    }
)


class HostGate:
    """Lets requests through to one host.

    Args:
        host: Its name, for messages.
        limits: How many at a time, and when a failing host is paused and given up.
    """

    def __init__(self, host: str, limits: FetchLimits) -> None:
        self._host, self._limits = host, limits
        self._places = asyncio.Semaphore(limits.at_once_a_host)
        self._failing: set[str] = set()
        self._paused_at = self._paused_until = float("-inf")
        self._is_on_trial = False
        self._given_up = ""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for a turn and take it.

        Yields:
            When it began, for :meth:`note`.

        Raises:
            FetchError: With reason "host_given_up".
        """
        async with self._places:
            self._check()
            while (wait := self._paused_until - time.monotonic()) > 0:
                await asyncio.sleep(wait)
                self._check()
            yield time.monotonic()

    def note(self, picture: str, reason: str | None, *, began: float, wait_seconds: float = 0.0) -> None:
        """Hear how a request went.

        Args:
            picture: What was asked for; the same one failing again counts once.
            reason: Why it failed; None when it did not.
            began: When its turn began.
            wait_seconds: How long the host asks to be left alone.
        """
        self._paused_until = max(self._paused_until, time.monotonic() + wait_seconds if wait_seconds else 0.0)
        if began < self._paused_at:  # it was under way when the host was paused already
            return
        if reason not in HOST_TROUBLE:
            self._failing.clear()
            self._is_on_trial = False
            return
        self._failing.add(picture)
        if self._is_on_trial:
            self._given_up = f"{self._host} failed {len(self._failing)} times in a row, the last time: {reason}"
        elif len(self._failing) >= self._limits.failing_pictures:
            self._is_on_trial = True
            self._paused_at = time.monotonic()
            self._paused_until = max(self._paused_until, self._paused_at + self._limits.pause_seconds)

    def _check(self) -> None:
        if self._given_up:
            raise FetchError(self._given_up, reason="host_given_up")
