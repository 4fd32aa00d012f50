"""Hosts that answer anything at all: the import goes on, and each picture has its reason."""

import contextlib
import socket
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.web.download_cache import DownloadCache
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.fetch_limits import FetchLimits
from core.catalog.web.fetch_thread import FetchThread
from tests.catalog.web.conftest import jpeg

LIMITS = FetchLimits(attempts=1, read_seconds=5.0, file_seconds=10.0, most_bytes=50_000, failing_pictures=10**6)


class RawHost:
    """Sends the bytes it holds to whoever asks, then hangs up."""

    def __init__(self) -> None:
        self.answer = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(65536)
                    connection.sendall(self.answer)


@pytest.fixture(scope="module")
def raw():
    host = RawHost()
    yield host
    host.listener.close()


@pytest.fixture
def fetch(home, raw):
    """Fetches what the host answers with; gives the file's bytes or the reason."""
    cache = DownloadCache(home, source="", most_bytes=10**9, keep_days=7)
    thread = FetchThread(cache, allowed_hosts=["127.0.0.1"], limits=LIMITS)
    number = iter(range(10**9))

    def ask(answer: bytes):
        raw.answer = answer
        try:
            return thread.submit(f"{raw.address}/{next(number)}").result(timeout=30).read_bytes()
        except FetchError as error:
            return error.reason

    yield ask
    thread.close()
    cache.close()


def answer(body: bytes, *headers: bytes, status=b"200 OK") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"", body])


LENGTH = b"Content-Length: %d" % len(jpeg(1))


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"", "disconnected"),
        (b"\0" * 100, "disconnected"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "disconnected"),
        (answer(b"", status=b"99999 What"), "disconnected"),
        (answer(jpeg(1), b"Content-Length: -5"), "disconnected"),
        (answer(jpeg(1), b"Content-Length: 10", b"Content-Length: 20"), "disconnected"),
        (answer(jpeg(1), b"X: " + b"a" * 200_000), "disconnected"),
        (answer(b"zz\r\n", b"Transfer-Encoding: chunked"), "truncated"),
        (answer(b"ffffffffffff\r\n", b"Transfer-Encoding: chunked"), "truncated"),
        (answer(b"", b"Location: http://[::1", status=b"302 Found"), "disconnected"),
        (answer(b"", b"Location: \xff\xfe", status=b"302 Found"), "too_many_redirects"),  # read as a path, of itself
        (answer(b"", status=b"302 Found"), "http_302"),
        (answer(jpeg(1)[:100], LENGTH), "truncated"),
        (answer(jpeg(1)[:-50]), "truncated"),  # no length was told: only the picture shows it
        (answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "wrong_type"),
        (answer(b"GIF89a and then a story"), "truncated"),
        (answer(jpeg(1), LENGTH, status=b"206 Partial Content"), "http_206"),
        (answer(b"", b"ETag: x", status=b"304 Not Modified"), "http_304"),  # nothing was asked about
        (answer(b"\xff\xd8" + bytes(60_000)), "too_large"),
    ],
)
def test_each_misbehavior_has_its_reason(fetch, sent, reason):
    assert fetch(sent) == reason


@pytest.mark.parametrize(
    "header",
    [
        b"ETag: \xff\xfe",
        b'ETag: "' + b"e" * 5000 + b'"',
        b"Last-Modified: \x80",
        b"Retry-After: \xff",
        b"Content-Range: x",
    ],
)
def test_odd_headers_of_good_pictures_do_no_harm(fetch, header):
    assert fetch(answer(jpeg(1), header, LENGTH)) == jpeg(1)


def test_an_odd_version_mark_is_not_sent_back(home, raw, fetch):
    from tests.catalog.web.reading import read_all, records

    raw.answer = answer(jpeg(1), b"ETag: \xff\xfe", b"Last-Modified: \xe9", LENGTH)
    given_records = records(f"{raw.address}/same.jpg")
    for _ in range(2):
        _, skipped = read_all(home, given_records, limits=LIMITS)
        assert skipped == []


@given(
    st.one_of(
        st.binary(max_size=300),
        st.builds(
            lambda headers, body: answer(body, *headers),
            st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")), max_size=4),
            st.one_of(st.binary(max_size=100), st.just(jpeg(2))),
        ),
        st.builds(
            lambda name, value: answer(jpeg(3), name + b": " + value.replace(b"\n", b"")),
            st.sampled_from([b"Content-Length", b"Content-Encoding", b"Content-Range", b"ETag", b"Transfer-Encoding"]),
            st.binary(max_size=30),
        ),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_host_answers_is_a_picture_or_a_reason(fetch, sent):
    found = fetch(sent)
    assert isinstance(found, bytes) or found.replace("_", "").isalnum()
