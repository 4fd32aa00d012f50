"""Keeping Streamlit from dropping what a fragment drew when the next fragment is asked for at the wrong moment.

A run tells the server's loop what it drew by events. When a request comes after a run ended but before its last events
were taken, Streamlit makes a new runner and ignores the events of the old one: a slider is moved, the strip of jobs
refreshes itself a moment later, and the new order of the grid is never sent. It needs a busy server to happen. The new
runner is therefore made behind the events that wait: the old one has told all it has to tell before it refuses.
"""

from typing import Any

from streamlit.runtime.app_session import AppSession, AppSessionState


def wait_for_late_events() -> None:
    """Let new runners of fragments wait for what is on its way. Call it before the server starts."""
    at_once = AppSession._create_scriptrunner
    if getattr(at_once, "waits", False):
        return

    def create(session: Any, asked: Any) -> None:
        ended = session._scriptrunner
        if ended is None or not asked.fragment_id:  # a whole page draws everything anew: nothing is missed
            at_once(session, asked)
        else:
            session._event_loop.call_soon(create_behind, session, asked, ended)

    def create_behind(session: Any, asked: Any, ended: Any) -> None:
        runner = session._scriptrunner
        if session._state == AppSessionState.SHUTDOWN_REQUESTED:
            return
        if runner is None or runner is ended:
            at_once(session, asked)
        elif not runner.request_rerun(asked):  # another request made it meanwhile, and it has ended already
            create(session, asked)

    create.waits = True  # type: ignore[attr-defined]
    AppSession._create_scriptrunner = create  # type: ignore[assignment, method-assign]
