"""The app behind nginx as we hand it out: headers, https, websockets, and pages that live with the policy."""

import http.client
import shutil
import socket
import ssl
import subprocess
import time

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from core.home import open_home
from tests.browser.conftest import PATIENCE_MS, ROOT, free_port

NAME = "shelflens.localhost"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

_AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@pytest.fixture
def proxied(demo_home, serve, tmp_path, monkeypatch):
    """The demo behind our configuration, under the name shelflens.localhost, which every browser takes to be here."""
    if NGINX is None or shutil.which("openssl") is None:
        pytest.skip("no nginx: install the package `nginx-light`, and openssl")
    monkeypatch.setenv("STREAMLIT_BROWSER_SERVER_ADDRESS", NAME)
    server = serve(open_home(demo_home.root))
    kept = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *curve, "-subj", f"/CN={NAME}", *kept]
    subprocess.run(command, check=True, capture_output=True)
    plain, secure = free_port(), free_port()
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for ours, here in {
        "shelflens.example": NAME,
        "/etc/ssl/shelflens/fullchain.pem": str(tmp_path / "cert.pem"),
        "/etc/ssl/shelflens/privkey.pem": str(tmp_path / "key.pem"),
        "listen 80": f"listen 127.0.0.1:{plain}",
        "listen 443": f"listen 127.0.0.1:{secure}",
        "127.0.0.1:8501": server.address.removeprefix("http://"),
    }.items():
        assert ours in site
        site = site.replace(ours, here)
    (tmp_path / "site.conf").write_text(site, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(_AROUND.format(folder=tmp_path), encoding="utf-8")
    proxy = subprocess.Popen([NGINX, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)], stderr=subprocess.PIPE)
    yield plain, secure, proxy
    proxy.terminate()
    proxy.wait(20)


def asked(port, path, *, host=NAME, secure=True):
    """Ask nginx for a path under a name, as a browser that resolved it to this machine; gives status and headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.sock = reached(port, host) if secure else socket.create_connection(("127.0.0.1", port), timeout=20)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()


def _trusting():
    """Trust any certificate: this one is of the test's own making."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def reached(port, name):
    """Connect as to a host of a name."""
    return _trusting().wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20), server_hostname=name)


def _wait_until_up(proxy, port):
    deadline = time.monotonic() + 20
    while True:
        try:
            return asked(port, "/_stcore/health")
        except OSError:
            if proxy.poll() is not None or time.monotonic() > deadline:
                proxy.kill()
                pytest.fail(f"nginx did not come up: {proxy.stderr.read().decode()}")
            time.sleep(0.1)


def is_let_in(port, origin):
    """Tell whether the websocket of a page at an origin is taken."""
    try:
        with connect(
            f"wss://{NAME}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", port)),
            ssl=_trusting(),
            origin=origin,
            subprotocols=["streamlit"],
        ):
            return True
    except InvalidStatus:
        return False


def test_the_app_works_behind_the_proxy_we_hand_out(proxied, browser):
    plain, secure, proxy = proxied
    status, headers = _wait_until_up(proxy, secure)
    assert status == 200
    for name in ("Strict-Transport-Security", "Content-Security-Policy", "Permissions-Policy"):
        assert len(headers.get_all(name)) == 1, name
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] and "nginx/" not in headers["Server"]
    assert all("secure" in cookie.lower() for cookie in headers.get_all("Set-Cookie") or [])
    # Errors carry the headers too, and what is for the machine itself is closed.
    for closed in ("/_stcore/metrics", "/_stcore/metrics?families=session_events", "/_stcore/agent/openapi.json"):
        status, headers = asked(secure, closed)
        assert status == 404 and headers["X-Content-Type-Options"] == "nosniff"
    # In the clear there is only the way to https; under another name nothing at all.
    status, headers = asked(plain, "/recommend?catalog=demo", secure=False)
    assert status == 301 and headers["Location"] == f"https://{NAME}/recommend?catalog=demo"
    for port, is_secure in ((secure, True), (plain, False)):
        with pytest.raises(OSError):
            asked(port, "/", host="evil.test", secure=is_secure)
    # Streamlit's protocol is spoken with pages of the one name only.
    assert is_let_in(secure, f"https://{NAME}") and not is_let_in(secure, "https://evil.test")
    in_browser(browser, secure)


def in_browser(browser, secure):
    """Open pages with every kind of content; nothing may be refused by the policy, nothing asked of another host."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    refused, hosts = [], set()
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if request.url.startswith("http") else None)
    address = f"https://{NAME}:{secure}"
    try:
        for path, shown in {
            "/recommend?catalog=demo": "products to pick",  # a component of ours, thumbnails as data addresses
            "/embeddings?catalog=demo": None,  # the map
            "/evaluate?catalog=demo": None,  # Plotly
        }.items():
            page.goto(address + path)
            expect(page.locator("h1").first).to_be_visible()
            expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible()
            if shown:
                expect(page.get_by_label(shown)).to_be_visible()
        page.wait_for_timeout(1500)
        assert refused == [] and hosts == {f"{NAME}:{secure}"}
    finally:
        context.close()
