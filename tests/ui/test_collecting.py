"""Libraries are taken out of the garbage collector's sight once, not again and again."""

import gc
import weakref

from core.ui import collecting


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.next = self


def test_libraries_are_set_aside_when_some_were_loaded_and_garbage_never(monkeypatch):
    monkeypatch.setattr(collecting, "_modules_then", 0)
    kept = gc.get_freeze_count()
    try:
        garbage = weakref.ref(Ring())
        assert collecting.set_aside_libraries()
        assert garbage() is None  # freed before: what is set aside is never looked at again
        assert gc.get_freeze_count() > kept + 50_000  # the libraries of a test run
        aside = gc.get_freeze_count()
        assert not collecting.set_aside_libraries()  # no further library came
        assert gc.get_freeze_count() <= aside
    finally:
        gc.unfreeze()
