from pathlib import Path

import pytest

from tests.jobs.waiting import SMALL_KINDS


def pytest_collection_modifyitems(items):
    """Mark everything in this folder, so that `make fast` can leave it out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(autouse=True)
def small_kinds(monkeypatch):
    """Let this process and the workers it starts know the kinds of small_kinds.py."""
    monkeypatch.setenv("SHELFLENS_EXTRA_KINDS", SMALL_KINDS)
