"""A clock that jumps, for every process of a case at once."""

import datetime
import mmap
import struct
import sys
import time

_REAL_TIME, _REAL_DATETIME = time.time, datetime.datetime


class Clock:
    """Time as the application reads it, some seconds off; processes that are forked afterwards share it."""

    def __init__(self):
        self._shared = mmap.mmap(-1, 8)

    def jump(self, seconds):
        """Go so far from the true time."""
        self._shared[:8] = struct.pack("d", seconds)

    @property
    def offset(self):
        """Seconds from the true time."""
        return struct.unpack("d", self._shared[:8])[0]

    def install(self):
        """Let this process and its children read this clock, wherever the application reads one."""
        clock = self

        class Shifted(_REAL_DATETIME):
            @classmethod
            def now(cls, tz=None):
                return _REAL_DATETIME.now(tz) + datetime.timedelta(seconds=clock.offset)

        time.time = lambda: _REAL_TIME() + clock.offset
        for name, module in list(sys.modules.items()):
            if name.startswith("core.") and getattr(module, "datetime", None) is _REAL_DATETIME:
                module.datetime = Shifted
