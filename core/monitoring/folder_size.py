"""How much a folder takes."""

import os
from pathlib import Path


def folder_bytes(folder: Path) -> int:
    """Count the bytes of the files below a folder; links are not followed, what goes away meanwhile is passed over."""
    total, waiting = 0, [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += _bytes_of(entry)
        except OSError:
            continue
    return total


def _bytes_of(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
