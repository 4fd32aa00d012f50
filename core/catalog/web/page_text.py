"""The text of a page: its bytes decoded as a browser would, its pieces made fit to be shown."""

import codecs
import re

LONGEST_TEXT = 2000
"""Characters kept of one field of a product."""

# What browsers understand by names that are older than what they are used for. Source: WHATWG Encoding Standard.
_BROWSER_NAMES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-874": "cp874",
}
# Python knows codecs that are no encodings of text, and some that are slow or run code; a page names none of those.
_KNOWN = re.compile(r"utf-8|utf-16(-le|-be)?|cp\d+|iso8859-\d+|koi8-[a-z]|mac-[a-z]+|gb18030|big5(hkscs)?|euc_(jp|kr)")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD_BYTES = 4096
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_IN_PAGE = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_BLANKS = re.compile(r"\s+")


def decode_page(data: bytes, content_type: str | None) -> str:
    """Decode a page: a byte order mark goes before what the server says, that before the page's own word.

    Without any of the three it is UTF-8, or Windows' western encoding where it is not. Bytes that mean nothing
    become the replacement character.

    Args:
        data: The page.
        content_type: The server's header, as ``text/html; charset=utf-8``.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace")
    named = _IN_HEADER.search(content_type or "")
    name: str | None = _codec(named[1]) if named else None
    if name is None:
        written = _IN_PAGE.search(data[:_HEAD_BYTES])
        name = _codec(written[1].decode("ascii", "replace")) if written else None
        if name and name.startswith("utf-16"):  # the page could not be read so far if that were true
            name = "utf-8"
    if name is not None:
        return data.decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _codec(name: str) -> str | None:
    """Give Python's name of an encoding that a page may be in; None for any other."""
    try:
        found = codecs.lookup(_BROWSER_NAMES.get(name.lower(), name)).name
    except (LookupError, ValueError):
        return None
    return found if _KNOWN.fullmatch(found) else None


def clean_text(text: object, *, longest: int = LONGEST_TEXT) -> str:
    """Make one line of a foreign text: without control and direction marks, halves of characters and doubled blanks."""
    flat = _UNSEEN.sub(" ", str(text)[: longest * 8])
    return _BLANKS.sub(" ", flat).strip()[:longest].rstrip()
