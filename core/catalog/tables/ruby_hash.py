"""Ruby hashes written as text, as in Flipkart's specifications: ``{"key"=>"Color", "value"=>"Red"}``."""

import re
from typing import Any

MOST_LEVELS = 50

_BLANK = re.compile(r"[\s]*")
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<symbol>:(?:\w+[?!]?|"(?:[^"\\]|\\.)*"))
    |(?P<number>-?\d{1,300}(?:\.\d{1,300})?(?:[eE][-+]?\d{1,3})?)
    |(?P<word>nil|true|false)(?!\w)
    |(?P<sign>=>|[{}\[\],])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "e": "", "a": "", "b": "", "f": "\n", "v": "\n", "s": " ", "0": ""}
_WORDS: dict[str, Any] = {"nil": None, "true": True, "false": False}


def parse_ruby(text: str) -> Any:
    """Read a value as Ruby's ``inspect`` writes it: hashes, arrays, texts, symbols, numbers, nil, true and false.

    Args:
        text: The whole value; nothing of it is evaluated.

    Returns:
        Dicts, lists, texts, numbers, None and booleans. Keys are texts.

    Raises:
        ValueError: It is not written so; the message says where.
    """
    reader = _Reader(text)
    value = reader.value(0)
    if reader.peek():
        raise reader.fault("the end")
    return value


class _Reader:
    """Takes a text apart, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: re.Match[str] | None = None
        self._place = 0
        self._advance()

    def peek(self) -> str:
        """Return the coming token, empty at the end."""
        return self._next[0] if self._next else ""

    def fault(self, expected: str) -> ValueError:
        """Say what should stand at the present place."""
        return ValueError(f"expected {expected} at character {self._place + 1}")

    def value(self, level: int) -> Any:
        """Read one value."""
        if level > MOST_LEVELS:
            raise ValueError(f"it is nested more than {MOST_LEVELS} levels deep")
        if self._next is None:
            raise self.fault("a value")
        kind, written = self._next.lastgroup, self._next[0]
        if written == "{":
            return self._hash(level)
        if written == "[":
            return self._array(level)
        if kind == "sign":
            raise self.fault("a value")
        self._advance()
        if kind == "number":
            return float(written) if set(written) & set(".eE") else int(written)
        return _WORDS[written] if kind == "word" else _unquoted(written.removeprefix(":"))

    def _hash(self, level: int) -> dict[str, Any]:
        self._take("{")
        values: dict[str, Any] = {}
        while self.peek() != "}":
            if values:
                self._take(",")
                if self.peek() == "}":
                    break
            key = self.value(level + 1)
            self._take("=>")
            if isinstance(key, dict | list):
                raise self.fault("a simple key")
            values[str(key)] = self.value(level + 1)
        self._take("}")
        return values

    def _array(self, level: int) -> list[Any]:
        self._take("[")
        values: list[Any] = []
        while self.peek() != "]":
            if values:
                self._take(",")
                if self.peek() == "]":
                    break
            values.append(self.value(level + 1))
        self._take("]")
        return values

    def _take(self, sign: str) -> None:
        if self.peek() != sign:
            raise self.fault(f"{sign!r}")
        self._advance()

    def _advance(self) -> None:
        start = self._next.end() if self._next else self._place
        blank = _BLANK.match(self._text, start)
        self._place = blank.end() if blank else start
        self._next = _TOKEN.match(self._text, self._place)
        if self._next is None and self._place < len(self._text):
            raise self.fault("a value or a sign")


def _unquoted(token: str) -> str:
    """Take the quotes off and resolve what is escaped."""
    if token[:1] not in ("'", '"'):
        return token
    return _ESCAPE.sub(_resolved, token[1:-1])


def _resolved(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _ESCAPED.get(found[4], found[4])
    number = int(code, 16)
    is_character = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_character else "\N{REPLACEMENT CHARACTER}"
