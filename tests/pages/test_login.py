"""With a login set up: nothing of the home before it, afterwards what the role allows."""

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from core.access.audit_file import read_recorded
from core.catalog.catalogs import create_catalog
from tests.access.secrets_file import write_secrets
from tests.pages.conftest import PAGES, ROOT, broken, words

VERA = {"is_logged_in": True, "email": "vera@shop.example", "provider": "default", "sub": "3", "iat": 1}
ED = {**VERA, "email": "ed@shop.example", "sub": "2"}
ADA = {**VERA, "email": "ada@shop.example", "sub": "1"}
EVE = {**VERA, "email": "eve@else.example", "sub": "4"}


@pytest.fixture
def team(tmp_path, monkeypatch, home):
    """A home with a catalog, and a login set up."""
    create_catalog(home, "secret-shop", actor="tests")
    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    files, asked = [str(write_secrets(tmp_path))], config.get_option
    monkeypatch.setattr(config, "get_option", lambda key: files if key == "secrets.files" else asked(key))
    return home


def opened(user: dict, page: str | None = None) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
    app.user = user
    if page is None:
        return app.run()
    app.run()
    return app.switch_page(f"pages/{page}.py").run()


@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}, {**ADA, "is_logged_in": False}])
def test_logged_out_there_is_one_button(team, monkeypatch, user):
    monkeypatch.setattr("core.ui.caches.open_home", lambda _root: pytest.fail("the home was opened"))
    app = opened(user)
    assert broken(app) == []
    assert [title.value for title in app.title] == ["ShelfLens"]
    assert [button.label for button in app.button] == ["Log in"]
    assert len(app.sidebar) == 0


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opened_cold_and_logged_out_shows_nothing_of_the_home(team, monkeypatch, page):
    monkeypatch.setattr("core.ui.caches.open_home", lambda _root: pytest.fail("the home was opened"))
    # Nothing has opened the entry: a fresh server runs the page from its folder.
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
    app.query_params["catalog"] = "secret-shop"
    app.switch_page(f"pages/{page}.py").run()
    assert broken(app) == []
    assert [title.value for title in app.title] == ["ShelfLens"]
    assert [button.label for button in app.button] == ["Log in"]
    assert "secret-shop" not in words(app) and len(app.sidebar) == 0


def test_what_passes_the_guard_by_gets_no_home(team):
    # A fragment or a callback runs without the page around it.
    def script():
        import streamlit as st

        import core.ui.guard  # noqa: F401 - as every page has it
        from core.errors import AccessError
        from core.ui.caches import home

        try:
            st.text(str(home().root))
        except AccessError as error:
            st.text(str(error))

    app = AppTest.from_function(script, default_timeout=30).run()
    assert app.text[0].value.startswith("to look at anything takes a viewer, and nobody gave you a role (nobody)")


def test_somebody_without_a_role_is_told_so(team):
    app = opened(EVE)
    assert "nobody gave you a role" in words(app) and "eve@else.example" in words(app)
    assert "secret-shop" not in words(app)
    assert [(line.kind, line.actor, line.role) for line in read_recorded(team)] == [("refused", EVE["email"], "")]


def test_a_viewer_looks_and_finds_no_controls(team):
    app = opened(VERA)
    assert broken(app) == []
    assert [title.value for title in app.title] == ["Overview"]
    assert "Viewer: may look and vote" in words(app)
    app = app.switch_page("pages/train.py").run()
    assert "Training takes an editor" in words(app)
    app = app.switch_page("pages/catalog.py").run()
    assert broken(app) == []
    assert not {"Delete", "Rename"} & {button.label for button in app.button}
    assert [(line.kind, line.actor, line.role) for line in read_recorded(team)] == [("login", VERA["email"], "viewer")]


def test_an_editor_may_rename_and_not_delete(team):
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
    app.user = ED
    app.run()
    app.query_params["view"] = "Manage"
    app = app.switch_page("pages/catalog.py").run()
    assert broken(app) == []
    assert "Rename" in {button.label for button in app.button}
    assert "Deleting a catalog takes an admin." in words(app)


def test_an_admin_reads_the_audit_log_and_an_editor_does_not(team):
    app = opened(ADA, "health")
    assert broken(app) == []
    assert "Audit log" in {each.value for each in app.header}
    assert "Reading the audit log takes an admin." in words(opened(ED, "health"))


def test_a_role_taken_away_is_gone_with_the_next_click(team, tmp_path):
    app = opened(ED)
    assert "Editor: may do all but delete" in words(app)
    write_secrets(tmp_path, roles='[roles]\nadmin = ["ada@shop.example"]\n')
    assert "nobody gave you a role" in words(app.run())
