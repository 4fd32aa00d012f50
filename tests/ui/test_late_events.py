"""What a run has drawn is sent before another run takes its place."""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit.runtime.app_session import AppSession, AppSessionState

from core.ui.late_events import wait_for_late_events


class Runner:
    """Takes requests, or has ended."""

    def __init__(self, *, ended):
        self.ended, self.asked = ended, []

    def request_rerun(self, asked):
        if not self.ended:
            self.asked.append(asked)
        return not self.ended


@pytest.fixture
def created(monkeypatch):
    """What was created, in turn with the events that were taken."""
    found = []
    monkeypatch.setattr(AppSession, "_create_scriptrunner", lambda _session, asked: found.append(asked.fragment_id))
    wait_for_late_events()
    wait_for_late_events()  # a second time changes nothing
    return found


def ask(session, fragment, *before):
    """Ask for a fragment while events wait."""

    async def run():
        session._event_loop = asyncio.get_running_loop()
        for event in before:
            session._event_loop.call_soon(event)
        AppSession._create_scriptrunner(session, SimpleNamespace(fragment_id=fragment))
        for _tick in range(4):
            await asyncio.sleep(0)

    asyncio.run(run())


def test_the_last_events_of_a_run_are_taken_before_a_fragment_gets_a_new_runner(created):
    ask(
        SimpleNamespace(_state=AppSessionState.APP_NOT_RUNNING, _scriptrunner=Runner(ended=True)),
        "f1",
        lambda: created.append("drawn"),
    )
    assert created == ["drawn", "f1"]


def test_a_page_is_not_kept_waiting(created):
    ask(
        SimpleNamespace(_state=AppSessionState.APP_NOT_RUNNING, _scriptrunner=Runner(ended=True)),
        None,
        lambda: created.append("drawn"),
    )
    assert created == [None, "drawn"]


@pytest.mark.parametrize(("ended", "made"), [(False, []), (True, ["f1"])])
def test_a_runner_made_meanwhile_is_asked(created, ended, made):
    session, other = (
        SimpleNamespace(_state=AppSessionState.APP_NOT_RUNNING, _scriptrunner=Runner(ended=True)),
        Runner(ended=ended),
    )
    ask(session, "f1", lambda: setattr(session, "_scriptrunner", other))
    assert created == made and len(other.asked) == (not ended)


def test_a_session_that_ended_meanwhile_gets_no_runner(created):
    session = SimpleNamespace(_state=AppSessionState.APP_NOT_RUNNING, _scriptrunner=Runner(ended=True))
    ask(session, "f1", lambda: setattr(session, "_state", AppSessionState.SHUTDOWN_REQUESTED))
    assert created == []
