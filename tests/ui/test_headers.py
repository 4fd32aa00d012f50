"""Every answer of the page server carries the security headers; what an answer says itself stays."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette import starlette_app

from core.ui.headers import HEADERS, SecurityHeaders, send_security_headers


def test_headers_are_added_once_and_never_replaced():
    def own(_request):
        return PlainTextResponse("own", headers={"Referrer-Policy": "no-referrer"})

    app = Starlette(routes=[Route("/own", own)])
    app.add_middleware(SecurityHeaders)
    client = TestClient(app)
    answer = client.get("/own")
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
    missing = client.get("/missing")
    assert missing.status_code == 404
    assert {name: missing.headers[name.decode()].encode() for name in HEADERS} == HEADERS


def test_the_page_server_is_built_with_them_once(monkeypatch):
    monkeypatch.setattr(starlette_app, "create_streamlit_middleware", list)
    send_security_headers()
    send_security_headers()
    assert [each.cls for each in starlette_app.create_streamlit_middleware()] == [SecurityHeaders]
