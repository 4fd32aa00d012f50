import asyncio
import contextlib
import socket
import ssl
import subprocess
import threading

import h2.config
import h2.connection
import h2.events
import httpcore
import httpx
import pytest

from core.catalog.web.answers import read_body
from core.catalog.web.client import open_client
from core.catalog.web.fetch_errors import FetchError, fetch_error
from tests.catalog.web import fault_server


def ask(url, *, allowed=("127.0.0.1",), headers=None, **choices):
    """The answer as (status, body), or the reason there is none."""

    async def asking():
        async with open_client(allowed_hosts=allowed, connect_seconds=2, read_seconds=2, **choices) as client:
            try:
                async with client.stream("GET", url, headers=headers) as response:
                    return response.status_code, await read_body(response, most_bytes=1000)
            except (httpx.HTTPError, httpx.InvalidURL, FetchError) as error:
                return fetch_error(error).reason

    return asyncio.run(asking())


def test_a_private_host_is_refused_and_not_even_connected_to(server):
    server.files["/a"] = b"a"
    assert ask(server.url("/a"), allowed=()) == "private_address"
    assert server.requests.total() == 0


def test_a_host_the_user_allows_is_asked(server):
    server.files["/a"] = b"a"
    assert ask(server.url("/a")) == (200, b"a")


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "localhost", "localhost."])
def test_other_spellings_of_the_own_machine_are_refused(server, host):
    assert ask(server.url("/a", host=host)) == "private_address"
    assert server.requests.total() == 0


def test_a_name_that_changes_its_address_gains_nothing(server, monkeypatch):
    # The first look-up gives a public address, every later one the own machine: DNS rebinding. The connection must go
    # to the address of the one look-up that was checked.
    answers = iter([("93.184.216.34", 0)])
    looked_up, connected = [], []

    def rebinding(host, port, **_):
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", next(answers, ("127.0.0.1", 0)))]

    async def connect(self, host, port, timeout, local_address, socket_options):
        connected.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr("core.catalog.web.safe_transport.socket.getaddrinfo", rebinding)
    monkeypatch.setattr("httpcore.AnyIOBackend.connect_tcp", connect)
    ask(server.url("/a", host="rebinding.example"))
    assert (looked_up, connected) == (["rebinding.example"], ["93.184.216.34"])


def test_of_several_addresses_only_public_ones_are_tried(monkeypatch):
    connected = []

    def both(host, port, **_):
        return [(0, 0, 0, "", (address, 0)) for address in ("10.0.0.1", "93.184.216.34", "::1", "2606:4700::1")]

    async def connect(self, host, port, timeout, local_address, socket_options):
        connected.append(host)
        raise httpcore.ConnectError("no")

    monkeypatch.setattr("core.catalog.web.safe_transport.socket.getaddrinfo", both)
    monkeypatch.setattr("httpcore.AnyIOBackend.connect_tcp", connect)
    assert ask("http://mixed.example/") == "unreachable"
    assert connected == ["93.184.216.34", "2606:4700::1"]


def test_each_redirect_is_checked(server):
    server.faults["/to-private"] = fault_server.redirect(server.url("/a", host="localhost"))
    server.faults["/to-file"] = fault_server.redirect("file:///etc/passwd")
    server.faults["/to-user"] = fault_server.redirect(f"http://u:p@127.0.0.1:{server.port}/a")
    assert ask(server.url("/to-private")) == "private_address"
    assert ask(server.url("/to-file")) == "bad_url"
    assert ask(server.url("/to-user")) == "bad_url"
    assert server.requests["/a"] == 0


def test_redirects_end(server):
    server.faults["/round"] = fault_server.redirect("/round")
    assert ask(server.url("/round"), most_redirects=3) == "too_many_redirects"
    assert server.requests["/round"] == 4  # asked, then sent on three times


def test_credentials_stay_with_their_host(server):
    # localhost is another host than 127.0.0.1, though it is the same machine.
    server.files["/a"] = b"a"
    server.faults["/from"] = fault_server.redirect(server.url("/a", host="localhost"))
    headers = {"Authorization": "Bearer secret", "Cookie": "session=secret"}
    assert ask(server.url("/from"), allowed=("127.0.0.1", "localhost"), headers=headers) == (200, b"a")
    assert server.headers["/from"][0]["Authorization"] == "Bearer secret"
    assert not {"Authorization", "Cookie"} & set(server.headers["/a"][0])


def test_cookies_are_not_sent_back(server):
    server.files["/a"] = b"a"
    server.faults["/first"] = fault_server.status(302, Set_Cookie="id=7; Path=/", Location="/a")
    assert ask(server.url("/first")) == (200, b"a")
    assert "Cookie" not in server.headers["/a"][0]


def test_the_environment_offers_no_proxy(server, monkeypatch):
    server.files["/a"] = b"a"
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(server.url("/a")) == (200, b"a")


def test_it_says_who_asks(server):
    server.files["/a"] = b"a"
    ask(server.url("/a"))
    assert server.headers["/a"][0]["User-Agent"].startswith("ShelfLens/")


def test_reasons_are_told_apart(server):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
    assert ask(f"http://127.0.0.1:{closed}/") == "refused"
    assert ask(f"https://127.0.0.1:{server.port}/") == "tls"  # the server speaks no TLS
    server.faults["/late"] = fault_server.never
    assert ask(server.url("/late")) == "timeout"
    server.faults["/gone"] = fault_server.Handler.hang_up
    assert ask(server.url("/gone")) == "disconnected"


def test_an_unknown_name_is_told(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("core.catalog.web.safe_transport.socket.getaddrinfo", unknown)
    assert ask("http://nowhere.example/") == "dns"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Files of a certificate for 127.0.0.1 that no authority signed, and of its key."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "cert"),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "cert", folder / "key"


@contextlib.contextmanager
def tls_server(certificate, serve, protocols=("http/1.1",)):
    """Hand every TLS connection to `serve`; gives the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.set_alpn_protocols(list(protocols))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as wrapped:
                        serve(wrapped)

        threading.Thread(target=accept, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/a"


def test_a_certificate_nobody_vouches_for_is_refused(certificate, monkeypatch):
    def serve(connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")

    with tls_server(certificate, serve) as url:
        assert ask(url) == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))  # an authority of one's own can be named
        assert ask(url) == (200, b"a")


def test_http_2_is_spoken_where_it_is_offered(certificate, monkeypatch):
    spoken = []

    def serve(connection):
        spoken.append(connection.selected_alpn_protocol())
        speech = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        speech.initiate_connection()
        connection.sendall(speech.data_to_send())
        while data := connection.recv(65536):
            for event in speech.receive_data(data):
                if isinstance(event, h2.events.StreamEnded):
                    speech.send_headers(event.stream_id, [(":status", "200"), ("content-length", "1")])
                    speech.send_data(event.stream_id, b"a", end_stream=True)
            connection.sendall(speech.data_to_send())

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with tls_server(certificate, serve, ["h2", "http/1.1"]) as url:
        assert ask(url) == (200, b"a")
    assert spoken == ["h2"]


def test_errors_of_the_connection_library_are_those_of_httpx(server):
    async def asking():
        async with open_client(allowed_hosts=["127.0.0.1"], read_seconds=0.2) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(server.url("/late"))

    server.faults["/late"] = fault_server.never
    asyncio.run(asking())
