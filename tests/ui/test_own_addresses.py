"""A page of another origin is kept out without asking anybody on the internet who we are."""

import socket

import pytest
from streamlit import config, net_util
from streamlit.web.server import server_util

from core.ui.own_addresses import ask_nobody_for_addresses


@pytest.fixture
def _no_network(monkeypatch):
    def refused(*_given, **_named):
        raise AssertionError("the network was asked")

    for name in ("get_internal_ip", "get_external_ip"):
        monkeypatch.setattr(net_util, name, getattr(net_util, name))  # put back afterwards
    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


def test_another_origin_is_refused_without_a_word_to_the_outside(_no_network):
    ask_nobody_for_addresses()
    assert not server_util.is_url_from_allowed_origins("https://evil.test")
    assert server_util.is_url_from_allowed_origins("http://localhost:8501")


def test_the_name_visitors_use_is_let_in(_no_network):
    """As behind the proxy: STREAMLIT_BROWSER_SERVER_ADDRESS names it."""
    ask_nobody_for_addresses()
    before = config.get_option("browser.serverAddress")
    config.set_option("browser.serverAddress", "shelflens.example")
    try:
        assert server_util.is_url_from_allowed_origins("https://shelflens.example")
    finally:
        config.set_option("browser.serverAddress", before)
