import threading
import time

import pytest

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SKIP_REASONS, SourcePicture, SourceRecord
from core.catalog.web.fetching import fetched, shown_address
from core.errors import Cancelled, CatalogError
from core.progress import SilentProgress
from tests.catalog.web import fault_server
from tests.catalog.web.conftest import jpeg
from tests.catalog.web.reading import LOCAL, read_all, reasons, records


@pytest.fixture
def shop(server):
    """A server with thirty pictures."""
    server.files |= {f"/{number}.jpg": jpeg(number) for number in range(30)}
    return server


def addresses(shop, count=30):
    return [shop.url(f"/{number}.jpg") for number in range(count)]


def test_pictures_come_in_order_with_their_bytes(home, shop, limits):
    came, skipped = read_all(home, records(*addresses(shop)), limits=limits)
    assert [record.product_id for record in came] == [f"p{number}" for number in range(30)]
    assert [record.pictures[0].path.read_bytes() for record in came] == [jpeg(number) for number in range(30)]
    assert all(record.pictures[0].url is None for record in came)
    assert skipped == []


def test_records_without_addresses_pass_untouched(home):
    given = [
        SourceRecord("a", "A"),
        SourceRecord("b", "B", pictures=(SourcePicture("b", data=b"x"), SourcePicture("c", path=home.root))),
    ]
    came, skipped = read_all(home, given)
    assert (came, skipped) == (given, [])
    assert not (home.cache / "fetched").exists()


def test_a_product_keeps_the_pictures_that_could_be_had(home, shop, limits):
    pictures = (
        SourcePicture("front", url=shop.url("/0.jpg")),
        SourcePicture("gone", url=shop.url("/gone.jpg")),
        SourcePicture("inside", data=b"as it is"),
        SourcePicture("back", url=shop.url("/1.jpg")),
    )
    came, skipped = read_all(home, [SourceRecord("p", "P", pictures=pictures)], limits=limits)
    assert [picture.name for picture in came[0].pictures] == ["front", "inside", "back"]
    assert skipped == [("p", "http_404")]


FAULTS = {
    "http_403": fault_server.status(403),
    "http_404": fault_server.status(404),
    "http_410": fault_server.status(410),
    "http_500": fault_server.status(500),
    "timeout": fault_server.never,
    "truncated": fault_server.truncated,
    "wrong_type": fault_server.wrong_type,
    "empty": fault_server.body(b""),
    "disconnected": fault_server.Handler.hang_up,
    "wrong_encoding": fault_server.body(b"aaaa", Content_Encoding="br"),
    "too_many_redirects": fault_server.redirect("/0.jpg"),
    "private_address": fault_server.redirect("http://10.1.2.3/a.jpg"),
    "bad_url": fault_server.redirect("gopher://shop.example/"),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_every_fault_has_its_reason(home, shop, limits, reason):
    shop.faults["/0.jpg"] = FAULTS[reason]
    assert reasons(home, *addresses(shop, 3), limits=limits) == [reason, None, None]
    assert reason.startswith("http_") or reason in SKIP_REASONS


def test_a_stalled_answer_is_a_timeout_and_a_cut_picture_truncated(home, shop, limits):
    shop.faults |= {"/0.jpg": fault_server.stalled, "/1.jpg": fault_server.cut}
    assert reasons(home, *addresses(shop, 3), limits=limits) == ["timeout", "truncated", None]
    assert shop.requests["/1.jpg"] == 1  # all that was announced came: asking again would give the same


def test_too_many_bytes_are_not_read_to_their_end(home, shop, limits):
    from dataclasses import replace

    small = replace(limits, most_bytes=5000)
    shop.files["/0.jpg"] = jpeg(0) + bytes(10_000)
    shop.faults["/1.jpg"] = fault_server.body(b"\xff\xd8" + bytes(200_000), Content_Type="image/jpeg")
    assert reasons(home, *addresses(shop, 3), limits=small) == ["too_large", "too_large", None]


def test_what_is_no_address_is_told_with_its_product(home):
    skipped = []
    given = records("file:///etc/passwd", "http://user:secret@shop.example/a.jpg", "\x1b]0;x\x07", "", "a" * 9000)
    list(fetched(home, given, settings=LOCAL, skipped=skipped, progress=SilentProgress()))
    assert [file.reason for file in skipped] == ["bad_url"] * 5
    assert [file.name for file in skipped[:3]] == [
        "p0: file:///etc/passwd",
        "p1: http://shop.example/a.jpg",
        "p2: \\x1b]0;x\\x07",
    ]
    assert "secret" not in repr(skipped)
    assert max(len(file.name) for file in skipped) < 320


def test_hosts_nobody_allowed_are_private(home, shop, limits):
    assert reasons(home, *addresses(shop, 25), settings=SourceSettings(), limits=limits) == ["private_address"] * 25
    assert shop.requests.total() == 0


def test_passing_faults_are_tried_again(home, shop, limits):
    shop.faults |= {
        "/0.jpg": fault_server.at_first(1, fault_server.status(503)),
        "/1.jpg": fault_server.at_first(1, fault_server.truncated),
        "/2.jpg": fault_server.at_first(1, fault_server.Handler.hang_up),
        "/3.jpg": fault_server.at_first(1, fault_server.never),
    }
    assert reasons(home, *addresses(shop, 5), limits=limits) == [None] * 5
    assert [shop.requests[f"/{number}.jpg"] for number in range(5)] == [2, 2, 2, 2, 1]


def test_lasting_faults_are_asked_once(home, shop, limits):
    shop.faults |= {"/0.jpg": fault_server.status(404), "/1.jpg": fault_server.wrong_type}
    reasons(home, *addresses(shop, 2), limits=limits)
    assert [shop.requests["/0.jpg"], shop.requests["/1.jpg"]] == [1, 1]


def test_a_host_that_asks_for_time_gets_it(home, shop, limits):
    asked = []

    def busy(handler):
        asked.append(time.monotonic())
        (fault_server.status(429, Retry_After="1") if len(asked) == 1 else fault_server.serve)(handler)

    shop.faults["/0.jpg"] = busy
    assert reasons(home, *addresses(shop, 1), limits=limits) == [None]
    assert asked[1] - asked[0] >= 0.99  # not a speed: the host asked for a second, and less would be rude


def test_a_host_that_asks_for_too_much_time_is_not_asked_again(home, shop, limits):
    from dataclasses import replace

    shop.faults["/0.jpg"] = fault_server.status(429, Retry_After="3600")
    short = replace(limits, longest_wait_seconds=0.2)
    assert reasons(home, *addresses(shop, 1), limits=short) == ["http_429"]
    assert shop.requests["/0.jpg"] == 1


def test_the_same_address_is_fetched_once(home, shop, limits):
    same = [shop.url("/0.jpg"), f" {shop.url('/0.jpg')}#front", shop.url("/0.jpg"), shop.url("/gone.jpg")]
    came, skipped = read_all(home, records(*same, shop.url("/gone.jpg")), limits=limits)
    assert shop.requests == {"/0.jpg": 1, "/gone.jpg": 1}
    assert [len(record.pictures) for record in came] == [1, 1, 1, 0, 0]
    assert skipped == [("p3", "http_404"), ("p4", "http_404")]  # each row is named


def test_importing_again_asks_only_whether_it_changed(home, shop, limits):
    given = records(*addresses(shop, 4))
    read_all(home, given, limits=limits)
    shop.files["/3.jpg"] = jpeg(99)
    came, _ = read_all(home, given, limits=limits)
    assert came[3].pictures[0].path.read_bytes() == jpeg(99)
    assert [shop.requests[f"/{number}.jpg"] for number in range(4)] == [2, 2, 2, 2]
    assert [shop.complete[f"/{number}.jpg"] for number in range(4)] == [1, 1, 1, 2]  # the rest answered 304
    assert shop.headers["/0.jpg"][1]["If-None-Match"] == fault_server.etag(jpeg(0))


def test_a_stopped_import_goes_on_without_asking_for_what_is_there(home, shop, limits):
    given = records(*addresses(shop, 30))
    reading = fetched(home, given, settings=LOCAL, skipped=[], progress=SilentProgress(), limits=limits)
    for _ in range(30):
        next(reading)  # all were handed over, but nobody said that this was the end
    reading.close()
    read_all(home, given, limits=limits)
    assert set(shop.requests.values()) == {1}


def test_another_source_asks_for_itself(home, shop, limits):
    given = records(*addresses(shop, 1))
    reading = fetched(home, given, settings=LOCAL, skipped=[], progress=SilentProgress(), limits=limits, source="one")
    next(reading)
    reading.close()
    read_all(home, given, limits=limits, source="two")
    assert (shop.requests["/0.jpg"], shop.complete["/0.jpg"]) == (2, 1)


def test_half_a_file_is_continued(home, shop, limits):
    from dataclasses import replace

    shop.files["/0.jpg"] = jpeg(0, side=300)
    shop.faults["/0.jpg"] = fault_server.at_first(1, fault_server.truncated)
    assert reasons(home, *addresses(shop, 1), limits=replace(limits, attempts=1)) == ["truncated"]
    half = len(jpeg(0, side=300)) // 2
    came, _ = read_all(home, records(*addresses(shop, 1)), limits=limits)
    assert shop.headers["/0.jpg"][1]["Range"] == f"bytes={half}-"
    assert came[0].pictures[0].path.read_bytes() == jpeg(0, side=300)


def test_half_of_an_old_file_is_not_mixed_with_the_new_one(home, shop, limits):
    from dataclasses import replace

    shop.faults["/0.jpg"] = fault_server.at_first(1, fault_server.truncated)
    reasons(home, *addresses(shop, 1), limits=replace(limits, attempts=1))
    shop.files["/0.jpg"] = jpeg(7, side=300)
    came, _ = read_all(home, records(*addresses(shop, 1)), limits=limits)
    assert came[0].pictures[0].path.read_bytes() == jpeg(7, side=300)


def test_few_requests_at_a_time(home, shop, limits):
    from dataclasses import replace

    shop.latency_seconds = 0.02
    reasons(home, *addresses(shop, 30), limits=replace(limits, at_once_a_host=3))
    assert shop.most_at_once <= 3


def test_a_host_that_only_fails_is_given_up(home, shop, limits):
    from dataclasses import replace

    shop.faults |= {f"/{number}.jpg": fault_server.status(500) for number in range(30)}
    careful = replace(limits, failing_pictures=5, attempts=2, pause_seconds=0.3, at_once_a_host=2)
    found = reasons(home, *addresses(shop, 30), limits=careful)
    # Five pictures failed in a row: a pause, and the next failure is the last. Those that were asked keep their reason.
    assert set(found) == {"http_500", "host_given_up"}
    assert shop.requests.total() < 12
    assert found.count("http_500") <= shop.requests.total()


def test_a_host_that_recovers_in_its_pause_is_asked_on(home, shop, limits):
    from dataclasses import replace

    fails = [True]
    answer = fault_server.status(500)
    shop.faults |= {
        f"/{number}.jpg": lambda handler: (answer if fails[0] else fault_server.serve)(handler) for number in range(30)
    }
    threading.Timer(0.5, lambda: fails.clear() or fails.append(False)).start()
    patient = replace(limits, failing_pictures=5, attempts=3, pause_seconds=2.0, at_once_a_host=2)
    assert reasons(home, *addresses(shop, 30), limits=patient) == [None] * 30


def test_it_can_be_cancelled_while_a_host_is_silent(home, shop, limits):
    from dataclasses import replace

    class Stop(SilentProgress):
        def report(self, done, total, message):
            raise Cancelled

    shop.faults["/0.jpg"] = fault_server.never
    with pytest.raises(Cancelled):
        read_all(home, records(*addresses(shop, 1)), limits=replace(limits, read_seconds=20), progress=Stop())
    assert not any(thread.name == "fetch" for thread in threading.enumerate())


def test_progress_says_how_many_came(home, shop, limits):
    heard = []

    class Listen(SilentProgress):
        def report(self, done, total, message):
            heard.append((done, total, message))

    shop.faults["/2.jpg"] = fault_server.never
    shop.faults["/1.jpg"] = fault_server.status(404)
    slow = limits.__class__(attempts=1, read_seconds=2.5)
    read_all(home, records(*addresses(shop, 3)), limits=slow, progress=Listen(), total=3)
    assert heard[-1] == (2, 3, "fetched 1 pictures, 1 could not be had")


def test_a_full_disk_stops_the_import(home, shop, limits, monkeypatch):
    import errno

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.catalog.web.download_cache.os.replace", full)
    with pytest.raises(CatalogError, match="No space left on device; free some space and import again"):
        read_all(home, records(*addresses(shop, 1)), limits=limits)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://shop.example/a@b.jpg", "https://shop.example/a@b.jpg"),
        ("https://me:pw@shop.example/a.jpg", "https://shop.example/a.jpg"),
        ("https://me:p@w@shop.example", "https://shop.example"),
        ("a\r\nb\x1b", "a\\x0d\\x0ab\\x1b"),
        ("\ud800", "\\ud800"),
    ],
)
def test_addresses_are_shown_without_secrets_and_control_characters(address, shown):
    assert shown_address(address) == shown
