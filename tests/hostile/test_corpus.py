"""The corpus of hostile sources: each ends in its message, and none leaves anything outside the home.

Every module `corpus_*` beside this one is run here, and only here.
"""

import importlib
import pkgutil
import socket
import sys
from pathlib import Path

import pytest

import tests.hostile
from core.catalog.catalogs import find_catalog, list_catalogs
from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.catalog.products import read_products
from core.errors import ShelfLensError
from core.home import open_home

KINDS = sorted(
    module.name.removeprefix("corpus_")
    for module in pkgutil.iter_modules(tests.hostile.__path__)
    if module.name.startswith("corpus_")
)
LEAST_ENTRIES = 60
OUTSIDE = [Path("/tmp", name) for name in ("outside.jpg", "made.db")]  # where some entries would write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def corpus(folder):
    """Make every entry, by kind."""
    made = {}
    for kind in KINDS:
        (folder / "corpus" / kind).mkdir(parents=True)
        made[kind] = importlib.import_module(f"tests.hostile.corpus_{kind}").files(folder / "corpus" / kind)
    return made


@pytest.fixture
def connected(monkeypatch):
    """List the hosts that are connected to, and fail at the first look-up of a name."""
    real = socket.getaddrinfo

    def only_numbers(host, port, *rest, **choices):
        choices["flags"] = choices.get("flags", 0) | socket.AI_NUMERICHOST
        return real(host, port, *rest, **choices)

    monkeypatch.setattr("core.catalog.web.safe_transport.socket.getaddrinfo", only_numbers)
    hosts = set()
    is_watching = [True]

    def watch(event, arguments):  # an audit hook stays as long as the process
        if is_watching and event == "socket.connect" and isinstance(arguments[1], tuple):
            hosts.add(arguments[1][0])

    sys.addaudithook(watch)
    yield hosts
    is_watching.clear()


def test_the_corpus_is_large_and_every_entry_has_its_own_name(corpus):
    names = [entry.name for entries in corpus.values() for entry in entries]
    assert len(names) == len(set(names)) >= LEAST_ENTRIES
    assert all(len(entries) >= 15 for entries in corpus.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_ends_in_its_message(kind, corpus, folder, connected):
    home = open_home(folder / f"home-{kind}")
    there = {path: path.exists() for path in OUTSIDE}
    before = contents(folder, but=home.root)
    outcomes = {entry.name: outcome(home, f"c{number}", entry) for number, entry in enumerate(corpus[kind])}
    assert wrong_ones(corpus[kind], outcomes) == {}
    assert contents(folder, but=home.root) == before
    assert {path: path.exists() for path in OUTSIDE} == there
    assert not any(path.is_symlink() or not (path.is_file() or path.is_dir()) for path in home.root.rglob("*"))
    assert connected <= ({"127.0.0.1"} if kind == "crawl" else set())  # the crawled shop is on this machine


def wrong_ones(entries, outcomes):
    """Give what was expected and what came, where these differ."""
    return {
        entry.name: (entry.expected, outcomes[entry.name][:500])
        for entry in entries
        if entry.expected not in outcomes[entry.name]
        or (not entry.expected and outcomes[entry.name].startswith("error: "))
        or not outcomes[entry.name].isprintable()
    }


def outcome(home, catalog, entry):
    """Import an entry; gives the message of its error, or the reasons of what was left out."""
    try:
        source = open_source(home, entry.source, settings=entry.settings)
        report = import_source(home, source, catalog_name=catalog, actor="tests", settings=entry.settings)
    except ShelfLensError as error:
        assert all(each.name != catalog for each in list_catalogs(home)), f"{entry.name}: a catalog was half made"
        return f"error: {error}"
    texts = [text for file in report.skipped for text in (file.name, file.reason, file.detail)]
    assert all(text.isprintable() and len(text) < 1000 for text in texts), entry.name
    assert "secret" not in str(report.to_json()), entry.name
    products = list(read_products(home, find_catalog(home, catalog)))
    assert len(products) == report.totals.products, entry.name
    assert all(is_clean(product) for product in products), entry.name
    return " ".join(sorted({file.reason for file in report.skipped}))


def is_clean(product):
    """Tell whether nothing a product says can steer a terminal."""
    texts = f"{product.product_id}{product.title}{product.brand}{product.category}{product.attributes}"
    return not any((ord(each) < 32 and each not in "\n\t") or 0xD800 <= ord(each) < 0xE000 for each in texts)


def contents(folder, *, but):
    """Give every file and link below a folder with its size and time of change, but for another folder's."""
    files = (path for path in folder.rglob("*") if not path.is_dir() and not path.is_relative_to(but))
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in files}
