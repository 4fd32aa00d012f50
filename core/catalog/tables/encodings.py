"""Which encoding a text table is in, found from its bytes."""

import codecs
from pathlib import Path
from typing import BinaryIO

from core.errors import SettingsError

SAMPLE_BYTES = 256 * 1024
CHUNK_BYTES = 2**20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Text encodings of Python that are no encodings of files; punycode takes quadratic time besides.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})

# What charset-normalizer may choose from: encodings that tables are really found in.
_LIKELY = [
    "cp1252",
    "latin_1",
    "iso8859_15",
    "cp1250",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "shift_jis",
    "cp932",
    "euc_jp",
    "euc_kr",
    "cp949",
    "mac_roman",
    "cp437",
    "cp850",
]

_WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜŸ€£’‘“”„–—…•°©®™«»½´·\xa0")


def check_encoding(name: str) -> str:
    """Check an encoding that a user named.

    Returns:
        What Python calls it.

    Raises:
        SettingsError: There is no such text encoding.
    """
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError) as error:
        raise SettingsError(f"there is no encoding {name[:60]!r}; name one such as utf-8, cp1252 or gb18030") from error
    if not found._is_text_encoding or found.name.replace("-", "_") in _REFUSED:
        raise SettingsError(f"{name[:60]!r} is no encoding of text files; name one such as utf-8, cp1252 or gb18030")
    return found.name


def detect_encoding(path: Path) -> str:
    """Find out the encoding of a text file.

    A byte order mark says it. Without one a file whose every byte is right in UTF-8 is UTF-8: the whole file is looked
    at, because the first name with an accent may stand in its last row. Else it is guessed from the part around the
    first bytes that are no UTF-8.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        wide = _wide(head)
        if wide:
            return wide
        file.seek(0)
        odd = _first_odd_chunk(file)
    return "utf-8" if odd is None else _guess(odd)


def _wide(head: bytes) -> str | None:
    """Recognize UTF-16 and UTF-32 without a mark: text has few zero bytes, wide text many, and reads well as such."""
    part = head[: 4096 - len(head[:4096]) % 4] or head[:0]
    if len(part) < 8 or part.count(0) <= len(part) // 20:
        return None
    odd = part[1::2].count(0) / part.count(0)  # where the zeros of UTF-16 are says which of its bytes comes first
    names = ("utf-16-le",) if odd > 0.9 else ("utf-16-be",) if odd < 0.1 else ()
    for name in ("utf-32-le", "utf-32-be", *names):
        try:
            text = codecs.getincrementaldecoder(name)().decode(part)
        except UnicodeDecodeError:
            continue
        usual = sum(each in '\r\n\t,;|"' or " " < each < "\x7f" for each in text)
        if "\0" not in text and ("\n" in text or "\r" in text) and usual > len(text) // 20:
            return name
    return None


def _first_odd_chunk(file: BinaryIO) -> bytes | None:
    """Return a part of the file around its first bytes that are no UTF-8; None when all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    while chunk := file.read(CHUNK_BYTES):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            place = len(before) + max(0, error.start - 4)
            return (before + chunk)[max(0, place - SAMPLE_BYTES // 2) :][:SAMPLE_BYTES]
        before = chunk
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return before[-SAMPLE_BYTES:]
    return None


def _guess(sample: bytes) -> str:
    """Guess the encoding of bytes that are not all UTF-8."""
    text = sample.decode("utf-8", errors="replace")
    wrong = text.count("\N{REPLACEMENT CHARACTER}")
    right = sum(each > "\x7f" for each in text) - wrong
    if right > 20 * wrong:
        return "utf-8"  # a few damaged letters; any other encoding would spoil all the right ones
    if _is_western(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=_LIKELY, steps=5, chunk_size=512).best()
    name = found.encoding if found else "cp1252"
    # cp1252 is Latin 1 with printable characters where that has control characters.
    return "cp1252" if name in ("latin_1", "ascii", "iso8859_15") else name


def _is_western(sample: bytes) -> bool:
    """Tell whether bytes read in cp1252 give nothing but what Western European languages and shops write.

    A few accents in English letters look much alike in every Latin encoding, so that statistics choose any of them.
    """
    try:
        beyond = {each for each in sample.decode("cp1252") if each > "\x7f"}
    except UnicodeDecodeError:
        return False
    return beyond <= _WESTERN
