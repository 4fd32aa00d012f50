"""Text similarity of titles: words weighted by how rare they are, hashed, kept as lists of products by word.

    weight of a word in a title  (1 + ln count) * (1 + ln((1 + N) / (1 + titles with it)))
    similarity                   cosine of two titles' weights, 0..1

Words are runs of letters and digits, lower case, without accents; a number of 2^18 stands for each (CRC-32), so that
nothing grows with the vocabulary. Source: Salton and Buckley, "Term-weighting approaches" (1988), smoothed idf.
"""

import re
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_WORD = re.compile(r"[^\W_]+")
_BUCKETS = 1 << 18
_MOST_CHARACTERS = 2_000
_MOST_REMEMBERED = 200_000
_MOST_WORDS = 64  # of one title; more is no title


def title_words(title: str) -> list[str]:
    """Give the words of a title, lower case and without accents."""
    plain = title[:_MOST_CHARACTERS].casefold()
    if not plain.isascii():  # four times as slow, and most titles need none of it
        signs = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in signs if not unicodedata.combining(sign)).casefold()
    return _WORD.findall(plain)[:_MOST_WORDS]


@dataclass(frozen=True)
class TitleIndex:
    """The words of N titles, by word.

    Attributes:
        starts: int64 (2^18 + 1,): where the products of each word begin.
        rows: int32 (entries,): the products, ascending within a word.
        weights: float32 (entries,): what the word weighs in the product's title of length 1.
        idf: float32 (2^18,).
        known: bool (N,): which products have words at all.
    """

    starts: np.ndarray
    rows: np.ndarray
    weights: np.ndarray
    idf: np.ndarray
    known: np.ndarray

    def weights_of(self, title: str) -> dict[int, float]:
        """Weigh the words of a title by their numbers; the squares of the weights have sum 1."""
        counted = Counter(map(_bucket, title_words(title)))
        weights = {word: (1 + np.log(count)) * float(self.idf[word]) for word, count in sorted(counted.items())}
        length = float(np.sqrt(sum(weight * weight for weight in weights.values())))
        return {word: weight / length for word, weight in weights.items()} if length > 0 else {}

    def similarities(self, weights: dict[int, float]) -> np.ndarray:
        """Compare weighted words with all titles.

        Returns:
            float32 (N,), 0..1; NaN where a title, or the query, has no words.
        """
        if not weights:
            return np.full(len(self.known), np.nan, np.float32)
        scores = np.zeros(len(self.known), np.float32)
        for word, weight in weights.items():
            entries = slice(self.starts[word], self.starts[word + 1])
            scores[self.rows[entries]] += np.float32(weight) * self.weights[entries]  # a word names a product once
        scores[~self.known] = np.nan
        return np.clip(scores, 0.0, 1.0, out=scores)


def index_titles(titles: Sequence[str | None]) -> TitleIndex:
    """Index N titles; None or a title without words is missing."""
    rows, words, counts = _counted_words(titles)
    in_titles = np.bincount(words, minlength=_BUCKETS) if len(words) else np.zeros(_BUCKETS, np.int64)
    idf = (1 + np.log((1 + len(titles)) / (1 + in_titles))).astype(np.float32)
    weights = (1 + np.log(counts)) * idf[words]
    lengths = np.sqrt(np.bincount(rows, weights * weights, minlength=len(titles)))
    shares = (weights / np.where(lengths > 0, lengths, 1)[rows]).astype(np.float32)
    order = np.argsort(words, kind="stable")  # rows stay ascending within a word
    starts = np.concatenate([[0], np.cumsum(in_titles)])
    return TitleIndex(starts, rows[order], shares[order], idf, lengths > 0)


def _counted_words(titles: Sequence[str | None]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the words of each title; rows int32, words int64 and counts float64, by row and then by word."""
    numbers = _WordNumbers()
    flat, lengths = array("i"), np.zeros(len(titles), np.int64)
    for row, title in enumerate(titles):
        if title:
            found = title_words(title)
            lengths[row] = len(found)
            flat.extend(map(numbers.__getitem__, found))
    of_row = np.repeat(np.arange(len(titles)), lengths)
    pairs, counts = np.unique(of_row * _BUCKETS + np.array(flat, np.int64), return_counts=True)
    return (pairs // _BUCKETS).astype(np.int32), pairs % _BUCKETS, counts.astype(np.float64)


class _WordNumbers(dict[str, int]):
    """The numbers of words already met: most words of a catalog come again and again."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        number = self[word] = _bucket(word)
        return number


def _bucket(word: str) -> int:
    return zlib.crc32(word.encode()) % _BUCKETS
