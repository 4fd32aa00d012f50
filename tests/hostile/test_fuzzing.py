"""Every parser of what comes from outside: it gives something or one clear error, in time, and touches nothing else.

Few inputs and a fixed seed here; ``python -m benchmarks.fuzz_parsers`` tries as many as there is time for.
"""

import os
import socket
from pathlib import Path

import pytest

from core.errors import CatalogError, ShelfLensError
from tests.hostile.fuzz_corpus import folder_of, kept_inputs
from tests.hostile.fuzz_mutation import Mutator
from tests.hostile.fuzz_parsers import PARSERS
from tests.hostile.fuzzing import Bench, Parser, attempt, fuzz, smallest

INPUTS, SEED = 12, 8
BY_NAME = {parser.name: parser for parser in PARSERS}


def told(defects):
    return [f"{defect.what} ({len(defect.data)} bytes): {defect.detail}" for defect in defects]


@pytest.mark.parametrize("name", BY_NAME)
def test_changed_inputs_are_read_or_refused_in_one_error(name, tmp_path):
    parser, bench = BY_NAME[name], Bench(tmp_path)
    good = len(parser.samples())
    outcome = fuzz(parser, bench, inputs=good, seed=SEED)
    assert told(outcome.defects.values()) == []
    assert outcome.accepted == good, f"{name} refuses its own samples, so that nothing deeper is tried"
    outcome = fuzz(parser, bench, inputs=good + int(INPUTS * parser.share), seed=SEED)
    assert told(outcome.defects.values()) == []


@pytest.mark.parametrize("name", [name for name in BY_NAME if kept_inputs(name)])
def test_what_once_broke_a_parser_does_not_any_more(name, tmp_path):
    parser, bench = BY_NAME[name], Bench(tmp_path)
    found = {what: attempt(parser, bench, data)[0] for what, data in kept_inputs(name).items()}
    assert {what: told([defect]) for what, defect in found.items() if defect is not None} == {}


def test_every_input_that_is_kept_belongs_to_a_parser():
    folders = {folder_of(name).name for name in BY_NAME}
    there = {path.name for path in folder_of("x").parent.glob("*")}
    assert there <= folders and len(folders) == len(BY_NAME) >= 50


def misbehaving(deed):
    return Parser("misbehaving", lambda: [b"x"], deed)


@pytest.mark.parametrize(
    ("deed", "what"),
    [
        (lambda data, bench: {}["x"], "KeyError at the parser itself"),
        (lambda data, bench: Path(f"{bench.folder}.outside").write_bytes(b""), "did opened"),
        (lambda data, bench: Path(f"{bench.folder}.outside").mkdir(), "did os.mkdir"),
        (lambda data, bench: os.system("true"), "did os.system"),
        (lambda data, bench: socket.getaddrinfo("127.0.0.1", 9), "did socket.getaddrinfo"),
        (lambda data, bench: (_ for _ in ()).throw(CatalogError("x" * 9999)), "message of too many characters"),
        (lambda data, bench: (_ for _ in ()).throw(CatalogError("")), "message of no characters"),
    ],
)
def test_the_harness_notices_what_it_is_there_for(deed, what, tmp_path):
    defect, _ = attempt(misbehaving(deed), Bench(tmp_path / "bench"), b"x")
    assert defect is not None
    assert what in f"{defect.what} {defect.detail}"


def test_a_defect_is_cut_down_to_what_shows_it(tmp_path):
    def read(data, _bench):
        if b"evil" in data:
            raise ValueError
        raise ShelfLensError("no")

    parser = misbehaving(read)
    defect, _ = attempt(parser, Bench(tmp_path), bytes(100) + b"evil" + bytes(50))
    assert defect is not None and smallest(parser, Bench(tmp_path), defect) == b"evil"


def test_the_same_seed_changes_in_the_same_way():
    sample = b'{"a": [1, {"b": "text"}], "c": null}'
    one, other, third = (Mutator(seed, words=(b"w",)) for seed in (5, 5, 6))
    first = [one.changed(sample, [sample]) for _ in range(200)]
    assert first == [other.changed(sample, [sample]) for _ in range(200)]
    assert first != [third.changed(sample, [sample]) for _ in range(200)]
    assert len(set(first)) > 100
