"""A column of texts in two arrays, which can stay on the disk until a row of it is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TextColumn:
    """N texts.

    Attributes:
        ends: int64 (N,), where each text ends among the bytes.
        data: uint8, all texts in UTF-8, one after the other.
        more: Texts behind those, as they came later.
    """

    ends: np.ndarray
    data: np.ndarray
    more: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextColumn":
        """Make a column of texts."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        lengths = np.fromiter((len(text) for text in encoded), dtype=np.int64, count=len(encoded))
        return cls(np.cumsum(lengths), np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def extended(self, texts: Sequence[str]) -> "TextColumn":
        """Give the column with further texts behind the present ones."""
        return TextColumn(self.ends, self.data, (*self.more, *texts)) if texts else self

    def __len__(self) -> int:
        return len(self.ends) + len(self.more)

    def __getitem__(self, row: int) -> str:
        if row >= len(self.ends):
            return self.more[row - len(self.ends)]
        start = int(self.ends[row - 1]) if row else 0
        return self.data[start : int(self.ends[row])].tobytes().decode("utf-8", "surrogatepass")
