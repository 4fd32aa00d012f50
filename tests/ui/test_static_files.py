"""Streamlit's files come from memory, byte for byte what Streamlit answers itself."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import file_util
from streamlit.web.server.starlette import starlette_app
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from core.ui.static_files import FilesFromMemory, keep_static_files

FOLDER = Path(file_util.get_static_dir())
NAMES = [next(iter(sorted((FOLDER / "static" / name).iterdir()))).name for name in ("js", "css", "media")]
PATHS = [f"/static/{folder}/{name}" for folder, name in zip(("js", "css", "media"), NAMES, strict=True)]


@pytest.fixture
def asked():
    """What Streamlit's own routes were asked for."""
    return []


@pytest.fixture
def both(asked):
    """Streamlit's own answers, and ours before them."""
    usual = Starlette(routes=create_streamlit_static_assets_routes(None))

    async def counted(scope, receive, send):
        asked.append(scope.get("path"))
        await usual(scope, receive, send)

    return TestClient(usual), TestClient(FilesFromMemory(counted, folder=FOLDER))


@pytest.mark.parametrize("path", PATHS)
def test_a_file_is_what_streamlit_answers_and_read_once(both, asked, path, monkeypatch):
    usual, ours = (client.get(path) for client in both)
    assert (ours.status_code, ours.content) == (200, usual.content)
    for name in ("content-length", "cache-control"):
        assert ours.headers[name] == usual.headers[name]
    kind = usual.headers["content-type"].split(";")[0]
    assert ours.headers["content-type"].split(";")[0] in (kind, "text/javascript", "font/woff2")
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read anew"))
    assert both[1].get(path).content == usual.content
    assert asked == []


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/static/js/none.js", {}),
        ("GET", "/static/js/../../index.html", {}),
        ("GET", PATHS[0], {"range": "bytes=0-9"}),
        ("GET", PATHS[0], {"if-none-match": "x"}),
        ("HEAD", PATHS[0], {}),
        ("POST", PATHS[0], {}),
    ],
)
def test_whatever_else_is_asked_goes_to_streamlit(both, asked, method, path, headers):
    usual, ours = (client.request(method, path, headers=headers) for client in both)
    assert (ours.status_code, ours.content) == (usual.status_code, usual.content)
    assert len(asked) == 1


def test_the_page_server_is_built_with_it_once(monkeypatch):
    monkeypatch.setattr(starlette_app, "create_streamlit_middleware", list)
    keep_static_files()
    keep_static_files()
    assert [each.cls for each in starlette_app.create_streamlit_middleware()] == [FilesFromMemory]
