"""Parsers of everything products come from: pictures, archives, tables, BSON, databases, pages, histories."""

import io
import json
import shutil
import sqlite3
import tarfile

import bson
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from core.catalog.archives import open_archive_source
from core.catalog.bson_source import open_bson_source
from core.catalog.category_names import read_category_names
from core.catalog.export_source import ExportSource
from core.catalog.export_tables import COLUMNS
from core.catalog.history_file import HistoryFile
from core.catalog.pictures import read_picture
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import Source
from core.catalog.sql_source import open_sql_source
from core.catalog.tables.table_source import open_table_source
from core.catalog.thumbnails import encode_thumbnail
from core.catalog.web.page_reading import as_reading, read_request
from core.catalog.web.robots import read_rules
from core.progress import SilentProgress
from tests.catalog.bson_files import product
from tests.hostile.fuzzing import Bench, Parser, zip_parts

QUIET = SilentProgress()
_HASH = f"ab/{'ab' * 32}"
_CSV = (
    b"id,title,category,price,currency,picture,brand,color\n"
    b'p1,"A, red shirt",Clothing > Shirts,19.99,EUR,1.jpg,Alma,red\n'
    b'p2,Lamp,Home > Lamps,"1.299,00",EUR,"[""a.jpg"", ""b.jpg""]",Nord,\n'
    b"p3,=1+1,Home,,USD,http://127.0.0.1:9/x.jpg,,blue\n"
)
_ROWS = [
    {"id": "p1", "title": "A red shirt", "price": 19.99, "category": ["Clothing", "Shirts"], "size": {"eu": 42}},
    {"id": "p2", "title": "Lamp", "price": "12,50 EUR", "picture": ["a.jpg"], "labels": ["x", "y"]},
]
_SPECIFICATION = (
    b"uniq_id,product_name,product_category_tree,discounted_price,image,product_specifications\n"
    b'u1,Ring,"[""Jewellery >> Rings""]",499,"[""http://127.0.0.1:9/1.jpg""]",'
    b'"{""product_specification""=>[{""key""=>""Color"", ""value""=>""Gold""}, {""value""=>""1""}]}"\n'
)


def drained(source: Source) -> int:
    """Read a source to its end; gives the number of its products."""
    source.count()
    keys = source.keys()
    records = list(source.records())
    for each in source.skipped():
        str(each)
    return len(keys) + len(records)


def _picture(kind: str, mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture = Image.effect_noise((40, 30), 60).convert(mode)
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def _pictures() -> list[bytes | dict[str, bytes]]:
    exif = Image.Exif()
    exif[0x0112] = 6
    gif = [Image.new("P", (20, 20), color) for color in (1, 2)]
    buffer = io.BytesIO()
    gif[0].save(buffer, "GIF", save_all=True, append_images=gif[1:])
    return [
        _picture("JPEG", exif=exif.tobytes(), quality=80),
        _picture("JPEG", "CMYK"),
        _picture("JPEG", progressive=True),
        _picture("PNG"),
        _picture("PNG", "P"),
        _picture("PNG", "LA"),
        _picture("WEBP"),
        _picture("WEBP", "RGBA", lossless=True),
        _picture("BMP"),
        _picture("TIFF", compression="tiff_lzw"),
        _picture("AVIF"),
        buffer.getvalue(),
    ]


def _read_picture(data: bytes, _bench: Bench) -> None:
    encode_thumbnail(Image.fromarray(read_picture(data, enough_px=64)))


def _read_archive(data: bytes, bench: Bench, suffix: str) -> None:
    try:
        path = bench.file(f"input{suffix}", data)
        drained(open_archive_source(bench.home, str(path), SourceSettings(), QUIET))
    finally:
        shutil.rmtree(bench.home.cache / "unpacked", ignore_errors=True)


def _folder_parts() -> dict[str, bytes]:
    return {"red/1.png": _picture("PNG"), "red/2.png": _picture("PNG"), "blue/deep/3.jpg": _picture("JPEG")}


def _zips() -> list[bytes | dict[str, bytes]]:
    table = {"products.csv": _CSV, "1.jpg": _picture("JPEG"), "a.jpg": _picture("JPEG")}
    return [_folder_parts(), table, {"shop.bson": _bson(), "category_names.csv": _names()}]


def _tar(parts: dict[str, bytes], packing: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{packing}") as archive:
        for name, data in parts.items():
            header = tarfile.TarInfo(name.replace("\0", "")[:200] or "x")
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return buffer.getvalue()


def _read_table(data: bytes, bench: Bench, suffix: str) -> None:
    path = bench.file(f"input{suffix}", data)
    drained(open_table_source(bench.home, str(path), SourceSettings(), QUIET))


def _parquet() -> list[bytes | dict[str, bytes]]:
    found: list[bytes | dict[str, bytes]] = []
    table = pa.Table.from_pylist([{"id": each["id"], "title": each["title"], "labels": ["a", None]} for each in _ROWS])
    for choices in (
        {"compression": "snappy"},
        {"compression": "zstd", "use_dictionary": False},
        {"compression": "none"},
    ):
        buffer = io.BytesIO()
        pq.write_table(table, buffer, **choices)
        found.append(buffer.getvalue())
    return found


def _workbooks() -> list[bytes | dict[str, bytes]]:
    import zipfile

    from openpyxl import Workbook

    book = Workbook()
    for row in (["id", "title", "price"], ["p1", "A shirt", 19.5], ["p2", "=1+1", None]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as packed:
        return [{name: packed.read(name) for name in packed.namelist()}]


def _bson() -> bytes:
    return b"".join(bson.encode(product(number, pictures=number)) for number in (1, 2, 3))


def _bson_samples() -> list[bytes | dict[str, bytes]]:
    odd = {"_id": "x", "when": bson.DatetimeMS(0), "code": bson.Code("f()"), "deep": {"a": [{"b": 1.5}]}, "n": None}
    return [_bson(), bson.encode(odd) + bson.encode(product(4))]


def _read_bson(data: bytes, bench: Bench) -> None:
    drained(open_bson_source(bench.home, str(bench.file("input.bson", data)), SourceSettings(), QUIET))


def _names() -> bytes:
    head = b"category_id,category_level1,category_level2,category_level3\n"
    return head + b"1,Home,Lamps,\n2,Home,Rugs,Wool\n3,'=1,,\n"


def _exports() -> list[bytes | dict[str, bytes]]:
    row = {**dict.fromkeys(COLUMNS), "product_id": "1", "title": "a", "pictures": [], "attributes": {"size": [1]}}
    row |= {"price_minor_units": 1999, "currency": "EUR", "category": "A > B", "split": "train"}
    columnar = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist([row | {"attributes": '{"size": [1]}', "pictures": [f"pictures/{_HASH}.jpg"]}]), columnar
    )
    cells = ",".join(
        {"product_id": "1", "title": "'=a", "pictures": "[]", "attributes": "{}"}.get(name, "") for name in COLUMNS
    )
    tables = {
        "jsonl": json.dumps(row).encode() + b"\n",
        "csv": f"{','.join(COLUMNS)}\r\n{cells}\r\n".encode(),
        "parquet": columnar.getvalue(),
    }
    found: list[bytes | dict[str, bytes]] = []
    for kind, table in tables.items():
        manifest = {"shelflens_export": 1, "catalog": "x", "format": kind, "products": 1}
        found.append({"manifest.json": json.dumps(manifest).encode(), f"products.{kind}": table})
    return found


def _read_export(data: bytes, bench: Bench) -> None:
    """Unpack what was packed for this parser alone, then read it as the folder that it is."""
    import zipfile

    folder = bench.folder / "export"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    except Exception:  # noqa: BLE001 - the packing is the test's, not the product's
        return
    for name, part in parts.items():
        if name in ("manifest.json", "products.csv", "products.jsonl", "products.parquet"):
            (folder / name).write_bytes(part)
    drained(ExportSource(folder))


def _databases() -> list[bytes | dict[str, bytes]]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE products (id TEXT PRIMARY KEY, title TEXT, price REAL, picture BLOB)")
    connection.executemany(
        "INSERT INTO products VALUES (?, ?, ?, ?)", [("p1", "a", 1.5, b"x"), ("p2", "b", None, None)]
    )
    connection.commit()
    return [bytes(connection.serialize())]


def _read_database(data: bytes, bench: Bench) -> None:
    path = bench.file("input.db", data)
    settings = SourceSettings(format="sql", query="SELECT * FROM products")
    drained(open_sql_source(bench.home, f"sqlite:///{path}", settings, QUIET))


def _pages() -> list[bytes | dict[str, bytes]]:
    card = (
        b'<li class="product"><a href="/p/%d"><img src="/%d.png" srcset="/a.png 2x, /b.png 800w"><h3>Shirt %d</h3></a>'
    )
    cards = b"".join(card % (n, n, n) + b'<span class="price">EUR 1%d,99</span></li>' % n for n in range(6))
    data = {
        "@type": "Product",
        "name": "Lamp",
        "offers": {"price": "12.5", "priceCurrency": "EUR"},
        "image": ["/x.png"],
    }
    head = b'<script type="application/ld+json">' + json.dumps({"@graph": [data]}).encode() + b"</script>"
    return [
        b"<!doctype html><html><head><base href='/x/'><title>Shop</title>" + head + b"</head><body><ul>" + cards
        + b'</ul><a rel="next" href="?page=2">next</a></body></html>'
    ]  # fmt: skip


def _read_page(data: bytes, _bench: Bench) -> None:
    for product_selector, kind in (("", "results"), ("schema.org", "results"), ("", "product")):
        request = {
            "settings": {"product": product_selector} if product_selector else {},
            "content_type": "text/html; charset=utf-8",
            "address": "https://shop.example/list?page=1",
            "kind": kind,
            "number": 0,
        }
        as_reading(read_request(request, data))


_TABLE_WORDS = (b",", b";", b"\t", b'"', b'""', b"\n", b"id", b"price", b"image", b"=>", b">>", b" > ", b'["a"]')
_HTML_WORDS = (b"<li>", b"</li>", b"<base href=x>", b"&#0;", b"srcset=", b"@graph", b"<svg>", b"javascript:alert(1)")
_HISTORY = b"user,product,event,time\nann,p1,view,2026-01-01T10:00:00Z\nbob,p2,buy,1767225600\n"

PARSERS = (
    Parser(
        "pictures", _pictures, _read_picture, (b"Exif", b"IHDR", b"\xff\xda", b"\xff\xc2", b"VP8L", b"ftyp"), share=2
    ),
    Parser("zip archives", _zips, lambda data, bench: _read_archive(data, bench, ".zip"), (b"PK\1\2", b"PK\5\6")),
    Parser(
        "tar archives",
        lambda: [_folder_parts(), _tar(_folder_parts(), "gz"), _tar(_folder_parts(), "xz")],
        lambda data, bench: _read_archive(data, bench, ".tar"),
        (b"ustar", b"././@LongLink", b"7777777", b"\x1f\x8b"),
        pack=_tar,
    ),
    Parser(
        "CSV tables", lambda: [_CSV, _SPECIFICATION], lambda data, bench: _read_table(data, bench, ".csv"), _TABLE_WORDS
    ),
    Parser(
        "TSV tables",
        lambda: [_CSV.replace(b",", b"\t")],
        lambda data, bench: _read_table(data, bench, ".tsv"),
        _TABLE_WORDS,
    ),
    Parser(
        "JSON tables",
        lambda: [json.dumps(_ROWS).encode(), json.dumps({"products": _ROWS}).encode()],
        lambda data, bench: _read_table(data, bench, ".json"),
    ),
    Parser(
        "JSON lines",
        lambda: [b"\n".join(json.dumps(row).encode() for row in _ROWS), json.dumps(_ROWS[0]).encode()],
        lambda data, bench: _read_table(data, bench, ".jsonl"),
    ),
    Parser(
        "Parquet tables", _parquet, lambda data, bench: _read_table(data, bench, ".parquet"), (b"PAR1", b"\x15\x00")
    ),
    Parser("workbooks", _workbooks, lambda data, bench: _read_table(data, bench, ".xlsx"), share=0.1, may_start=True),
    Parser("BSON", _bson_samples, _read_bson, (b"\x03a\0", b"\x04", b"\x05", b"\xff\x7f\0\0"), share=2),
    Parser("category names", lambda: [_names()], lambda data, bench: read_category_names(bench.file("n.csv", data))),
    Parser("exports of ours", _exports, _read_export, (b"pictures/ab/", b"shelflens_export"), pack=zip_parts),
    Parser("SQLite databases", _databases, _read_database, (b"SQLite format 3\0", b"CREATE VIEW products AS SELECT 1")),
    Parser("result pages", _pages, _read_page, _HTML_WORDS),
    Parser(
        "robots.txt",
        lambda: [b"User-agent: *\nDisallow: /private*$\nCrawl-delay: 2.5\nRequest-rate: 1/10s\nSitemap: /x\n"],
        lambda data, _bench: read_rules(data.decode("utf-8", "replace")).allows("https://shop.example/private/1"),
        (b"Crawl-delay:", b"Request-rate: 0/0", b"Visit-time:", b"User-agent:", b"Allow: *****$"),
    ),
    Parser(
        "histories",
        lambda: [_HISTORY, b"ann p1 p2 p3\nbob p2\n", b"ann\tp1\t5\t881250949\nbob\tp2\t3\t881250949\n"],
        lambda data, bench: list(HistoryFile(str(bench.file("h.csv", data))).events()),
        _TABLE_WORDS,
    ),
)
