"""A real PostgreSQL server for tests: in a folder of its own, reachable from this machine only, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SUPERUSER = "shelflens"
PASSWORD = "s3cret-Pa$$w0rd"
_START_SECONDS = 60


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `PASSWORD` is the password of its one user."""

    port: int
    folder: Path

    def address(self, database="postgres", *, password=PASSWORD, user=SUPERUSER) -> str:
        """Its address as a user writes it; a driver is not named."""
        from urllib.parse import quote

        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, database="postgres"):
        """Open a plain connection of the driver."""
        import pg8000.dbapi

        return pg8000.dbapi.connect(SUPERUSER, host="127.0.0.1", port=self.port, password=PASSWORD, database=database)

    def run(self, *statements: str, database="postgres") -> list:
        """Run statements, each in a transaction of its own; gives the rows of the last."""
        connection = self.connect(database)
        connection.autocommit = True
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


def programs() -> Path | None:
    """Find the folder of `postgres` and `initdb`, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: -float(path.parts[-3]))
    if found:
        return found[0].parent
    named = shutil.which("postgres")
    return Path(named).resolve().parent if named else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for this test run. Without its programs these tests are skipped, but never in CI."""
    folder = programs()
    if folder is None:
        reason = "no PostgreSQL server is installed: `apt-get install postgresql`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    account = _account()
    data = Path(tempfile.mkdtemp(prefix="shelflens-postgres-"))
    if account:
        os.chown(data, account["user"], account["group"])
    server = None
    try:
        _make(folder, data, account)
        server, port = _start(folder, data, account)
        yield PostgresServer(port, data)
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(data, ignore_errors=True)


def _account() -> dict[str, int]:
    """Whom to run as: the server refuses to run as root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid}
    raise RuntimeError("neither postgres nor nobody is a user of this machine")


def _make(programs_folder: Path, folder: Path, account: dict[str, int]) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if account:
        os.chown(secret, account["user"], account["group"])
    command = [programs_folder / "initdb", "--pgdata", folder / "data", "--username", SUPERUSER, "--encoding", "UTF8"]
    command += ["--auth", "scram-sha-256", "--pwfile", secret, "--locale", "C", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=folder, env=_plain(folder), **account)


def _start(programs_folder: Path, folder: Path, account: dict[str, int]) -> tuple[subprocess.Popen, int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",
        "shared_buffers": "16MB",
        "max_connections": "20",
        "log_min_messages": "warning",
    }
    command = [programs_folder / "postgres", "-D", folder / "data"]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=_plain(folder), **account)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            PostgresServer(port, folder).run("SELECT 1")
            return server, port
        except Exception as error:
            if server.poll() is not None or time.monotonic() > deadline:
                _stop(server)
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}") from error
            time.sleep(0.1)


def _stop(server: subprocess.Popen) -> None:
    """End the server with its connections; it is ours, known by its process."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=20)


def _plain(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
