"""Garbage is collected now and then; libraries are taken out of the collector's sight once, not again and again."""

import gc
import weakref

import pytest

from core.ui import collecting


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.next = self


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch):
    monkeypatch.setattr(collecting, "_modules_then", 0)
    monkeypatch.setattr(collecting, "_collected", float("-inf"))
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def test_libraries_are_set_aside_when_some_were_loaded_and_garbage_never():
    library = [Ring() for _each in range(5000)]
    kept, garbage = gc.get_freeze_count(), weakref.ref(Ring())
    collecting.tidy_memory()
    assert garbage() is None  # freed before: what is set aside is never looked at again
    aside = gc.get_freeze_count()
    assert aside >= kept + len(library)
    collecting._collected = float("-inf")
    collecting.tidy_memory()
    assert gc.get_freeze_count() <= aside  # no further library came


def test_garbage_is_collected_but_not_by_every_run():
    collecting.tidy_memory()
    garbage = weakref.ref(Ring())
    collecting.tidy_memory()
    assert garbage() is not None  # a moment after the last time
    collecting._collected -= collecting.COLLECTED_EVERY_SECONDS
    collecting.tidy_memory()
    assert garbage() is None
