"""Fuzzing every parser of what comes from outside: changed samples of each format, each in a process of its own.

Each input must give something or one error of ShelfLens, within 20 processor seconds and 1 GiB, without writing outside
its folder, asking the network, starting a program or looking up a pickled name. What breaks a parser is cut down and
kept in ``tests/hostile/corpus``, where the tests try it from then on.
"""

import argparse
import hashlib
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import markdown_table, show, versions
from tests.hostile.fuzz_corpus import folder_of
from tests.hostile.fuzz_parsers import PARSERS
from tests.hostile.fuzzing import Bench, Parser, fuzz, smallest

MOST_MEMORY_BYTES = 8 * 2**30
_LAST, _OUTCOME = "last-input", "outcome.json"
_TITLES = ("parser", "inputs", "refused", "read", "defects", "slowest, s", "grew, MiB")


def main() -> None:
    """Fuzz all parsers and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000, help="inputs for all parsers together")
    options.add_argument("--seed", type=int, default=1, help="makes the same inputs again")
    options.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = options.parse_args()
    started = time.monotonic()
    counts = _shares(given.inputs)
    results = [_fuzz_apart(parser, counts[parser.name], given.seed) for parser in PARSERS]
    rows = [_row(each) for each in results]
    total = {name: sum(each[name] for each in results) for name in ("tried", "refused", "accepted")}
    defects = [what for each in results for what in each["defects"]]
    rows.append(("all", total["tried"], total["refused"], total["accepted"], len(defects), "", ""))
    told = "".join(f"\n- {what}" for what in defects)
    body = f"{markdown_table(_TITLES, rows)}\n\n{_words(total['tried'], len(defects))}{told}"
    found = versions("numpy", "pillow", "pyarrow", "h5py", "pymongo", "sqlglot", "selectolax")
    result = {**total, "seed": given.seed, "seconds": round(time.monotonic() - started), "defects": defects}
    result |= {"parsers": len(results), "versions": found}
    words = f"--inputs {given.inputs} --seed {given.seed}"
    show("fuzz_parsers", "Hostile input: every parser fuzzed", body, result, write=given.write, data=words)


def _words(tried: int, defects: int) -> str:
    ends = "all of them ended in a reading or one clear error" if not defects else f"{defects} kinds of defects:"
    return (
        f"{tried:,} inputs: samples of every format, changed bit by bit, cut, spliced, with lengths, words and values "
        f"put in; {ends}."
    )


def _shares(inputs: int) -> dict[str, int]:
    """Part the inputs by how quick a parser is."""
    whole = sum(parser.share for parser in PARSERS)
    return {parser.name: max(int(inputs * parser.share / whole), 30) for parser in PARSERS}


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    slowest, grown = f"{result['slowest_seconds']:.2f}", f"{result['grown_mib']:.0f}"
    numbers = (result[name] for name in ("tried", "refused", "accepted"))
    return (result["parser"], *numbers, len(result["defects"]), slowest, grown)


def _fuzz_apart(parser: Parser, inputs: int, seed: int) -> dict[str, Any]:
    """Fuzz one parser in a process of its own, whose death is a defect of the input it died of."""
    print(f"{parser.name}: {inputs} inputs", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="shelflens-fuzz-") as name:
        folder = Path(name)
        # A fork of this process, which has imported everything and read nothing.
        child = multiprocessing.get_context("fork").Process(target=_fuzz_here, args=(parser, inputs, seed, folder))
        child.start()
        child.join()
        if (folder / _OUTCOME).exists():
            return dict(json.loads((folder / _OUTCOME).read_text()))
        last = folder / _LAST
        _keep(parser, last.read_bytes() if last.exists() else b"")
        zeros = dict.fromkeys(("tried", "refused", "accepted", "slowest_seconds", "grown_mib"), 0)
        return {"parser": parser.name, **zeros, "defects": [f"{parser.name}: its process ended with {child.exitcode}"]}


def _fuzz_here(parser: Parser, inputs: int, seed: int, folder: Path) -> None:
    """Fuzz one parser in this process and leave what came of it in a file."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tempfile.tempdir = str(folder)
    (folder / "bench").mkdir()
    bench = Bench(folder / "bench")
    outcome = fuzz(parser, bench, inputs=inputs, seed=seed, before=(folder / _LAST).write_bytes)
    for defect in outcome.defects.values():
        print(f"{parser.name}: {defect.what}\n{defect.detail}", file=sys.stderr)
        _keep(parser, smallest(parser, bench, defect))
    told = {name: getattr(outcome, name) for name in ("parser", "tried", "refused", "accepted")}
    told |= {name: round(getattr(outcome, name), 3) for name in ("slowest_seconds", "grown_mib")}
    told["defects"] = [f"{parser.name}: {what}" for what in outcome.defects]
    (folder / _OUTCOME).write_text(json.dumps(told))


def _keep(parser: Parser, data: bytes) -> None:
    folder = folder_of(parser.name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
