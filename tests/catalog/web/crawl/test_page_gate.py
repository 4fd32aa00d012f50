"""The browser's way out: shut to strangers, to hosts nobody asked for, and to private addresses."""

import asyncio
import base64

import pytest

from core.catalog.web.page_gate import PageGate
from tests.catalog.web.crawl.shop import HOST


def say(shop, request, *, allowed=(HOST,), passed=(HOST,), password=None):
    """Send bytes to a gate; give its whole answer and why hosts could not be asked."""

    async def ask():
        async with PageGate(tuple(allowed)) as gate:
            for host in passed:
                gate.let_through(host)
            word = base64.b64encode(f"shelflens:{password or gate.password}".encode()).decode()
            reader, writer = await asyncio.open_connection(HOST, gate.port)
            text = request.format(shop=f"{HOST}:{shop.port}", port=shop.port, word=word)
            writer.write(text.replace("\n", "\r\n").encode())
            answer = await asyncio.wait_for(reader.read(), 20)
            writer.close()
            return answer, {host: error.reason for host, error in gate.failures.items()}

    return asyncio.run(ask())


GET = "GET http://{shop}/shirts HTTP/1.1\nHost: {shop}\nProxy-Authorization: Basic {word}\n\n"


def test_a_page_passes_and_the_host_does_not_learn_the_password(shop):
    answer, failures = say(shop, GET)
    assert answer.startswith(b"HTTP/1.1 200") and b"Shirt 1" in answer and failures == {}
    assert shop.asked == {"/shirts": 1}


@pytest.mark.parametrize("password", ["wrong", "é"])
def test_strangers_are_sent_away(shop, password):
    answer, _ = say(shop, GET, password=password)
    assert answer.startswith(b"HTTP/1.1 407") and not shop.asked


def test_hosts_that_no_page_asked_for_are_not_asked(shop):
    answer, failures = say(shop, GET, passed=())
    assert answer.startswith(b"HTTP/1.1 403") and failures == {HOST: "other_site"} and not shop.asked


def test_private_addresses_are_refused_even_when_a_page_asks(shop):
    answer, failures = say(shop, GET, allowed=())
    assert answer.startswith(b"HTTP/1.1 403") and failures == {HOST: "private_address"} and not shop.asked


def test_a_tunnel_to_a_private_address_is_refused(shop):
    tunnel = "CONNECT localhost:{port} HTTP/1.1\nProxy-Authorization: Basic {word}\n\n"
    answer, failures = say(shop, tunnel, passed=("localhost",))
    assert answer.startswith(b"HTTP/1.1 403") and failures == {"localhost": "private_address"}


def test_a_second_request_hidden_behind_the_first_is_not_sent(shop):
    answer, _ = say(shop, GET + "GET /hidden HTTP/1.1\nHost: {shop}\n\n")
    assert answer.count(b"HTTP/1.1 ") == 1 and shop.asked == {"/shirts": 1}


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /shirts HTTP/1.1\nProxy-Authorization: Basic {word}\n\n",
        "GET file:///etc/passwd HTTP/1.1\nProxy-Authorization: Basic {word}\n\n",
        "GET https://{shop}/ HTTP/1.1\nProxy-Authorization: Basic {word}\n\n",
        "CONNECT {shop}:99999999 HTTP/1.1\nProxy-Authorization: Basic {word}\n\n",
        "nonsense\n\n",
        "\x00\n\n",
    ],
)
def test_what_is_no_request_ends_the_connection(shop, request_text):
    answer, _ = say(shop, request_text)
    assert b"200" not in answer and not shop.asked
