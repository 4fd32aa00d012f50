"""Processes of a case, forked from one that has imported everything: servers, workers, and those who look after."""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

from core.errors import ShelfLensError
from core.files import write_whole

LIMIT_SECONDS = 240.0 * float(os.environ.get("FAULTS_PATIENCE", "1"))
"""Only a hang reaches it; the environment may give a machine that is busy with other things more."""
_PR_SET_CHILD_SUBREAPER = 36


class Broken(AssertionError):
    """Something that must hold after a fault does not."""


class Child:
    """A forked process that says things as lines of JSON, the last of them what came of it.

    Args:
        act: What it does; given a function that says a value at once.
        log: File for what it prints.
        keep: Files of the parent that it keeps open.
    """

    def __init__(self, act, *, log, keep=()):
        reading, writing = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _become(log, keep=(writing, *keep))
            _live(act, writing)
        os.close(writing)
        self._reading, self._received, self._code = reading, b"", None

    def ended(self):
        """Tell whether it is gone, without waiting."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code is not None

    def kill(self):
        """End it as a crash would."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)

    def said(self):
        """Give what it has said so far."""
        while select.select([self._reading], [], [], 0)[0]:
            block = os.read(self._reading, 65_536)
            if not block:
                break
            self._received += block
        return [json.loads(line) for line in self._received.split(b"\n")[:-1]]

    def wait(self, seconds=LIMIT_SECONDS):
        """Wait for its end; give what it said.

        Raises:
            Broken: It hangs.
        """
        deadline = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > deadline:
                self.kill()
                raise Broken(f"a process hung for {seconds:.0f} s after saying {self.said()[-1:]}")
            self.said()
            time.sleep(0.004)
        found = self.said()
        os.close(self._reading)
        return found

    def result(self, seconds=LIMIT_SECONDS):
        """Wait for its end; give what its work returned.

        Raises:
            Broken: It broke on a fault of its own, or ended without a word.
        """
        return outcome(self.wait(seconds))


def outcome(said):
    """Give the value a process ended with; an error meant for users comes as ``{"refused": message}``."""
    last = said[-1] if said else {}
    if "fault" in last:
        raise Broken(f"raised what users never should see:\n{last['fault']}")
    if "value" not in last:
        raise Broken(f"ended without a word, having said {said}")
    return last["value"]


class Nursery:
    """Forks workers for a server, from a process that never opened the database.

    SQLite keeps what it knows of a file's locks for the whole process, so a fork of the server could not use the file.

    Args:
        live: What a worker does: given its command and the server's process id; gives its exit code.
        folder: Where exit codes are kept.
        log: File for what goes wrong in it.
    """

    def __init__(self, live, *, folder, log):
        self._folder = folder
        self._asking, answering = socket.socketpair()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _become(log, keep=(answering.fileno(),))
            try:
                _rear(answering, live, folder)
            except BaseException:  # noqa: BLE001 - told to whoever waits, or printed
                traceback.print_exc()
            _leave(0)
        answering.close()

    def close(self):
        """Let it end once its workers have; called wherever no worker will be asked for."""
        self._asking.close()

    @property
    def number(self):
        """The file a server keeps open to it."""
        return self._asking.fileno()

    def start(self, command, *, env, stdout, **_):
        """Start a worker; stands for `subprocess.Popen`."""
        wanted = {"command": command, "env": env, "log": str(Path(f"/proc/self/fd/{stdout.fileno()}").readlink())}
        self._asking.sendall(json.dumps({**wanted, "server": os.getpid()}).encode() + b"\n")
        return _Worker(int(self._asking.recv(32)), self._folder)


class _Worker:
    """A worker as the server that asked for it knows it."""

    stdin = None

    def __init__(self, pid, folder):
        self.pid, self._ended = pid, folder / f"exit-{pid}"

    def wait(self):
        """Wait for its end; gives its exit code."""
        while not self._ended.exists():
            time.sleep(0.005)
        return int(self._ended.read_text() or 1)


def _rear(server, live, folder):
    """Fork a worker for each line until the server is gone, and keep how each ended."""
    living, open_ = set(), True
    while open_ or living:
        if open_ and select.select([server], [], [], 0.005)[0]:
            line = server.makefile("rb", buffering=0).readline()
            if line:
                born = _bear(json.loads(line), live)
                living.add(born)
                server.sendall(str(born).encode())
            else:
                open_ = False
        for pid in list(living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                living.discard(pid)
                write_whole(folder / f"exit-{pid}", str(os.waitstatus_to_exitcode(status)).encode())
        if not open_:
            time.sleep(0.004)


def _bear(wanted, live):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _become(Path(wanted["log"]))
            os.setsid()
            os.environ.update(wanted["env"])
            code = live(wanted["command"], wanted["server"])
        except BaseException:  # noqa: BLE001 - told to whoever waits, or printed
            traceback.print_exc()
        _leave(code)
    return pid


def adopt_orphans():
    """Let workers whose server died become children of this process, which can then wait for them."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def collect_orphans():
    """Wait for every process that is left; give how many there were."""
    count, deadline = 0, time.monotonic() + LIMIT_SECONDS
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return count
        if pid == 0:
            if time.monotonic() > deadline:
                raise Broken("a process that nobody waits for still runs")
            time.sleep(0.004)
        else:
            count += 1


def _become(log, keep=()):
    """Leave everything of the parent behind but memory: its files and its ways with signals."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    target = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    first = 3
    for number in sorted(keep):
        os.closerange(first, number)
        first = number + 1
    os.closerange(first, 512)


def _live(act, writing):
    def say(value):
        os.write(writing, json.dumps(value).encode() + b"\n")

    try:
        say({"value": act(say)})
    except ShelfLensError as error:
        say({"value": {"refused": f"{type(error).__name__}: {error}"}})
    except BaseException:  # noqa: BLE001 - told to whoever waits, or printed
        say({"fault": traceback.format_exc()[-3000:]})
    _leave(0)


def _leave(code):
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
