"""Inputs that once broke a parser, each as small as it can be: what fuzzing found, made again from code.

New ones are kept by ``python -m benchmarks.fuzz_parsers`` as files in the folder ``corpus`` beside this module, in a
folder of their parser's name, and are tried from there.
"""

import json
import re
import struct
from pathlib import Path

import numpy as np

from tests.hostile.fuzz_models import npy
from tests.hostile.fuzzing import zip_parts
from tests.vision.torch_files import PROTOCOL, legacy_file, state_dict, tensor

FOLDER = Path(__file__).with_name("corpus")
_MANY_DIGITS = "1" + "0" * 400
_HEADER = b"{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2, ("


def folder_of(parser: str) -> Path:
    """Give the folder of a parser's inputs."""
    return FOLDER / re.sub(r"[^a-z0-9]+", "-", parser.lower()).strip("-")


def kept_inputs(parser: str) -> dict[str, bytes]:
    """Give the inputs that once broke a parser, by what they are."""
    folder = folder_of(parser)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {**_MADE.get(parser, {}), **{path.name: path.read_bytes() for path in files}}


def _unknown_flag() -> bytes:
    """Mark the only part of an archive as patch data, which no library unpacks."""
    data = bytearray(zip_parts({"notes.npy": npy(np.zeros(2, np.uint8))}))
    for mark, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(mark) + flags] |= 1 << 5
    return bytes(data)


def _nested_text(levels: int) -> bytes:
    """A pair of itself, again and again: short as a pickle, endless as a text."""
    return b"(" + b"J\1\0\0\0" + b"t" + (b"2\x86") * levels


def _shape_of(values: bytes) -> bytes:
    storage = tensor("a", 6, shape=(1,), strides=(1,))
    return storage.replace(b"(J\1\0\0\0t", values, 1)


_SIX = np.arange(6, dtype="<f4")
_BROKEN_HEADER = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(_HEADER)) + _HEADER
_ROW = {"product_id": "1", "title": "a"}

_MADE: dict[str, dict[str, bytes]] = {
    "heads of runs (npz)": {"a part that is no array": zip_parts({"notes.txt": b"x"})},
    "vocabularies (npz)": {"a part that is no array": zip_parts({"notes.txt": b"x"}), "patch data": _unknown_flag()},
    "training checkpoints (npz)": {"patch data": _unknown_flag(), "no part": zip_parts({})},
    "probabilities of runs (npy)": {
        "a header without an end": _BROKEN_HEADER,
        "an archive by the name of an array": zip_parts({"a.npy": npy(np.zeros(2))}),
    },
    "embedding arrays (npy)": {
        "a header without an end": _BROKEN_HEADER,
        "an archive by the name of an array": zip_parts({"a.npy": npy(np.zeros(2))}),
    },
    "PyTorch checkpoints": {
        # Room is set aside for as many values as the highest place.
        "a value kept at place 2**28": legacy_file(PROTOCOL + b"]r" + struct.pack("<I", 2**28) + b".", {}),
        "a shape that is endless as a text": legacy_file(state_dict({"w": _shape_of(_nested_text(40))}), {"a": _SIX}),
        "patch data": _unknown_flag().replace(b"notes.npy", b"x/data.pkl"[:9]),
    },
    "exports of ours": {
        "a row without most columns": zip_parts(
            {
                "manifest.json": b'{"shelflens_export": 1, "catalog": "x", "format": "jsonl", "products": 1}',
                "products.jsonl": json.dumps(_ROW).encode(),
            }
        )
    },
    "import settings": {"a number of hosts": b'{"settings": {"allowed_hosts": 5}}'},
    "crawl settings": {"seconds of 400 digits": f'{{"seconds": {_MANY_DIGITS}}}'.encode()},
    "jobs' states": {
        "a moment of 400 digits": f'{{"state": "running", "changed": {_MANY_DIGITS}, "started": 1.0}}'.encode()
    },
    "jobs' progress": {
        "done by 400 digits": (
            f'{{"kind": "report", "at": 1.0, "done": {_MANY_DIGITS}, "total": 5, "message": "x"}}\n'.encode()
        )
    },
    "database addresses": {"half a character": b"postgresql://host/\xed\xb2\x80\x80"},
    "filters (--where)": {"half a number": b"price < 1e"},
}
