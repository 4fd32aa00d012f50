"""Logging in at a real OpenID provider on this machine, and what each role then sees."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from core.access.audit_file import audit_file
from core.catalog.catalogs import create_catalog
from tests.access.secrets_file import write_secrets
from tests.browser import conftest as journeys

PEOPLE = {"ada": "ada@shop.example", "vera": "vera@shop.example", "eve": "eve@else.example"}
LOCAL = ("127.0.0.1", "localhost")


@pytest.fixture
def provider():
    oidc = pytest.importorskip("oidc_provider_mock")
    people = [
        oidc.User(sub=name, claims={"email": f"{name}@{'else' if name == 'eve' else 'shop'}.example"})
        for name in PEOPLE
    ]
    with oidc.run_server_in_thread(user_claims=people) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def team_server(home, tmp_path, provider, monkeypatch, serve):
    create_catalog(home, "secret-shop", actor="tests")
    port = journeys.free_port()
    monkeypatch.setattr(journeys, "free_port", lambda: port)
    path = write_secrets(tmp_path, server=f"http://127.0.0.1:{port}", provider=provider)
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(path))
    return serve(home)


@pytest.fixture
def tab(browser, provider):
    """A tab that reaches this machine alone: the provider's page asks for a style sheet elsewhere."""
    contexts = []

    def start():
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        contexts.append(context)
        context.set_default_timeout(journeys.PATIENCE_MS)
        context.route("**/*", only_local)
        return context.new_page()

    yield start
    for context in contexts:
        context.close()


def only_local(route) -> None:
    if urlsplit(route.request.url).hostname in LOCAL:
        route.continue_()
    else:
        route.abort()


def log_in(page, server, name: str) -> None:
    answer = page.goto(f"{server.address}/catalog?catalog=secret-shop")
    assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
    expect(page.get_by_role("heading", name="ShelfLens")).to_be_visible()
    expect(page.get_by_text("secret-shop")).to_have_count(0)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"{server.address}/**")


def test_logging_in_roles_and_logging_out(team_server, tab):
    page = tab()
    log_in(page, team_server, "ada")
    expect(page.get_by_text("ada@shop.example")).to_be_visible()
    expect(page.get_by_text("Admin: may do everything.")).to_be_visible()
    page.goto(f"{team_server.address}/catalog?catalog=secret-shop&view=Manage")
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(lambda url: "/catalog" not in url)
    page.goto(team_server.address)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    expect(page.get_by_text("secret-shop")).to_have_count(0)
    # Another person, and one whom no rule knows.
    viewing = tab()
    log_in(viewing, team_server, "vera")
    expect(viewing.get_by_text("Viewer: may look and vote")).to_be_visible()
    viewing.goto(f"{team_server.address}/train")
    expect(viewing.get_by_text("Training takes an editor")).to_be_visible()
    stranger = tab()
    log_in(stranger, team_server, "eve")
    expect(stranger.get_by_text("nobody gave you a role here")).to_be_visible()
    expect(stranger.get_by_text("secret-shop")).to_have_count(0)
    lines = [json.loads(line) for line in audit_file(team_server.home).read_text().splitlines()]
    assert [(line["kind"], line["actor"]) for line in lines] == [
        ("login", "ada@shop.example"),
        ("logout", "ada@shop.example"),
        ("login", "vera@shop.example"),
        ("refused", "eve@else.example"),
    ]
