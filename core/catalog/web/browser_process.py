"""The browser as a program: where it is, how it is started, how much memory it takes."""

import os
import shutil
import signal
from pathlib import Path

from core.errors import CatalogError

MOST_MEMORY_BYTES = 2 * 2**30
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")

# Nothing is asked that no page asks for, nothing is kept, and nothing goes around the proxy: neither names that are
# looked up nor calls from browser to browser (WebRTC).
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-webgl",
    "--disable-features=WebBluetooth,WebUSB,Prerender2,SpeculationRulesPrefetchFuture,OptimizationHints,MediaRouter",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--js-flags=--max-old-space-size=512",
    "--mute-audio",
    "--no-first-run",
    "--no-pings",
)


def browser_program() -> str:
    """Find Chromium: ``SHELFLENS_CHROMIUM``, else as the system knows it.

    Raises:
        CatalogError: There is none; the message says how to get it.
    """
    named = os.environ.get("SHELFLENS_CHROMIUM")
    if named:
        if not (Path(named).is_file() and os.access(named, os.X_OK)):
            raise CatalogError(f"SHELFLENS_CHROMIUM names {named}, which is no program: expected Chromium's path")
        return named
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise CatalogError(
            "no Chromium was found, and this page needs a browser: install the package `chromium`, or name the program "
            "in SHELFLENS_CHROMIUM; pages that need none are read with render=static"
        )
    return found


def has_own_sandbox() -> bool:
    """Tell whether Chromium can shut its pages off from the system by itself: not when everything runs as root."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


def browser_environment(folder: Path) -> dict[str, str | float | bool]:
    """Give the environment of the browser: no more of ours than it needs, its home an empty folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}


def find_browser(mark: str) -> int | None:
    """Find the process whose arguments hold a mark, where the system lists them in ``/proc``; None elsewhere."""
    for each in _processes():
        try:
            words = (each / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        # The processes it starts carry some of its arguments, but also their own kind.
        if mark.encode() in words and not any(word.startswith(b"--type=") for word in words):
            return int(each.name)
    return None


def memory_of(pid: int) -> int:
    """Give the bytes a process and all it started keep in memory."""
    parents = {int(each.name): _parent(each) for each in _processes()}
    family, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return sum(map(_resident, family))


def kill_browser(mark: str) -> None:
    """End the browser with that mark at once; the processes it started end with it."""
    pid = find_browser(mark)
    if pid is not None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _processes() -> list[Path]:
    root = Path("/proc")
    return [each for each in root.iterdir() if each.name.isdigit()] if root.is_dir() else []


def _parent(process: Path) -> int:
    try:
        text = (process / "stat").read_text(errors="replace")
        return int(text[text.rindex(")") + 2 :].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _resident(pid: int) -> int:
    """Bytes of a process in memory, without what its family shares."""
    try:
        size, resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[:3])
    except (OSError, ValueError):
        return 0
    return max(0, min(size, resident - shared)) * os.sysconf("SC_PAGE_SIZE")
