"""Three visitors at once over real websockets: each sees its own ranking, and is forgotten when gone.

The load script `benchmarks/many_sessions.py` does the same with 25 for minutes, with a training meanwhile.
"""

import asyncio

import pytest

from benchmarks.many_sessions import FORGET_SECONDS, Visitor, come_and_go, problems_of
from benchmarks.session_server import start_session_server
from benchmarks.streamlit_tab import Tab
from core.home import open_home
from tests.home_copies import copy_home


@pytest.fixture
def demo_copy(demo_home, tmp_path):
    copy_home(demo_home.root, tmp_path / "demo")
    return open_home(tmp_path / "demo")


def test_three_at_once_see_their_own_and_are_forgotten(demo_copy):
    with start_session_server(demo_copy.root, forget_seconds=FORGET_SECONDS) as server:
        found = asyncio.run(come_and_go(server, demo_copy, sessions=3, seconds=6, every=1.5))
    assert (found["errors"], found["cross_talk"], found["faults_noted"]) == (0, 0, 0), found
    assert found["slider_actions"] >= 3 and found["page_actions"] >= 3
    assert found["connected_busy"] == 3 and found["connected_after"] == 0
    # Their objects go with them; the one who left last stays in memory until another leaves.
    assert found["alive_busy"] >= 3 and found["alive_after"] <= 1


def test_another_visitors_answer_would_be_noticed():
    """The check itself: the same cards, asked for by somebody else or with other weights, are wrong."""
    card = {"id": "b", "parts": [{"name": "visual", "value": 0.8, "share": 0.8 * 1.0 / 2.0}]}
    card["parts"] += [{"name": name, "value": 1.0, "share": weight / 2.0} for name, weight in _OTHERS.items()]
    tab = Tab("", grids={"the product asked for": [{"id": "a"}], "matches, best first": [card]})
    mine = Visitor(0, "a", tab, None, weights={})
    assert problems_of(mine, lambda product, weights: ["b"]) == []
    for wrong in (
        Visitor(1, "c", tab, None),
        Visitor(2, "a", tab, None, weights={"color": 1.9}),
    ):
        assert len(problems_of(wrong, lambda product, weights: ["b"])) == 1
    assert problems_of(mine, lambda product, weights: ["d"]) == ["matches of a by {} are not its own"]


_OTHERS = {"color": 0.5, "price": 0.5}
