"""Connections to databases that are only read: SQLite files and servers."""

import logging
import re
import socket
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.catalog.picture_formats import printable
from core.catalog.source_password import PASSWORD_VARIABLE
from core.errors import CatalogError

CONNECT_SECONDS = 15
ANSWER_SECONDS = 600
"""How long a database may take until its next rows."""

LONGEST_CELL_BYTES = 64 * 2**20
ROWS_A_FETCH = 200

# The drivers that are asked for where an address names none; only PostgreSQL's and SQLite's are installed with us.
_DRIVERS = {"postgresql": "pg8000", "postgres": "pg8000", "mysql": "pymysql", "mariadb": "pymysql"}
_PACKAGES = {"mssql": "pyodbc", "oracle": "oracledb"}
_WAL_MARK = b"\x02\x02"
_STEPS_A_LOOK = 100_000


class Deadline:
    """Ends a SQLite query that computes for too long without giving a row."""

    def __init__(self) -> None:
        self._until = 0.0
        self.restart()

    def restart(self) -> None:
        """Give the query its whole time again."""
        self._until = time.monotonic() + ANSWER_SECONDS

    def is_over(self) -> bool:
        """Tell whether the time is up; SQLite asks now and then and stops when it is."""
        return time.monotonic() > self._until


class ReadOnlyDatabase:
    """A database that is only read.

    Args:
        address: Without a password, see `part_address`.
        password: Kept in memory alone; None for none.

    Attributes:
        address: As given; fit to be shown.
        backend: The kind of database, "sqlite", "postgresql" ...
        deadline: To be restarted with every row that is read.

    Raises:
        CatalogError: The kind of database is unknown, or its driver is not installed.
    """

    def __init__(self, address: str, password: str | None) -> None:
        self.address = address
        self.deadline = Deadline()
        self._password = password
        url = make_url(address)
        self.backend = "postgresql" if url.drivername == "postgres" else url.get_backend_name()
        self._engine = self._open(url)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection in a transaction that cannot write, and end it.

        Raises:
            CatalogError: The database cannot be reached, or refuses what is asked; nothing secret is in the message.
        """
        try:
            with self._engine.connect() as opened:
                options: dict[str, Any] = {"stream_results": True, "yield_per": ROWS_A_FETCH}
                if self.backend == "postgresql":
                    options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                connection = opened.execution_options(**options)
                try:
                    if self.backend == "postgresql":
                        limit = text("SELECT set_config('statement_timeout', :limit, false)")
                        connection.execute(limit, {"limit": str(ANSWER_SECONDS * 1000)}).close()
                    yield connection
                finally:
                    connection.rollback()
        except (SQLAlchemyError, OSError, sqlite3.Error, UnicodeError) as error:
            raise CatalogError(self._told(error)) from None  # the cause may quote the password

    def _open(self, url: URL) -> Engine:
        try:
            if self.backend == "sqlite":
                return create_engine(
                    "sqlite://", creator=_sqlite_opener(url, self.address, self.deadline), poolclass=NullPool
                )
            if "+" not in url.drivername and self.backend in _DRIVERS:
                url = url.set(drivername=f"{self.backend}+{_DRIVERS[self.backend]}")
            if url.drivername == "postgresql+pg8000":
                return create_engine(
                    "postgresql+pg8000://",
                    creator=self._pg8000(url),
                    poolclass=NullPool,
                    pool_logging_name=_quiet_log(),
                )
            filled = url.set(password=self._password) if self._password else url
            return create_engine(filled, poolclass=NullPool)
        except (NoSuchModuleError, ImportError) as error:
            wanted = getattr(error, "name", None) or _PACKAGES.get(self.backend) or "its SQLAlchemy dialect"
            raise CatalogError(
                f"{self.address}: the driver of {printable(url.drivername)[:60]!r} is not installed; install {wanted} "
                "beside ShelfLens, or export the table as CSV. PostgreSQL and SQLite need nothing more"
            ) from None
        except (SQLAlchemyError, TypeError, ValueError):
            raise CatalogError(f"{self.address} cannot be used: check the address and its parameters") from None

    def _pg8000(self, url: URL) -> Callable[[], Any]:
        """Make what connects to PostgreSQL: encrypted where the server can, unless `sslmode` asks for more or less."""
        parameters = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
        mode = parameters.pop("sslmode", "prefer")
        folder = parameters.pop("host", None)
        port = url.port or _port(parameters.pop("port", "5432"))
        named = {"application_name": parameters.pop("application_name", "shelflens")}
        if parameters or mode not in _SSL_MODES:
            wrong = printable(next(iter(parameters), f"sslmode={mode}"))[:60]
            raise CatalogError(f"{self.address}: the parameter {wrong!r} is not known; leave it out")

        def connect() -> Any:
            import pg8000.dbapi

            where: dict[str, Any] = {"host": url.host or "localhost", "ssl_context": _SSL_MODES[mode]()}
            where["sock"] = _connected(folder, where["host"], port)
            opened: Any = pg8000.dbapi.connect(
                url.username or "postgres", password=self._password or "", database=url.database, **where, **named
            )
            where["sock"].settimeout(ANSWER_SECONDS + CONNECT_SECONDS)
            # The simple protocol would run every statement of a text; so the server itself refuses more than one.
            opened.execute_simple = opened.execute_unnamed
            return opened

        return connect

    def _told(self, error: BaseException) -> str:
        """Say what went wrong in one line, without the password wherever the driver may have put it."""
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        details = cause.args[0] if cause.args and isinstance(cause.args[0], dict) else {}
        reason = str(details.get("M") or cause).split("\n")[0] or type(cause).__name__
        for secret in {self._password or "", quote(self._password or "", safe="")} - {""}:
            reason = reason.replace(secret, "***")
        asked = str(details.get("C", "")).startswith("28") or re.search(r"password|authentication", reason, re.I)
        message = f"{self.address}: {printable(reason)[:500]}"
        if not asked:
            return f"{message}; check the address, the query and your permissions"
        state = "was not accepted" if self._password else "is needed"
        return f"{message}; the password {state}. It is never stored: enter it again, or set {PASSWORD_VARIABLE}"


def _port(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 5432


def _quiet_log() -> str:
    """Name a log that says nothing: after a query that failed, SQLAlchemy complains about its cursor at length."""
    name = "source"
    logging.getLogger(f"sqlalchemy.pool.impl.NullPool.{name}").setLevel(logging.CRITICAL + 1)
    return name


def _unchecked_tls() -> ssl.SSLContext:
    """Encrypt without checking who answers, as PostgreSQL's own "require" does."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _chain_checked_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    return context


_SSL_MODES: dict[str, Callable[[], ssl.SSLContext | bool | None]] = {
    "disable": lambda: False,
    "allow": lambda: None,
    "prefer": lambda: None,
    "require": _unchecked_tls,
    "verify-ca": _chain_checked_tls,
    "verify-full": ssl.create_default_context,
}


def _connected(folder: str | None, host: str, port: int) -> socket.socket:
    """Connect to a server by network, or by its socket file where the address names the folder of one."""
    if folder is None or not folder.startswith("/"):
        return socket.create_connection((folder or host, port), timeout=CONNECT_SECONDS)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    opened.settimeout(CONNECT_SECONDS)
    try:
        opened.connect(str(Path(folder) / f".s.PGSQL.{port}"))
    except OSError:
        opened.close()
        raise
    return opened


def _sqlite_opener(url: URL, address: str, deadline: Deadline) -> Callable[[], sqlite3.Connection]:
    """Make what opens a SQLite file for reading.

    Raises:
        CatalogError: The file is not there or no such database; it is never made.
    """
    path = Path(url.database or "")
    try:
        real = path.resolve(strict=True)
        with real.open("rb") as file:
            head = file.read(20)
    except (OSError, RuntimeError, ValueError):
        raise CatalogError(f"{address}: the file is not there or cannot be read; check the path") from None
    if not head.startswith(b"SQLite format 3\0"):
        raise CatalogError(f"{address}: the file is no SQLite database; check the path")
    # Reading a database in WAL mode leaves files beside it unless it is taken as it is.
    whole = head[18:20] == _WAL_MARK and not real.with_name(real.name + "-wal").exists()
    name = f"file:{quote(str(real))}?mode=ro{'&immutable=1' if whole else ''}"
    return lambda: _open_sqlite(name, deadline)


def _open_sqlite(name: str, deadline: Deadline) -> sqlite3.Connection:
    opened = sqlite3.connect(name, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False)
    opened.execute("PRAGMA query_only=ON")
    opened.execute("PRAGMA trusted_schema=OFF")
    opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL_BYTES)
    opened.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    opened.text_factory = lambda data: data.decode("utf-8", errors="replace")
    deadline.restart()
    opened.set_progress_handler(deadline.is_over, _STEPS_A_LOOK)
    return opened
