import copy
import json
import socket

import pytest

from core.catalog.web import sample as sample_module
from core.catalog.web import sample_listing, samples
from core.catalog.web.fetch_limits import FetchLimits
from core.catalog.web.sample import download_sample
from core.errors import Cancelled, CatalogError
from core.progress import SilentProgress
from tests.catalog.web import fault_server
from tests.catalog.web.git_shop import make_git_shop

QUICK = FetchLimits(attempts=2, backoff_seconds=0.02, connect_seconds=2.0, read_seconds=1.5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_git_shop(tmp_path_factory.mktemp("sample") / "shop")


@pytest.fixture
def shop(made, server, monkeypatch):
    """A small sample on a local server."""
    mine = copy.deepcopy(made)
    monkeypatch.setitem(samples.SAMPLES, "small", mine.sample(server))
    monkeypatch.setattr("core.catalog.web.fetching.LIMITS", QUICK)
    monkeypatch.setattr(sample_listing, "ATTEMPTS", 1)
    return mine


def download(home, progress=None):
    return download_sample(home, "small", progress=progress or SilentProgress())


def test_the_pictures_come_and_nothing_else(home, shop):
    came = download(home)
    pictures = {path: data for path, data in shop.files.items() if path.endswith(".jpg")}
    there = [path for path in came.folder.rglob("*") if path.is_file()]
    got = {path.relative_to(came.folder).as_posix(): path.read_bytes() for path in there}
    assert got == pictures
    assert (came.pictures, came.fetched, came.is_proved) == (9, 9, True)
    assert came.size_bytes == sum(map(len, pictures.values()))


def test_what_is_there_is_not_fetched_again(home, shop, server):
    folder = download(home).folder
    (folder / "train" / "a" / "0.jpg").write_bytes(b"damaged")
    again = download(home)
    assert again.fetched == 1
    assert server.requests["/raw/train/a/0.jpg"] == 2
    assert server.requests["/raw/train/a/3.jpg"] == 1


def test_a_stopped_fetch_goes_on(home, shop, server):
    server.faults["/raw/test/a/6.jpg"] = fault_server.at_first(2, fault_server.status(503))
    with pytest.raises(CatalogError, match=r"1 of the 9 pictures .* status 503. The rest is kept: run it again"):
        download(home)
    assert download(home).fetched == 1
    assert server.complete["/raw/train/a/0.jpg"] == 1


def test_a_picture_that_is_another_is_not_kept(home, shop, server):
    server.files["/raw/train/a/0.jpg"] = server.files["/raw/train/a/3.jpg"]
    with pytest.raises(CatalogError, match="1 because they are not what the commit says"):
        download(home)
    assert not list(home.cache.rglob("0.jpg"))


@pytest.mark.parametrize("what", ["path", "sha", "size", "mode", "more", "fewer"])
def test_a_list_that_was_changed_is_refused(home, shop, server, what):
    rows = shop.told_tree["tree"]
    row = next(each for each in rows if each["path"].endswith("0.jpg"))
    if what == "more":
        rows.append(row | {"path": "train/a/evil.jpg"})
    elif what == "fewer":
        rows.remove(row)
    elif what == "size":
        row["size"] = -1
    else:
        row[what] = {"path": "train/../../evil.jpg", "sha": "0" * 40, "mode": "100755"}[what]
    shop.tell(server)
    with pytest.raises(CatalogError, match="does not fit commit"):
        download(home)
    assert not (home.cache / "samples").exists()


def test_a_commit_that_was_changed_is_not_proved(home, shop, server):
    # Tree and list fit each other, but the commit's own text is not that of its name.
    shop.told_commit["message"] = "Another story"
    shop.tell(server)
    assert download(home).is_proved is False


def test_names_that_lead_elsewhere_are_left_out(made):
    from core.catalog.web.git_objects import TreeEntry

    sample = samples.SAMPLES["clothing"]
    paths = ["train/../a.jpg", "/etc/a.jpg", "train//a.jpg", "train/.a.jpg", "train/a\n.jpg", "train", "other/a.jpg"]
    assert not any(sample_listing._is_wanted(TreeEntry(path, "100644", "0" * 40), sample) for path in paths)
    link = TreeEntry("train/a.jpg", "120000", "0" * 40)
    assert not sample_listing._is_wanted(link, sample)
    assert sample_listing._is_wanted(TreeEntry("train/dress/1-a.jpg", "100644", "0" * 40), sample)


@pytest.mark.parametrize("told", [b"<html>", b"[]", b"{}", b'{"sha": 1}', b"[" * 100_000])
def test_an_answer_that_is_no_list_is_told(home, shop, server, told):
    server.files["/commit"] = server.files["/tree"] = told
    with pytest.raises(CatalogError, match=r"cannot be fetched|does not fit"):
        download(home)


def test_without_internet_it_says_what_to_do(home, shop, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr("core.catalog.web.safe_transport.socket.getaddrinfo", unknown)
    with pytest.raises(CatalogError) as caught:
        download(home)
    assert "there is no way to the internet" in str(caught.value)
    assert "download http://shop.example/all.zip elsewhere" in str(caught.value)
    assert "build the demo" in str(caught.value)


def test_space_is_looked_at_before_anything_is_fetched(home, shop, server, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(sample_module.shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(CatalogError, match=r"needs 105 MB in .*, where 0 MB are free"):  # the spare 100 MiB
        download(home)
    assert not [path for path in server.requests if path.startswith("/raw")]


def test_it_can_be_cancelled_and_goes_on(home, shop, server):
    class Stop(SilentProgress):
        def report(self, done, total, message):
            if "fetched" in message:
                raise Cancelled

    server.faults["/raw/test/a.b/8.jpg"] = fault_server.never
    with pytest.raises(Cancelled):
        download(home, Stop())
    del server.faults["/raw/test/a.b/8.jpg"]
    assert download(home).pictures == 9


def test_an_unknown_sample_is_named():
    with pytest.raises(CatalogError, match="no sample 'cats'; there are: clothing"):
        samples.find_sample("cats")


def test_the_job_imports_what_came(home, shop, server):
    from core.jobs import run_here

    result = run_here(home, "sample", {"name": "small"}, actor="ann")
    # Three categories; "train" and "test" are splits. Nine different pictures.
    assert (result["catalog"], result["products"], result["pictures"], result["categories"]) == ("small", 9, 9, 3)
    assert result["splits"] == {"train": 6, "test": 3}
    assert (result["license"], result["proved"], result["fetched"]) == ("CC0 1.0", True, 9)
    again = run_here(home, "sample", {"name": "small"}, actor="ann")
    assert (again["fetched"], again["new"], again["products"]) == (0, 0, 9)


def test_the_command_line_lists_and_fetches(home, shop, capsys, monkeypatch):
    from core.cli.main import main

    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    assert main(["sample", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["samples"]
    assert {each["name"] for each in listed} == {"clothing", "small"}
    assert all(each["license"] == "CC0 1.0" and each["about_bytes"] > 0 for each in listed)
    assert main(["sample", "small", "--catalog", "mine"]) == 0
    out, err = capsys.readouterr()
    assert "nine pictures; about 0 MB, CC0 1.0, from http://shop.example" in err.splitlines()[0]
    assert "mine" in out
