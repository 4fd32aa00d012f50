"""What is left of files and folders whose writer died: they kept the hidden name ``.*.tmp`` that whole ones lose."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

OLD_SECONDS = 86_400.0
"""What nobody has touched for so long is written by nobody any more."""


def leftovers(folder: Path) -> Iterator[Path]:
    """Find those below a folder that are older than a day; links are neither followed nor found."""
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                entries = [entry for entry in found if not entry.is_symlink()]
        except OSError:  # tidied away meanwhile
            continue
        for entry in entries:
            if not (entry.name.startswith(".") and entry.name.endswith(".tmp")):
                waiting += [entry.path] if entry.is_dir(follow_symlinks=False) else []
            elif time.time() - _last_touched(Path(entry.path)) > OLD_SECONDS:
                yield Path(entry.path)


def remove_leftover(path: Path) -> bool:
    """Delete one; False when it stays."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _last_touched(path: Path) -> float:
    """Tell when it, or anything in it, was written last: long work writes deep in a folder, whose own time stands."""
    inside = (Path(parent, name) for parent, folders, files in os.walk(path) for name in (*folders, *files))
    return max(_written(each) for each in (path, *inside))


def _written(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return time.time()  # somebody is at it
