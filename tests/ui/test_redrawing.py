"""A part that refreshes itself does not take the page away from under what a visitor has just set."""

from types import SimpleNamespace

import pytest

from core.ui import redrawing


@pytest.mark.parametrize(("fragments", "redrawn"), [(None, True), (["strip"], True), (["strip", "sliders"], False)])
def test_a_page_is_redrawn_unless_another_part_waits(monkeypatch, fragments, redrawn):
    asked = []
    monkeypatch.setattr(redrawing.st, "rerun", lambda: asked.append(True))
    context = SimpleNamespace(fragment_ids_this_run=fragments)
    monkeypatch.setattr(redrawing, "get_script_run_ctx", lambda: context)
    redrawing.redraw_page()
    assert bool(asked) == redrawn
