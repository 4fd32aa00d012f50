"""The journal: one line an event, an id for each fault, bounded, shared by processes, and never a reason to fail."""

import json
import logging

import pytest

from core.monitoring.journal import about, note, note_fault, start_journal
from core.monitoring.journal_file import JournalFile, JsonLine, journal_files
from core.monitoring.journal_reading import last_errors, read_journal
from core.monitoring.redaction import hiding
from tests.monitoring.test_redaction import PLACES, SECRET


@pytest.fixture(autouse=True)
def _no_journal_afterwards():
    yield
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            if type(handler).__module__ == "core.monitoring.journal_file":
                logger.removeHandler(handler)


def lines(root):
    return [json.loads(line) for line in (root / "logs" / "journal.jsonl").read_text().splitlines()]


def test_an_event_is_one_line_with_what_is_known_of_it(tmp_path):
    start_journal(tmp_path, server="one")
    with about(job="20261121-093012-train-5f3a9c", actor="ann"):
        note("job_done", "two\nlines", seconds=1.5)
    [line] = lines(tmp_path)
    assert line["time"].endswith("+00:00") and line["level"] == "info"
    assert {name: line[name] for name in ("event", "message", "job", "actor", "seconds", "server")} == {
        "event": "job_done",
        "message": "two\nlines",
        "job": "20261121-093012-train-5f3a9c",
        "actor": "ann",
        "seconds": 1.5,
        "server": "one",
    }


def test_a_fault_is_found_by_its_id_with_its_stack(tmp_path, capsys):
    start_journal(tmp_path)
    try:
        raise ZeroDivisionError("nobody thought of it")
    except ZeroDivisionError as error:
        error_id = note_fault("page_fault", error, page="recommend")
    note("job_started", "attempt 1", job="j")
    [found] = read_journal(tmp_path, quoted=error_id)
    assert found["error"] == "ZeroDivisionError" and found["page"] == "recommend"
    assert "test_journal.py" in found["stack"] and "nobody thought of it" in found["stack"]
    # What everybody may see has no message in it.
    assert last_errors(tmp_path) == [
        {"error_id": error_id, "at": found["time"], "where": "page", "error": "ZeroDivisionError", "job": ""}
    ]
    assert error_id in capsys.readouterr().err  # a server's error stream tells it too


def test_errors_of_the_servers_beneath_are_noted_with_an_id_and_their_chatter_is_not(tmp_path):
    beneath = logging.getLogger("streamlit.of_this_test")
    beneath.propagate = False  # as all of Streamlit's are
    start_journal(tmp_path)
    logging.getLogger("uvicorn.error").warning("chatter")
    beneath.error("Error sending websocket payload")
    [found] = read_journal(tmp_path)
    assert found["event"] == "streamlit.of_this_test" and found["error_id"].startswith("SL-")


@pytest.mark.parametrize("text", PLACES)
def test_no_secret_reaches_any_field(tmp_path, text, capsys):
    """Through the message, a fact, the exception, its cause, and what a library logs with arguments."""
    start_journal(tmp_path)
    try:
        try:
            raise ValueError(text)
        except ValueError as cause:
            raise RuntimeError(f"while reading {text}") from cause
    except RuntimeError as error:
        note_fault("job_fault", error, source=text)
    with about(actor=text):
        note("job_failed", text, level=logging.WARNING, headers={"x": text})
    logging.getLogger("core.catalog.web").warning("asked %s, got %r", text, [text])
    logging.getLogger("uvicorn.error").error("broke: %s", text)
    written = (tmp_path / "logs" / "journal.jsonl").read_text() + capsys.readouterr().err
    assert SECRET not in written and written.count("\n") > 4


def test_a_password_in_use_is_hidden_even_in_words_of_a_database(tmp_path):
    start_journal(tmp_path)
    with hiding("blue horse"):
        note("job_failed", 'FATAL: no entry for "blue horse"')
    assert "horse" not in (tmp_path / "logs" / "journal.jsonl").read_text()


def test_its_size_is_bounded(tmp_path):
    handler = JournalFile(tmp_path / "logs", most_bytes=2_000)
    handler.setFormatter(JsonLine(fields={}, words=()))
    for number in range(400):  # some 130 bytes each: 50 kB in all
        handler.emit(logging.LogRecord("core", logging.INFO, "", 0, f"event {number}", (), None))
    kept = [path for path in journal_files(tmp_path / "logs") if path.exists()]
    assert len(kept) == 5 and all(path.stat().st_size < 2_300 for path in kept)
    assert read_journal(tmp_path, limit=1)[0]["message"] == "event 399"
    numbers = [int(event["message"].split()[1]) for event in read_journal(tmp_path, limit=1000)]
    assert numbers == list(range(399, 399 - len(numbers), -1))  # whole, and the newest


def test_a_very_long_stack_keeps_both_ends(tmp_path):
    start_journal(tmp_path)
    try:
        raise ValueError("first " + "x " * 20_000 + "last")
    except ValueError as error:
        note_fault("page_fault", error)
    line = (tmp_path / "logs" / "journal.jsonl").read_text()
    assert len(line) < 20_000 and "test_journal.py" in line and "last" in line


def test_a_disk_that_refuses_ends_nothing(tmp_path):
    start_journal(tmp_path)
    (tmp_path / "logs").write_text("a file where the folder should be")
    note("job_done", "fine")
    assert read_journal(tmp_path) == []


def test_a_link_in_its_place_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "logs").symlink_to(tmp_path / "elsewhere")
    start_journal(tmp_path)
    note("job_done", "fine")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_torn_and_foreign_lines_are_passed_over(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "journal.jsonl").write_bytes(b'[1]\n\xff\n{"event": "a", "message": "b"}\n{"event": "torn')
    assert [event["event"] for event in read_journal(tmp_path)] == ["a"]


def test_another_home_takes_its_place(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        start_journal(tmp_path / name)
        note("server_started", name)
    assert [line["message"] for line in lines(tmp_path / "one")] == ["one"]
    assert [line["message"] for line in lines(tmp_path / "two")] == ["two"]
