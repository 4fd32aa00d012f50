from types import SimpleNamespace

import pytest

from core.ui import uploads
from core.ui.uploads import MAX_SOURCE_MB, upload_name, uploaded_source


@pytest.fixture
def upload(home, monkeypatch):
    """Let a visitor bring a file: gives where it was kept and what the visitor was told."""
    told = []
    monkeypatch.setattr(uploads, "home", lambda: home)
    monkeypatch.setattr(uploads, "show_problem", lambda problem: told.append(str(problem)))
    monkeypatch.setattr(uploads.st, "session_state", {})

    def brought(name, data=b"id,title\n1,Cup\n", *, size=None):
        file = SimpleNamespace(name=name, size=len(data) if size is None else size, file_id=repr((name, data)))
        file.getbuffer = lambda: memoryview(data)
        monkeypatch.setattr(uploads.st, "file_uploader", lambda *_args, **_options: file)
        return uploaded_source("Table", (".csv", ".tar.gz"), key="table"), told

    return brought


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("products May.csv", "products-may"),
        ("../../etc/passwd.csv", "passwd"),
        ("C:\\temp\\Feed.xlsx", "feed"),
        ("\ud800\x00.csv", "upload"),
        ("商品.csv", "upload"),
        ("x" * 5000 + ".csv", "x" * 40),
    ],
)
def test_uploads_get_a_name_of_our_own(name, plain):
    given = upload_name(name)
    assert given.rsplit("-", 1)[0] == plain
    assert set(given) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_names_that_look_alike_stay_apart_and_the_same_name_stays_the_same():
    # The next delivery of a file is the same source; another file with a similar name is not.
    assert upload_name("feed.csv") == upload_name("feed.csv")
    assert upload_name("feed.csv") != upload_name("Feed.csv")


def test_an_upload_is_kept_inside_the_home_and_the_next_delivery_replaces_it(home, upload):
    first, told = upload("../../feed.csv", b"id\n1\n")
    assert first.parent == home.root / "uploads"
    assert first.read_bytes() == b"id\n1\n"
    second, told = upload("../../feed.csv", b"id\n1\n2\n")
    assert (second, second.read_bytes()) == (first, b"id\n1\n2\n")
    assert told == []


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        # The browser's own limit can be passed by anybody who writes requests by hand.
        ("big.csv", MAX_SOURCE_MB * 1024 * 1024 + 1, "files of up to 400 MB are taken here"),
        ("empty.csv", 0, "The file is empty"),
        ("page.html", 10, "none of .csv, .tar.gz"),
    ],
)
def test_what_cannot_be_taken_is_refused_on_the_server_and_not_kept(home, upload, name, size, message):
    kept, told = upload(name, size=size)
    assert kept is None
    assert message in told[0]
    assert not (home.root / "uploads").exists()
