"""Hostile archives, BSON files and databases: each gets its message, and nothing is written outside the home."""

from pathlib import Path

import pytest

from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.errors import ShelfLensError
from core.home import open_home
from tests.hostile import corpus_archives, corpus_bson, corpus_exports, corpus_sql

LEAST = {corpus_archives: 15, corpus_bson: 8, corpus_exports: 15, corpus_sql: 6}


def outcome(home, number, entry):
    """Import an entry; gives the message of its error, or the reasons of what was left out."""
    try:
        source = open_source(home, entry.source, settings=entry.settings)
        report = import_source(home, source, catalog_name=f"corpus-{number}", actor="tests", settings=entry.settings)
    except ShelfLensError as error:
        return f"error: {error}"
    texts = [text for file in report.skipped for text in (file.name, file.reason, file.detail)]
    assert all(text.isprintable() for text in texts), texts
    return " ".join(file.reason for file in report.skipped)


@pytest.mark.parametrize("corpus", LEAST, ids=lambda corpus: corpus.__name__.rsplit("_", 1)[-1])
def test_every_entry_ends_in_what_it_deserves(tmp_path, corpus):
    folder = tmp_path / "corpus"
    folder.mkdir()
    entries = corpus.files(folder)
    assert len(entries) == len({entry.name for entry in entries}) >= LEAST[corpus]
    home = open_home(tmp_path / "home")
    before = contents(tmp_path, but=home.root)
    outcomes = {entry.name: outcome(home, number, entry) for number, entry in enumerate(entries)}
    wrong = {
        entry.name: (entry.expected, outcomes[entry.name])
        for entry in entries
        if entry.expected not in outcomes[entry.name]
        or (not entry.expected and outcomes[entry.name].startswith("error: "))
    }
    assert wrong == {}
    assert contents(tmp_path, but=home.root) == before
    assert not any(Path("/tmp", name).exists() for name in ("outside.jpg", "made.db"))
    assert not any(path.is_symlink() or not (path.is_file() or path.is_dir()) for path in home.root.rglob("*"))


def contents(folder, *, but):
    """Give every file below a folder with its bytes and time of change, but for another folder's."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(but))
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
