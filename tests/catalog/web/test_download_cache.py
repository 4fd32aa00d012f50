import os
import time

import pytest

from core.catalog.pictures import store_picture_bytes
from core.catalog.web.download_cache import CURRENT_SECONDS, DownloadCache, key_of
from tests.catalog.web.conftest import jpeg

KEY, OTHER = key_of("http://shop.example/a.jpg"), key_of("http://shop.example/b.jpg")


@pytest.fixture
def opened(home):
    """Opens caches of one home, and closes what is left open."""
    caches = []

    def open_cache(*, source="shop", most_bytes=10**9, keep_days=7.0):
        caches.append(DownloadCache(home, source=source, most_bytes=most_bytes, keep_days=keep_days))
        return caches[-1]

    yield open_cache
    for cache in caches:
        cache.close()


def keep(cache, key, data=b"picture", **validators):
    cache.begin_half(key, "")
    cache.part(key).write_bytes(data)
    return cache.finish(key, **({"etag": '"1"', "last_modified": ""} | validators))


def test_a_finished_file_is_current_until_the_import_ends(opened):
    cache = opened()
    path = keep(cache, KEY)
    assert (path.read_bytes(), cache.find(KEY).is_current) == (b"picture", True)
    cache.close()
    stopped = opened()  # as after a kill: the run goes on
    assert stopped.find(KEY).is_current
    stopped.end_run()
    stopped.close()
    begun_anew = opened()
    assert (begun_anew.find(KEY).is_current, begun_anew.find(KEY).etag) == (False, '"1"')
    begun_anew.confirm(KEY)
    assert begun_anew.find(KEY).is_current


def test_a_day_later_the_host_is_asked_again(opened, monkeypatch):
    cache = opened()
    keep(cache, KEY)
    later = time.time() + CURRENT_SECONDS + 1
    monkeypatch.setattr("core.catalog.web.download_cache.time.time", lambda: later)
    assert not cache.find(KEY).is_current


def test_a_file_finished_just_before_the_kill_counts_though_nothing_was_noted(opened):
    cache = opened()
    cache.begin_half(KEY, "")
    cache.part(KEY).write_bytes(b"picture")
    cache.part(KEY).replace(cache.part(KEY).with_suffix(""))  # the last thing before the kill
    cache.close()
    assert opened().find(KEY).is_current


def test_a_file_whose_size_is_not_the_noted_one_does_not_count(opened):
    cache = opened()
    path = keep(cache, KEY)
    cache.end_run()
    cache.close()
    path.write_bytes(b"torn")
    os.utime(path, (1, 1))  # long before the new run
    assert opened().find(KEY) is None


def test_a_damaged_journal_is_begun_anew(opened, home):
    opened().close()
    (home.cache / "fetched" / "journal.db").write_bytes(b"no database" * 1000)
    cache = opened()
    assert keep(cache, KEY).exists()
    assert cache.find(KEY).is_current


def test_half_a_file_is_known_by_what_it_belongs_to(opened):
    cache = opened()
    assert cache.half(KEY) == (0, "")
    cache.begin_half(KEY, "")
    cache.part(KEY).write_bytes(b"half")
    assert cache.half(KEY) == (0, "")  # nobody knows of what
    cache.begin_half(KEY, '"1"')
    assert cache.half(KEY) == (4, '"1"')
    keep(cache, KEY)
    assert cache.half(KEY) == (0, "")


def test_two_imports_at_a_time_write_into_files_of_their_own(opened):
    first, second = opened(), opened()
    assert first.part(KEY) != second.part(KEY)
    keep(first, KEY, b"first")
    keep(second, OTHER, b"second")
    assert second.find(KEY).path.read_bytes() == b"first"


def test_the_files_used_longest_ago_make_room(opened, monkeypatch):
    clock = [time.time()]
    monkeypatch.setattr("core.catalog.web.download_cache.time.time", lambda: clock.append(clock[-1] + 1) or clock[-1])
    cache = opened(most_bytes=1000)
    keys = [key_of(str(number)) for number in range(8)]
    for key in keys:
        keep(cache, key, bytes(200))
        cache.pin([key])  # the reader has it
        if key != keys[0]:
            cache.unpin([key])
    # The sixth file made 1,200 bytes: all but the pinned first went, oldest first, until 750 or fewer were left.
    assert [cache.find(key) is not None for key in keys] == [True, False, False, False, True, True, True, True]


def test_a_file_nobody_took_yet_does_not_make_room(opened):
    cache = opened(most_bytes=300)
    keep(cache, KEY, bytes(200))
    keep(cache, OTHER, bytes(200))
    assert cache.find(KEY) is not None


def test_what_the_home_keeps_need_not_be_kept_twice(opened, home):
    cache = opened()
    path = keep(cache, KEY, jpeg(1))
    stored = store_picture_bytes(home, jpeg(1), name="picture")
    path.unlink()
    assert cache.find(KEY).path == home.picture_path(stored.picture_hash, "jpg")


def test_files_nobody_asked_for_in_a_week_are_removed(opened, home, monkeypatch):
    cache = opened()
    path, part = keep(cache, KEY), cache.part(OTHER)
    cache.begin_half(OTHER, "")
    part.write_bytes(b"half")
    os.utime(part, (1, 1))
    cache.close()
    later = time.time() + 8 * 24 * 3600
    monkeypatch.setattr("core.catalog.web.download_cache.time.time", lambda: later)
    assert opened().find(KEY) is None
    assert not path.exists()
    assert not part.exists()


def test_names_tell_nothing_of_addresses(opened, home):
    cache = opened()
    keep(cache, key_of("http://shop.example/../../etc/passwd?token=secret"))
    cache.close()
    for path in (home.cache / "fetched").rglob("*"):
        assert "secret" not in path.name
        assert path.is_dir() or b"secret" not in path.read_bytes()
