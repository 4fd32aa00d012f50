"""Fuzzing every parser of what comes from outside: changed samples of each format, each in a process of its own.

Each input must give something or one error of ShelfLens, within 20 processor seconds and 1 GiB, without writing outside
its folder, asking the network, starting a program or looking up a pickled name. What breaks a parser is cut down and
kept in ``tests/hostile/corpus``, where the tests try it from then on.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, markdown_table, show, versions
from tests.hostile.fuzz_corpus import folder_of
from tests.hostile.fuzz_parsers import PARSERS
from tests.hostile.fuzzing import Bench, Parser, fuzz, smallest

MOST_MEMORY_BYTES = 8 * 2**30
_TITLES = ("parser", "inputs", "refused", "read", "defects", "slowest, s", "grew, MiB")


def main() -> None:
    """Fuzz all parsers and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000, help="inputs for all parsers together")
    options.add_argument("--seed", type=int, default=1, help="makes the same inputs again")
    options.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    options.add_argument("--parser", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.parser:
        _fuzz_here(next(each for each in PARSERS if each.name == given.parser), given.inputs, given.seed)
        return
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
    return {parser.name: max(int(inputs * parser.share / whole), len(parser.samples())) for parser in PARSERS}


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    slowest, grown = f"{result['slowest_seconds']:.2f}", f"{result['grown_mib']:.0f}"
    numbers = (result[name] for name in ("tried", "refused", "accepted"))
    return (result["parser"], *numbers, len(result["defects"]), slowest, grown)


def _fuzz_apart(parser: Parser, inputs: int, seed: int) -> dict[str, Any]:
    """Fuzz one parser in a process of its own, whose death is a defect of the input it died of."""
    with tempfile.TemporaryDirectory(prefix="shelflens-fuzz-") as folder:
        words = ["--parser", parser.name, "--inputs", str(inputs), "--seed", str(seed)]
        command = [sys.executable, "-m", "benchmarks.fuzz_parsers", *words]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env={**_environment(), "TMPDIR": folder}
        )
        last = Path(folder) / "last-input"
        if done.returncode == 0:
            return dict(json.loads(done.stdout.splitlines()[-1]))
        _keep(parser, last.read_bytes() if last.exists() else b"")
        told = f"{parser.name}: the process ended with {done.returncode}: {done.stderr[-500:]}"
        zeros = dict.fromkeys(("tried", "refused", "accepted", "slowest_seconds", "grown_mib"), 0)
        return {"parser": parser.name, **zeros, "defects": [told]}


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SHELFLENS_")}


def _fuzz_here(parser: Parser, inputs: int, seed: int) -> None:
    """Fuzz one parser in this process and print what came of it as a line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(tempfile.gettempdir())
    (folder / "bench").mkdir()
    last = folder / "last-input"
    bench = Bench(folder / "bench")
    outcome = fuzz(parser, bench, inputs=inputs, seed=seed, before=last.write_bytes)
    for defect in outcome.defects.values():
        print(f"{parser.name}: {defect.what}\n{defect.detail}", file=sys.stderr)
        _keep(parser, smallest(parser, bench, defect))
    print(
        json.dumps(
            {
                **{name: getattr(outcome, name) for name in ("parser", "tried", "refused", "accepted")},
                **{name: round(getattr(outcome, name), 3) for name in ("slowest_seconds", "grown_mib")},
                "defects": [f"{parser.name}: {what}" for what in outcome.defects],
            }
        )
    )


def _keep(parser: Parser, data: bytes) -> None:
    folder = folder_of(parser.name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
