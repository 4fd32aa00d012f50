"""The folder that holds a table's pictures: finds them by name and never gives one from outside."""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from core.catalog.folder_source import PICTURE_SUFFIXES
from core.catalog.picture_formats import printable
from core.errors import CatalogError

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:|~")


class PictureFault(Exception):
    """A picture that a table names and that cannot be had; `reason` is a key of `SKIP_REASONS`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class PictureFolder:
    """Finds the pictures that rows name.

    Args:
        folder: Where they are.

    Raises:
        CatalogError: There is no such folder, or it may not be read.
    """

    def __init__(self, folder: str | Path) -> None:
        shown = printable(str(folder))
        try:
            self.root = Path(folder).expanduser().resolve(strict=True)
            is_folder = self.root.is_dir()
        except (OSError, RuntimeError, ValueError) as error:
            raise CatalogError(f"{shown} is not there: expected the folder of the pictures; check --images") from error
        if not is_folder or not os.access(self.root, os.R_OK | os.X_OK):
            raise CatalogError(f"{shown} is no folder that may be read: name that of the pictures with --images")
        self._safe_parents: set[str] = set()

    def find(self, name: str) -> Path:
        """Find a picture by the name a row gives it: relative to the folder, in any case of letters.

        Raises:
            PictureFault: It is not there, or leads out of the folder.
        """
        if _ABSOLUTE.match(name):
            raise PictureFault("outside", "an absolute path; only files in the folder of the pictures are read")
        parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
        if ".." in parts or "\0" in name:
            raise PictureFault("outside", "leads out of the folder of the pictures")
        if not parts:
            raise PictureFault("missing", "names no file")
        # A table often names its pictures together with the folder they are in.
        shorter = [parts[1:]] if len(parts) > 1 and parts[0] == self.root.name else []
        for each in (["/".join(parts)], *(["/".join(rest)] for rest in shorter)):
            if path := self._safe(each[0]):
                return path
        for rest in (parts, *shorter):
            known = self._by_name.get(_folded("/".join(rest)))
            if known and (path := self._safe(known)):
                return path
        raise PictureFault("missing", f"no such file in {printable(str(self.root))}")

    def of_product(self, product_id: str) -> Path | None:
        """Find ``<product_id>.<ext>``; the first in the order of names when there are several."""
        known = self._by_stem.get(_folded(product_id))
        return self._safe(known) if known else None

    def _safe(self, relative: str) -> Path | None:
        """Return a file of the folder; None when it is not there.

        Raises:
            PictureFault: A link leads out of the folder.
        """
        path = self.root / relative
        try:
            status = path.lstat()
            parent = str(path.parent)
            if stat.S_ISLNK(status.st_mode) or parent not in self._safe_parents:
                if not path.resolve(strict=True).is_relative_to(self.root):
                    raise PictureFault("link", "a link that leads out of the folder of the pictures")
                self._safe_parents.add(parent)
                status = path.stat()
        except (OSError, RuntimeError, ValueError):
            return None
        return path if stat.S_ISREG(status.st_mode) else None

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """Files by their folded path, read once and only when a name is not found as it is written."""
        return {_folded(name): name for name in self._files()}

    @cached_property
    def _by_stem(self) -> dict[str, str]:
        """Pictures by their folded path without the ending."""
        stems: dict[str, str] = {}
        for name in self._files():
            stem, suffix = os.path.splitext(name)  # noqa: PTH122 - of millions of names, Path takes too long
            if suffix.lower() in PICTURE_SUFFIXES:
                stems.setdefault(_folded(stem), name)
        return stems

    def _files(self) -> Iterator[str]:
        """Yield every file's path relative to the folder, in the order of names; links to folders are not entered."""
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            below = os.path.relpath(folder, self.root).replace(os.sep, "/")
            for name in sorted(names):
                yield name if below == "." else f"{below}/{name}"


def _folded(name: str) -> str:
    """Write a name so that spellings of one file are equal: composed, in small letters, with "/"."""
    text = name.replace("\\", "/")
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()
