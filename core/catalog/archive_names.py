"""Names of the files in an archive: which may become a path below a folder, and which may not."""

import os
import re
import unicodedata

from core.catalog.picture_formats import CONTROL_CHARACTERS, printable

MOST_LEVELS = 40
LONGEST_PATH_BYTES = 2_000
LONGEST_PART_BYTES = 255

# Signs that turn the direction of reading or end a line: a name with them is not what it seems.
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_DRIVE = re.compile(r"[A-Za-z]:")
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*[. ]|.*[:*?\"<>|].*", re.IGNORECASE)


def safe_parts(name: str) -> tuple[str, ...]:
    """Part the name of an archive's file into folders and file, fit for joining to a folder.

    Args:
        name: As the archive has it; bytes that are no UTF-8 as lone surrogates.

    Raises:
        ValueError: It leads out of the folder or cannot be a file's name; the message says why.
    """
    text = unicodedata.normalize("NFC", _text(name)).replace("\\", "/")
    if CONTROL_CHARACTERS.search(text) or _DECEIVING.search(text):
        raise ValueError("the name holds control characters")
    if text.startswith("/") or _DRIVE.match(text):
        raise ValueError("the name begins at the root of a disk")
    parts = tuple(part for part in text.split("/") if part not in ("", "."))
    if ".." in parts:
        raise ValueError("the name leads out of the archive")
    _check_length(text, parts)
    if os.name == "nt" and any(_WINDOWS_DEVICE.fullmatch(part) for part in parts):
        raise ValueError("Windows can have no file of this name")
    return parts


def shown_name(name: str) -> str:
    """Give a name as text that can be shown, whatever is in it."""
    return _DECEIVING.sub(lambda found: f"\\u{ord(found[0]):04x}", printable(name))


def collision_key(parts: tuple[str, ...]) -> str:
    """Give a text that is the same for names that some file systems take for one, such as "A.jpg" and "a.jpg"."""
    return unicodedata.normalize("NFC", "/".join(parts).casefold())


def _check_length(text: str, parts: tuple[str, ...]) -> None:
    if not parts:
        raise ValueError("the name is empty")
    if len(parts) > MOST_LEVELS or len(text.encode()) > LONGEST_PATH_BYTES:
        raise ValueError(f"the name is longer than {LONGEST_PATH_BYTES} bytes or {MOST_LEVELS} folders")
    if any(len(part.encode()) > LONGEST_PART_BYTES for part in parts):
        raise ValueError(f"a part of the name is longer than {LONGEST_PART_BYTES} bytes")


def _text(name: str) -> str:
    """Read a name that is no UTF-8 as Windows' western encoding, the one it most likely is."""
    raw = name.encode("utf-8", "surrogateescape" if _only_bytes(name) else "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _only_bytes(name: str) -> bool:
    """Tell whether every lone surrogate stands for a byte."""
    return all("\udc80" <= sign <= "\udcff" for sign in name if "\ud800" <= sign <= "\udfff")
