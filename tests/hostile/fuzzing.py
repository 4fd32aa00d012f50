"""Fuzzing a parser: whatever comes in, it gives something or one clear error, in time and without side effects."""

import io
import json
import resource
import sys
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from core.errors import ShelfLensError
from core.home import Home, open_home
from tests.hostile.fuzz_mutation import Mutator
from tests.hostile.fuzz_sentry import Sentry, TooSlow

LONGEST_MESSAGE = 4_000
MOST_GROWTH_MIB = 1_024
"""How much an input may make the process grow: above what the largest honest input of these sizes takes."""

_ROOT = Path(__file__).parents[2]
_SENTRY: list[Sentry] = []


class Bench:
    """What a parser needs around it: a folder and, where it wants one, a home with a catalog.

    Args:
        folder: Empty; everything is written below it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: dict[str, Any] = {}

    @cached_property
    def home(self) -> Home:
        """A home of its own."""
        return open_home(self.folder / "home")

    def file(self, name: str, data: bytes) -> Path:
        """Write an input as a file."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        return path

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Make something at the first call and give it at every other."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]


@dataclass(frozen=True)
class Parser:
    """A parser to try.

    Attributes:
        name: Unique; also the folder of its inputs in the corpus.
        samples: Makes good inputs; an archive is given as its parts by name, so that parts are changed and packed
            again with sums that are right.
        read: Reads an input as the product does, to its end.
        words: Words of its format.
        pack: Packs parts.
        share: How many inputs it gets beside a quick parser's 1.
        may_start: Whether it reads in a process of its own.
        json_share: How often values inside a JSON text are changed rather than its bytes.
    """

    name: str
    samples: Callable[[], list[bytes | dict[str, bytes]]]
    read: Callable[[bytes, Bench], object]
    words: tuple[bytes, ...] = ()
    pack: Callable[[dict[str, bytes]], bytes] | None = None
    share: float = 1.0
    may_start: bool = False
    json_share: float = 0.35


@dataclass
class Defect:
    """Something a parser should not have done.

    Attributes:
        parser: Its name.
        what: Kind of exception or deed, and where.
        data: The input.
        detail: The stack, or what was noted.
    """

    parser: str
    what: str
    data: bytes
    detail: str


@dataclass
class Outcome:
    """What came of fuzzing one parser.

    Attributes:
        parser: Its name.
        tried: Inputs.
        refused: Ended in one clear error.
        accepted: Were read.
        defects: One of each kind.
        slowest_seconds: Processor seconds of the slowest input.
        grown_mib: By how much the process grew.
    """

    parser: str
    tried: int = 0
    refused: int = 0
    accepted: int = 0
    defects: dict[str, Defect] = field(default_factory=dict)
    slowest_seconds: float = 0.0
    grown_mib: float = 0.0


def sentry() -> Sentry:
    """Give the sentry of this process."""
    if not _SENTRY:
        _SENTRY.append(Sentry())
    return _SENTRY[0]


def fuzz(
    parser: Parser,
    bench: Bench,
    *,
    inputs: int,
    seed: int,
    before: Callable[[bytes], object] = lambda data: None,
) -> Outcome:
    """Try a parser with its samples as they are, then with changed ones.

    Args:
        parser: The parser.
        bench: What it needs around it.
        inputs: How many inputs, samples included.
        seed: The same seed makes the same inputs.
        before: Told every input before it is tried, should it end the process.
    """
    mutator = Mutator(seed, words=parser.words, json_share=parser.json_share)
    samples = parser.samples()
    packed = [each if isinstance(each, bytes) else _packed(parser, each) for each in samples]
    outcome = Outcome(parser.name)
    start_mib = _peak_mib()
    for number in range(inputs):
        if number < len(packed):
            data = packed[number]
        else:
            sample = mutator.random.randrange(len(samples))
            parts = samples[sample]
            if isinstance(parts, dict) and mutator.random.random() < 0.6:
                data = _packed(parser, mutator.changed_parts(parts))
            else:
                data = mutator.changed(packed[sample], packed)
        before(data)
        grown = max(outcome.grown_mib, 0)
        defect, seconds = attempt(parser, bench, data, outcome)
        outcome.slowest_seconds = max(outcome.slowest_seconds, seconds)
        outcome.grown_mib = _peak_mib() - start_mib
        if defect is None and outcome.grown_mib > MOST_GROWTH_MIB >= grown:
            defect = Defect(parser.name, "memory", data, f"grew by {outcome.grown_mib:.0f} MiB")
        if defect is not None:
            outcome.defects.setdefault(defect.what, defect)
    return outcome


def attempt(parser: Parser, bench: Bench, data: bytes, outcome: Outcome | None = None) -> tuple[Defect | None, float]:
    """Try one input; gives what was wrong, if anything, and the processor seconds it took."""
    counted = outcome or Outcome(parser.name)
    counted.tried += 1
    found: tuple[str, str] | None = None
    began = time.process_time()
    with sentry().watching(bench.folder, may_start=parser.may_start) as noted:
        try:
            with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                warnings.simplefilter("ignore")
                parser.read(data, bench)
            counted.accepted += 1
        except ShelfLensError as error:
            counted.refused += 1
            if not 0 < len(str(error)) <= LONGEST_MESSAGE:
                found = (f"message of {'no' if not str(error) else 'too many'} characters", str(error)[:500])
        except TooSlow:
            found = ("too slow", traceback.format_exc())
        except BaseException as error:  # everything else is what is looked for
            if isinstance(error, KeyboardInterrupt):
                raise
            found = (f"{type(error).__name__} at {_place(error)}", traceback.format_exc()[-3000:])
    if found is None and noted:
        found = (f"did {noted[0][:60]}", "\n".join(noted[:10]))
    defect = None if found is None else Defect(parser.name, found[0], data, found[1])
    return defect, time.process_time() - began


def smallest(parser: Parser, bench: Bench, defect: Defect, *, tries: int = 300) -> bytes:
    """Cut pieces out of an input for as long as the same defect shows."""
    data, size = defect.data, max(len(defect.data) // 2, 1)
    while size >= 1 and tries > 0:
        place, has_shrunk = 0, False
        while place < len(data) and tries > 0:
            fewer = data[:place] + data[place + size :]
            tries -= 1
            again, _ = attempt(parser, bench, fewer)
            if again is not None and again.what == defect.what:
                data, has_shrunk = fewer, True
            else:
                place += size
        size = size if has_shrunk and size > 1 else size // 2
    return data


def zip_parts(parts: dict[str, bytes]) -> bytes:
    """Pack parts as a zip."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "") or "x"), data)
    return buffer.getvalue()


def as_json(data: bytes) -> Any:
    """Read an input as the JSON value that a job's folder or a document holds.

    Raises:
        ShelfLensError: It is none; the product's own reader of JSON is tried by other parsers.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ShelfLensError("no JSON") from error


def _packed(parser: Parser, parts: dict[str, bytes]) -> bytes:
    return (parser.pack or zip_parts)(parts)


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "linux" else peak / 2**20


def _place(error: BaseException) -> str:
    """Name the innermost line of ours that an exception came through."""
    ours = [
        each
        for each in traceback.extract_tb(error.__traceback__)
        if each.filename.startswith((f"{_ROOT}/core", f"{_ROOT}/pages"))
    ]
    if not ours:
        return "the parser itself"
    return f"{ours[-1].filename.removeprefix(f'{_ROOT}/')}:{ours[-1].name}"
