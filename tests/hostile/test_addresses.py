"""Every hostile address comes to its reason, and no byte of it leaves this machine."""

import socket
import sys

import pytest

from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.errors import CatalogError
from tests.hostile import corpus_urls


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return {each.name: each for each in corpus_urls.files(tmp_path_factory.mktemp("addresses"))}


@pytest.fixture
def no_connections(monkeypatch):
    """Fail at the first connection, and at the first look-up of a name."""
    real = socket.getaddrinfo

    def only_numbers(host, port, *rest, **choices):
        choices["flags"] = choices.get("flags", 0) | socket.AI_NUMERICHOST
        return real(host, port, *rest, **choices)

    monkeypatch.setattr("core.catalog.web.safe_transport.socket.getaddrinfo", only_numbers)
    connected = []
    is_watching = [True]

    def watch(event, arguments):
        if is_watching and event == "socket.connect" and isinstance(arguments[1], tuple):
            connected.append(arguments[1])

    sys.addaudithook(watch)
    yield connected
    is_watching.clear()


@pytest.mark.parametrize("name", [f"address: {name}" for name in (*corpus_urls._ADDRESSES, *corpus_urls._long())])
def test_a_hostile_address_is_left_out_for_its_reason(home, corpus, no_connections, name):
    hostile = corpus[name]
    if " " in hostile.expected:  # the row itself is too much for a table
        with pytest.raises(CatalogError, match=hostile.expected):
            open_source(home, hostile.source, settings=hostile.settings)
        return
    source = open_source(home, hostile.source, settings=hostile.settings)
    report = import_source(home, source, catalog_name="shop", actor="tests", settings=hostile.settings)
    assert [file.reason for file in report.skipped] == [hostile.expected]
    assert report.totals.products == 1  # the row itself stays
    assert "secret" not in str(report.to_json())
    assert all(len(file.name) < 400 and file.name.isprintable() for file in report.skipped)
    assert no_connections == []
