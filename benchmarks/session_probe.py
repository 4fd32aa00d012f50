"""The app's server as it is, with a count of the sessions whose objects are still in memory.

    python -m benchmarks.session_probe PORT [options of Streamlit]

Streamlit counts the sessions that are connected; whether those that left are let go, only their objects tell.
"""

import gc
import sys
import weakref
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, start_http_server
from streamlit.runtime.app_session import AppSession

from core.ui.serve import main


def count_from_now_on(port: int) -> None:
    """Note every session that is made, and answer at a port how many of them are alive."""
    alive: weakref.WeakSet[AppSession] = weakref.WeakSet()
    plain = AppSession.__init__

    def noted(session: AppSession, *given: Any, **named: Any) -> None:
        plain(session, *given, **named)
        alive.add(session)

    def count() -> int:
        gc.collect()
        return len(alive)

    AppSession.__init__ = noted  # type: ignore[method-assign]
    registry = CollectorRegistry()
    Gauge("sessions_alive", "Sessions whose objects are in memory.", registry=registry).set_function(count)
    start_http_server(port, addr="127.0.0.1", registry=registry)


if __name__ == "__main__":
    count_from_now_on(int(sys.argv[1]))
    main(sys.argv[2:])
