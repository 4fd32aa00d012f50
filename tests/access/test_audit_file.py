import json

import pytest

from core.access.actor import Actor, Role, acting
from core.access.audit_file import audit_file, read_recorded, record, record_if_possible
from core.errors import HomeError


def test_lines_say_who_and_follow_one_another(home):
    with acting(Actor("ada@shop.example", Role.ADMIN)):
        record(home, "settings", "Set the jobs at once to 2")
        record(home, "job", "Started the job 1\nnot a line of its own")
    lines = list(read_recorded(home))
    assert [(each.actor, each.role, each.kind, each.whole) for each in lines] == [
        ("ada@shop.example", "admin", "settings", True),
        ("ada@shop.example", "admin", "job", True),
    ]
    assert lines[1].summary.endswith("1\nnot a line of its own")


def test_a_changed_and_a_missing_line_are_noticed(home):
    for number in range(4):
        record(home, "job", f"Started the job {number}")
    path = audit_file(home)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0].replace(b"job 0", b"job 9") + b"".join(lines[1:]))
    assert [each.whole for each in read_recorded(home)] == [True, False, True, True]  # the one after the changed one
    path.write_bytes(lines[0] + lines[2] + lines[3])
    assert [each.whole for each in read_recorded(home)] == [True, False, True]


def test_a_torn_line_stays_and_the_log_goes_on(home):
    record(home, "job", "Started the job 1")
    path = audit_file(home)
    torn = path.read_bytes() + b'{"at": "2026-'
    path.write_bytes(torn)  # as a full disk leaves it
    record(home, "job", "Started the job 2")
    assert path.read_bytes().startswith(torn)
    assert [(each.kind, each.whole) for each in read_recorded(home)] == [
        ("job", True),
        ("damaged", False),
        ("job", True),
    ]


def test_what_cannot_be_recorded_must_not_be_done(home, caplog):
    audit_file(home).mkdir(parents=True)  # a folder in the file's place
    with pytest.raises(HomeError, match="nothing was done"):
        record(home, "job", "Started the job 1")
    record_if_possible(home, "login", "Logged in")
    assert "lost: login Logged in" in caplog.text


def test_long_and_strange_texts_stay_one_line(home):
    record(home, "login", "x" * 100_000, actor="\u2028é" * 1000)
    (line,) = audit_file(home).read_text().splitlines()
    assert len(line) < 16_384 and len(json.loads(line)["summary"]) == 500
    assert next(read_recorded(home)).whole
