"""Full-text search over products: words as prefixes, case and accents folded, by SQLite's FTS5 in a file of its own.

The index numbers products by their row in :class:`~core.catalog.product_columns.ProductColumns`. It belongs to the
columns and not to the database, so it serves a home whose database is PostgreSQL as well.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from core.catalog.product_columns import TEXT_FIELDS

MOST_WORDS = 20

_WORD = re.compile(r"[^\W_]+")
# Only which rows hold a word is kept, neither where nor how often: half the size.
_MAKE = (
    f"CREATE VIRTUAL TABLE texts USING fts5({', '.join(TEXT_FIELDS)}, content='', columnsize=0, detail=none, "
    'tokenize="unicode61 remove_diacritics 2")'
)
_ADD = f"INSERT INTO texts(rowid, {', '.join(TEXT_FIELDS)}) VALUES ({', '.join('?' * (len(TEXT_FIELDS) + 1))})"
_TEXTS_AT_ONCE = 20_000

Text = tuple[str | None, ...]


class TextIndex:
    """An open index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def in_memory(cls, texts: Iterable[tuple[int, Text]]) -> "TextIndex":
        """Make an index of a few texts, each with its row."""
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(connection, texts)
        return cls(connection)

    @classmethod
    def open(cls, path: Path) -> "TextIndex":
        """Open the index in a file.

        Raises:
            sqlite3.DatabaseError: It is none.
        """
        if not path.is_file():
            raise sqlite3.DatabaseError(f"{path.name} is no file")
        # Never written again, so nothing needs to be locked and the folder need not be writable.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        connection.execute("PRAGMA cache_size=-4096")
        connection.execute("SELECT count(*) FROM texts_config").fetchone()
        return cls(connection)

    def rows(self, text: str) -> np.ndarray:
        """Find the rows that hold every word of a text, each as the beginning of a word; int64, rising.

        A single letter or digit has to be a whole word.

        A text without any word, such as "!?", is found nowhere.
        """
        match = match_expression(text)
        if match is None:
            return np.zeros(0, dtype=np.int64)
        found = self._connection.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (match,)).fetchall()
        return np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))


def write_text_index(path: Path, texts: Iterable[tuple[int, Text]]) -> None:
    """Write an index into a new file."""
    with closing(sqlite3.connect(path)) as connection:
        # Should the power fail the file is made again: it need not be safe while it grows.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        _fill(connection, texts)


def match_expression(text: str) -> str | None:
    """Write the words of a text as FTS5 wants them: quoted, so that none is an operator; None without a word."""
    words = _WORD.findall(unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode()))
    # A single letter begins half of all texts: it is looked for as a word.
    return " ".join(f'"{word}"*' if len(word) > 1 else f'"{word}"' for word in words[:MOST_WORDS]) or None


def _fill(connection: sqlite3.Connection, texts: Iterable[tuple[int, Text]]) -> None:
    with _transaction(connection):
        connection.execute(_MAKE)
        connection.execute("INSERT INTO texts(texts, rank) VALUES ('hashsize', 67108864)")
        connection.executemany(_ADD, ((row, *map(_clean, text)) for row, text in texts))


def _clean(text: str | None) -> str | None:
    """Compose letters as queries do; leave out half characters, and the NUL at which SQLite would stop reading."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return unicodedata.normalize("NFC", text.replace("\0", " ").encode("utf-8", "ignore").decode())


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.isolation_level = None
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")
