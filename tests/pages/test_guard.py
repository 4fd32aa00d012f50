"""No page runs outside the frame: neither by a cold deep link, nor as a script of its own."""

import ast

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import PAGES, ROOT, broken, in_address, words


@pytest.mark.parametrize("page", PAGES)
def test_every_page_calls_the_guard_before_anything_else(page):
    body = ast.parse((ROOT / "pages" / f"{page}.py").read_text()).body
    passive = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    first = next(node for node in body[1:] if not isinstance(node, passive))
    assert ast.unparse(first) == "guard()"


def test_no_page_is_without_a_test():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_cold_deep_link_comes_through_the_entry(home, monkeypatch, page):
    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    # Nothing has opened the entry: Streamlit runs the page from its folder, as a fresh server does.
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
    app.query_params["find"] = "mug"
    app.switch_page(f"pages/{page}.py").run()
    assert broken(app) == []
    assert app.session_state["_through_entry"] is True
    assert in_address(app, "find") == "mug"
    assert len(app.title) == 1


def test_page_started_as_a_script_of_its_own_shows_nothing(home, monkeypatch):
    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    app = AppTest.from_file(str(ROOT / "pages" / "catalog.py"), default_timeout=30).run()
    assert not app.title
    assert "Start it with `streamlit run streamlit_app.py`" in words(app)
