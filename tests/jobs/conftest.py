import pytest

from tests.jobs.waiting import SMALL_KINDS


@pytest.fixture(autouse=True)
def small_kinds(monkeypatch):
    """Let this process and the workers it starts know the kinds of small_kinds.py."""
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", SMALL_KINDS)
