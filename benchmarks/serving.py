"""A Streamlit server for as long as a benchmark needs it, and the browser that visits it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from benchmarks.measuring import ROOT

START_SECONDS = 60.0
_QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
_WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@contextmanager
def serving(words: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Iterator[str]:
    """Start ``python -m WORDS`` on a free port; give its address once it is healthy; stop it at the end.

    Raises:
        SystemExit: It did not come up within a minute.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", *words, *options],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not is_healthy(address, server):
            raise SystemExit(f"{address} did not start within {START_SECONDS:.0f} seconds")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def open_browser(playwright: Playwright, *, webgl: bool = False) -> Browser:
    """Open Chromium without a graphics card, the system's where there is one; WebGL is then drawn by the processor."""
    drawn = _WEBGL if webgl else ("--disable-gpu",)
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*_QUIET, *drawn])


def is_healthy(address: str, server: "subprocess.Popen[bytes]") -> bool:
    """Wait until a server that was just started answers; False when it ended or took longer than a minute."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False
