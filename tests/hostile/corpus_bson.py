"""BSON files that nobody should send."""

import struct
from pathlib import Path

import bson

from core.catalog.source_settings import SourceSettings
from tests.catalog.bson_files import int32, jpeg, product, raw_document, write_bson
from tests.hostile.hostile_file import HostileFile


def files(folder: Path) -> list[HostileFile]:
    """Make the corpus in a folder."""
    made = [
        *_lengths(folder),
        *_contents(folder),
    ]
    return [*(HostileFile(name, str(path), expected) for name, path, expected in made), *_names(folder)]


def _lengths(folder: Path):
    whole = bson.encode(product(1))
    yield "bson: empty", write_bson(folder / "empty.bson", []), "is empty"
    yield "bson: a picture by another name", write_bson(folder / "p.bson", [jpeg()]), "holds no BSON document"
    yield "bson: a negative length", write_bson(folder / "n.bson", [struct.pack("<i", -5) + b"aaaa"]), "length -5"
    huge = struct.pack("<i", 2**31 - 1) + b"\0" * 100
    yield "bson: a length of 2 GiB after a product", write_bson(folder / "h.bson", [whole, huge]), "unreadable"
    yield "bson: cut within a document", write_bson(folder / "cut.bson", [whole, whole[:-20]]), "unreadable"
    yield "bson: cut within a length", write_bson(folder / "cut2.bson", [whole, b"\x10\0"]), "unreadable"
    yield "bson: zeros without an end", write_bson(folder / "z.bson", [whole, bytes(10_000)]), "unreadable"
    many = [whole, b"\x05\0\0\0\0" * 20_000]
    yield "bson: a myriad of empty documents", write_bson(folder / "m.bson", many), "more than 10,000 documents"


def _contents(folder: Path):
    inside = raw_document(int32("_id", 2), b"\x02t\0" + struct.pack("<i", 2**31 - 1) + b"abc\0")
    yield "bson: a text that claims 2 GiB", write_bson(folder / "t.bson", [product(1), inside]), "unreadable"
    nested = b""
    for _ in range(5_000):
        nested = raw_document(b"\x03a\0" + nested) if nested else raw_document()
    deep = raw_document(int32("_id", 2), b"\x03d\0" + nested)
    yield "bson: nested 5,000 levels deep", write_bson(folder / "d.bson", [product(1), deep]), "unreadable"
    unknown = raw_document(int32("_id", 2), b"\x42x\0abcd")
    yield "bson: an unknown type", write_bson(folder / "u.bson", [product(1), unknown]), "unreadable"
    twice = [product(1), {**product(1), "_id": "1"}]
    yield "bson: one id in two types", write_bson(folder / "two.bson", twice), "repeated"
    odd_id = {**product(2), "_id": "\x1b[2J../../etc\n"}
    yield "bson: an id of control characters and a path", write_bson(folder / "id.bson", [odd_id]), ""
    long_id = {**product(2), "_id": "n" * 10_000_000}
    yield "bson: an id of 10 MB", write_bson(folder / "long.bson", [product(1), long_id]), "unreadable"
    no_pictures = {"_id": 3, "category_id": 1, "imgs": [{"picture": "text"}, 7, {}, {"picture": b"GIF89a"}]}
    yield "bson: pictures that are none", write_bson(folder / "no.bson", [product(1), no_pictures]), "empty"
    odd = {"_id": 4, "imgs": [], "when": bson.DatetimeMS(2**62), "x": float("nan"), "l": [[[[[1]]]]], "\u202e": "y"}
    yield "bson: dates, numbers and names out of range", write_bson(folder / "odd.bson", [product(1), odd]), ""


def _names(folder: Path):
    source = str(write_bson(folder / "named.bson", [product(1)]))
    wrong = folder / "wrong.csv"
    wrong.write_text("id,name\n1,a\n")
    yield HostileFile("bson: names without columns", source, "lacks columns", SourceSettings(category_names=str(wrong)))
    binary = folder / "binary.csv"
    binary.write_bytes(bytes(range(256)) * 50)
    yield HostileFile("bson: names that are binary", source, "columns", SourceSettings(category_names=str(binary)))
