"""Changing samples at random, repeatably: bytes, lengths, words of a format, and values inside JSON."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

MOST_BYTES = 2**18
_EDGES = (0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
_WIDE_EDGES = (2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
_SPECIAL_BYTES = (0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x20, 0x22, 0x27, 0x2C, 0x2E, 0x2F, 0x5C, 0x7F, 0x80, 0xFF)
WORDS = (
    b"=1+1", b"-1", b"1e999", b"NaN", b"Infinity", b"null", b"true", b"../../etc/passwd", b"/etc/passwd", b"\0",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[2J", b"http://127.0.0.1/", b"file:///x",
    b"<script>", b"%00", b"%s%n", b"{}", b"[]", b"'\"", b"9" * 40, b"a" * 300, b"\r\n", b"\xc2\x85", b"\xe2\x80\xa8",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400, 0.5, -0.0, 1e308,
    float("nan"), float("inf"), "", "0", "x", "../../x", "\0", "\x1b[2J", "\ud800", "\u202e", "=1+1", "x" * 300, [],
    [None], [[]], {}, {"": None}, {"a": {"b": [1]}},
)  # fmt: skip


class Mutator:
    """Makes hostile variants of samples.

    Args:
        seed: The same seed makes the same variants.
        words: Further words of the format.
        json_share: How often values inside a JSON text are changed rather than its bytes.
    """

    def __init__(self, seed: int, *, words: Sequence[bytes] = (), json_share: float = 0.35) -> None:
        self.random = random.Random(seed)
        self._json_share = json_share
        self._words = (*WORDS, *words)
        self._steps: tuple[Callable[[bytearray], None], ...] = (
            self._flip, self._replace, self._length, self._word, self._cut_out, self._repeat, self._swap,
        )  # fmt: skip

    def changed(self, sample: bytes, others: Sequence[bytes] = ()) -> bytes:
        """Change a sample in one to six places; now and then cut it short, or go on with another sample."""
        if self.random.random() < self._json_share:
            written = self._changed_json(sample)
            if written is not None:
                return written
        choice = self.random.random()
        if choice < 0.12 and others:
            return self._spliced(sample, self.random.choice(others))
        if choice < 0.22 and sample:
            return sample[: self.random.randrange(len(sample))]
        data = bytearray(sample[:MOST_BYTES])
        for _ in range(self.random.choice((1, 1, 1, 2, 3, 6))):
            self.random.choice(self._steps)(data)
        return bytes(data[:MOST_BYTES])

    def changed_parts(self, parts: dict[str, bytes]) -> dict[str, bytes]:
        """Change one part of an archive: its content or, less often, its name; or leave it out."""
        name = self.random.choice(sorted(parts))
        found = dict(parts)
        data = found.pop(name)
        choice = self.random.random()
        if choice < 0.85:
            return found | {name: self.changed(data, list(parts.values()))}
        if choice < 0.95:
            return found | {self.changed(name.encode()).decode("utf-8", "replace")[:300] or "x": data}
        return found

    def _place(self, data: bytearray) -> int:
        return self.random.randrange(len(data)) if data else 0

    def _flip(self, data: bytearray) -> None:
        if data:
            data[self._place(data)] ^= 1 << self.random.randrange(8)

    def _replace(self, data: bytearray) -> None:
        if data:
            data[self._place(data)] = self.random.choice((*_SPECIAL_BYTES, self.random.randrange(256)))

    def _length(self, data: bytearray) -> None:
        """Write a number on the edge of its width over whatever stands there, as lengths and counts are written."""
        width = self.random.choice((1, 2, 4, 4, 8))
        edges = _EDGES if width < 8 else (*_EDGES, *_WIDE_EDGES)
        number = self.random.choice(edges) % 2 ** (8 * width)
        place = self._place(data)
        data[place : place + width] = number.to_bytes(width, self.random.choice(("little", "big")))

    def _word(self, data: bytearray) -> None:
        word = self.random.choice(self._words)
        place = self._place(data)
        data[place : place + (len(word) if self.random.random() < 0.5 else 0)] = word

    def _cut_out(self, data: bytearray) -> None:
        place = self._place(data)
        del data[place : place + self.random.choice((1, 2, 4, 16, 64, 1024))]

    def _repeat(self, data: bytearray) -> None:
        place = self._place(data)
        piece = data[place : place + self.random.choice((1, 4, 32, 256))]
        data[place:place] = piece * self.random.choice((1, 2, 8, 64))

    def _swap(self, data: bytearray) -> None:
        one, other = sorted((self._place(data), self._place(data)))
        data[:] = data[:one] + data[other:] + data[one:other]

    def _spliced(self, sample: bytes, other: bytes) -> bytes:
        kept = sample[: self.random.randrange(len(sample) + 1)]
        return (kept + other[self.random.randrange(len(other) + 1) :])[:MOST_BYTES]

    def _changed_json(self, sample: bytes) -> bytes | None:
        """Change a value deep inside a JSON text; None where the sample is none."""
        try:
            value = json.loads(sample)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict | list) or not value:
            return None
        for _ in range(self.random.choice((1, 1, 2, 4))):
            self._change_inside(value)
        try:
            return json.dumps(value, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        except ValueError:  # a value that contains itself
            return None

    def _change_inside(self, value: Any) -> None:
        while True:
            keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
            if not keys:
                return
            key = self.random.choice(keys)
            if isinstance(value[key], dict | list) and value[key] and self.random.random() < 0.8:
                value = value[key]
                continue
            break
        choice = self.random.random()
        if choice < 0.12:
            del value[key]
        elif choice < 0.2 and isinstance(value, dict):
            value[self.random.choice(("", "x", "__class__", "\0", key + "2"))] = value.pop(key)
        elif choice < 0.28 and isinstance(value, list):
            value.extend([value[key]] * self.random.choice((1, 20)))
        elif choice < 0.36 and isinstance(value[key], str):
            mutated = self.changed(value[key].encode("utf-8", "replace")[:300])
            value[key] = mutated.decode("utf-8", "replace")
        else:
            value[key] = json.loads(json.dumps(self.random.choice(_VALUES)))
