"""A folder of pictures as a source: one product a picture, its folders the category."""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalog.picture_formats import looks_like_picture, printable, read_head
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

SPLIT_FOLDERS = {
    "train": "train",
    "validation": "validation",
    "val": "validation",
    "valid": "validation",
    "test": "test",
}

PICTURE_SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".mpo",
        ".png",
        ".apng",
        ".webp",
        ".gif",
        ".bmp",
        ".dib",
        ".tif",
        ".tiff",
        ".avif",
        ".avifs",
    ]
)

# What systems leave behind in folders; nobody means to import it.
SYSTEM_NAMES = frozenset(
    ["__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found"]
) | {"system volume information"}

# Names that say nothing: hashes, UUIDs, numbers, what cameras count.
NAMELESS = re.compile(
    r"[\d\W_]+|(?=.*\d)[0-9a-f]{8,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(img|dsc|dscn|dscf|pxl|mvimg|photo|image)[\d\W_]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Found:
    """A file of the folder: its key, which is its printable path, and the file itself."""

    key: str
    path: Path


class FolderSource:
    """Pictures in category folders.

    `FOLDER/<category>/...`: deeper folders are deeper levels of the category. Top folders named train, validation
    (val, valid) or test, in any case, are splits; the category begins below them. Pictures right in the folder have
    no category. The `product_id` is the path relative to the folder, with "/", in Unicode's composed form (NFC).

    Hidden files, what systems leave behind and homes of ShelfLens are passed over. Links to files inside the folder
    are followed, all others are listed as skipped, like every file that is no picture.

    Args:
        folder: Where the pictures are.
        labels: "parts" makes labels of the name of a picture's folder: those in "black_jeans" are "black" and "jeans".
            They are the attribute "labels". None makes none.

    Raises:
        CatalogError: There is no such folder, or it cannot be read.
    """

    def __init__(self, folder: Path | str, *, labels: str | None = None) -> None:
        self._labels = labels
        self._folder = _checked_folder(Path(folder))
        self._found: list[_Found] | None = None
        self._skipped: list[SkippedFile] = []

    @property
    def description(self) -> str:
        """The absolute path of the folder, printable."""
        return printable(str(self._folder))

    def count(self) -> int:
        """Return the number of files that may be pictures."""
        return len(self._files())

    def keys(self) -> set[str]:
        """Return the `product_id` of every file that may be a picture."""
        return {found.key for found in self._files()}

    def records(self) -> Iterator[SourceRecord]:
        """Yield a product a picture, sorted by path."""
        for found in self._files():
            yield _record(found, self._labels)

    def skipped(self) -> list[SkippedFile]:
        """Return links, files that begin like no picture, and what cannot be listed."""
        self._files()
        return list(self._skipped)

    def _files(self) -> list[_Found]:
        """Walk the folder at the first call; later calls see the same files."""
        if self._found is None:
            paths = sorted(self._walk(), key=lambda found: (found.key.split("/"), os.fsencode(found.path)))
            self._found = _distinct(paths)
        return self._found

    def _walk(self) -> Iterator[_Found]:
        """Yield every usable file below the folder, in no order."""
        open_folders = [self._folder]
        while open_folders:
            folder = open_folders.pop()
            try:
                entries = list(os.scandir(folder))
            except OSError as error:
                self._skip(folder, "unreadable", f"the folder cannot be listed: {error.strerror}")
                continue
            if _is_home(entries):
                continue
            for entry in entries:
                if entry.name.startswith(".") or entry.name.casefold() in SYSTEM_NAMES:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    open_folders.append(Path(entry.path))
                elif self._is_usable(entry):
                    yield _Found(self._key(Path(entry.path)), Path(entry.path))

    def _is_usable(self, entry: os.DirEntry[str]) -> bool:
        """Tell whether a file may be a picture; one that cannot is listed as skipped."""
        path = Path(entry.path)
        try:
            if entry.is_symlink() and not self._leads_inside(path):
                return False
            if not stat.S_ISREG(entry.stat().st_mode):
                self._skip(path, "not_a_picture", "no ordinary file")
                return False
            if path.suffix.lower() in PICTURE_SUFFIXES:
                return True
            head = read_head(path)
        except OSError as error:
            self._skip(path, "unreadable", error.strerror or str(error))
            return False
        if not looks_like_picture(head):
            self._skip(path, "not_a_picture" if head else "empty", "")
            return False
        return True

    def _leads_inside(self, link: Path) -> bool:
        """Tell whether a link leads to a file inside the folder; any other is listed as skipped."""
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: links in a circle
            self._skip(link, "link", "leads nowhere")
            return False
        if not target.is_relative_to(self._folder):
            self._skip(link, "link", "leads out of the source")
        elif target.is_dir():
            self._skip(link, "link", "leads to a folder that is listed itself")
        else:
            return True
        return False

    def _key(self, path: Path) -> str:
        """Name a file by its path relative to the folder, as text that can be shown."""
        return unicodedata.normalize("NFC", printable(path.relative_to(self._folder).as_posix()))

    def _skip(self, path: Path, reason: str, detail: str) -> None:
        self._skipped.append(SkippedFile(self._key(path), reason, detail))


def open_folder_source(home: Home, text: str, settings: SourceSettings, progress: Progress) -> FolderSource:
    """Open a folder of pictures; it needs neither the home nor much time."""
    return FolderSource(Path(text), labels=settings.labels)


def _checked_folder(folder: Path) -> Path:
    """Return the folder itself, links resolved."""
    shown = printable(str(folder))
    try:
        real = folder.expanduser().resolve(strict=True)
        is_folder = real.is_dir()
    except (OSError, RuntimeError) as error:
        raise CatalogError(f"{shown} is not there: expected a folder of pictures; check the path") from error
    if not is_folder:
        raise CatalogError(f"{shown} is a file: expected a folder of pictures; name the folder it is in")
    if not os.access(real, os.R_OK | os.X_OK):
        raise CatalogError(f"{shown} may not be read: ask its owner for the permission")
    return real


def _is_home(entries: list[os.DirEntry[str]]) -> bool:
    """Tell a home of ShelfLens from other folders: importing its pictures again would never end."""
    return {"home.json", "pictures", "thumbnails"} <= {entry.name for entry in entries}


def _distinct(files: list[_Found]) -> list[_Found]:
    """Number keys that became equal by normalising: "a.jpg", "a.jpg#2"."""
    taken: set[str] = set()
    last: dict[str, int] = {}  # without it, ten thousand spellings of one name would take a minute
    distinct = []
    for found in files:
        key, number = found.key, last.get(found.key, 1)
        while key in taken:
            number += 1
            key = f"{found.key}#{number}"
        taken.add(key)
        last[found.key] = number
        distinct.append(_Found(key, found.path))
    return distinct


def _record(found: _Found, labels: str | None) -> SourceRecord:
    """Describe the product that a picture's path tells of."""
    *folders, _name = found.key.split("/")
    split = SPLIT_FOLDERS.get(folders[0].casefold()) if folders else None
    levels = tuple(folders[1:] if split else folders)
    return SourceRecord(
        product_id=found.key,
        title=_title(found.key, levels),
        category=levels,
        split=split,
        attributes=_labels(levels) if labels == "parts" else {},
        pictures=(SourcePicture(found.key, found.path),),
        needs_picture=True,
    )


def _labels(levels: tuple[str, ...]) -> dict[str, list[str]]:
    """Make labels of the innermost folder's name, each once."""
    parts = levels[-1].split("_") if levels else []
    labels = list(dict.fromkeys(label for part in parts if (label := part.strip())))
    return {"labels": labels} if labels else {}


def _title(key: str, levels: tuple[str, ...]) -> str:
    """Make a title of a file name; one that says nothing gives way to the innermost category."""
    stem = re.sub(r"\.\w{1,5}(#\d+)?$", "", key.rsplit("/", 1)[-1])
    words = re.sub(r"[_\s]+", " ", stem).strip()
    if levels and NAMELESS.fullmatch(stem):
        words = re.sub(r"[_\s]+", " ", levels[-1]).strip()
    return words or key
