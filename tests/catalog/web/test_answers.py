import asyncio
import gzip
import zlib

import httpx
import pytest

from core.catalog.web.answers import read_body, retry_after_seconds
from core.catalog.web.fetch_errors import FetchError


def answer(body: bytes, **headers) -> httpx.Response:
    async def pieces():
        yield body

    return httpx.Response(
        200, headers={name.replace("_", "-"): value for name, value in headers.items()}, content=pieces()
    )


def read(response, most_bytes=1000):
    return asyncio.run(read_body(response, most_bytes=most_bytes))


@pytest.mark.parametrize("packed", [gzip.compress(b"a" * 900), zlib.compress(b"a" * 900)], ids=["gzip", "zlib"])
def test_packed_answers_are_unpacked(packed):
    assert read(answer(packed, Content_Encoding="gzip")) == b"a" * 900


def test_a_bomb_stops_at_the_limit():
    bomb = gzip.compress(bytes(200_000_000), 9)  # 200 MB in 200 kB
    with pytest.raises(FetchError, match="more than 1,000 bytes") as caught:
        read(answer(bomb, Content_Encoding="gzip"))
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (answer(b"a" * 1001), "too_large"),
        (answer(b"", Content_Length="9999999"), "too_large"),  # refused before a byte is read
        (answer(gzip.compress(b"a" * 900)[:-9], Content_Encoding="gzip"), "truncated"),
        (answer(b"no gzip", Content_Encoding="gzip"), "wrong_encoding"),
        (answer(b"aaaa", Content_Encoding="br"), "wrong_encoding"),
        (answer(b"aaaa", Content_Encoding="gzip, gzip"), "wrong_encoding"),
    ],
)
def test_bad_answers_have_their_reason(response, reason):
    with pytest.raises(FetchError) as caught:
        read(response)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0),  # two minutes after 1970 began, asked 100 s after
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("9" * 40, None),
        ("²", None),
    ],
)
def test_how_long_a_host_wants_to_be_left_alone(said, seconds):
    assert retry_after_seconds(answer(b"", Retry_After=said.encode()), now=100.0) == seconds
