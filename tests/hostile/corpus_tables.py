"""Tables nobody should send: broken, huge, disguised, and written to be executed."""

import io
import json
import random
import zipfile
from pathlib import Path

from core.catalog.source_settings import SourceSettings
from tests.hostile.hostile_file import HostileFile

_LAUGHS = "<!DOCTYPE l [<!ENTITY a '&lol;'>" + "".join(
    f"<!ENTITY l{level} '{f'&l{level - 1};' * 10}'>" for level in range(1, 10)
)


def files(folder: Path) -> list[HostileFile]:
    """Write the corpus into a folder and list it."""
    return [*_texts(folder), *_json(folder), *_packed(folder), *_pictures(folder)]


def _write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return str(path)


def _texts(folder: Path) -> list[HostileFile]:
    head = "id,name,price\n"
    noise = random.Random(0).randbytes(100_000)  # the seed only makes it the same noise each time
    entries = [
        ("no bytes", b"", "is empty"),
        ("nothing but line ends", b"\r\n\n\r", "holds no row"),
        ("names of columns only", head, "holds no row below"),
        ("a name of 10 MB", f"{head}1,{'x' * 10_000_000},2\n2,b,3\n", "unreadable_row"),
        ("an id of 100 KB", f"{head}{'9' * 100_000},a,2\n2,b,3\n", "too_long"),
        ("a quote that never ends", f'{head}1,"a,2\n' + "2,b,3\n" * 1000, "unreadable_row"),
        ("quotes that never end in every line", head + 'x","y\n' * 20_000, "unreadable_row"),
        ("zero bytes between the letters", "id,name\n1,a\0b\0c\n2,\0\n", ""),
        ("zero bytes only", b"\0" * 5000, "nothing but zero bytes"),
        ("terminal commands in every cell", "id,name\n\x1b[2J\x1b]0;owned\x07,\x1b[31mred\x9b0m\n", ""),
        ("letters that turn the reading direction", "id,name\n1,\u202egpj.exe\u202c\n", ""),
        ("formulas", 'id,name\n"=HYPERLINK(""http://x.example"",""click"")",=cmd|\' /C calc\'!A0\n+1+1,@SUM(A1)\n', ""),
        (
            "rows of every length",
            "id,name,price\n" + "".join("x," * number + "x\n" for number in range(50)),
            "ragged_row",
        ),
        ("2,500 columns", ",".join(f"c{number}" for number in range(2_500)) + "\n1\n", "2,500 columns"),
        ("the same name for every column", ",".join(["name"] * 500) + "\n" + ",".join(["1"] * 500) + "\n", ""),
        ("one id for two products", f"{head}1,a,2\n1,b,3\n", "duplicate_id"),
        ("prices that are none", f"{head}1,a,NaN\n2,b,-1\n3,c,1e999\n4,d,0\n5,e,5\n", "bad_price"),
        ("half a character of UTF-16", "id,name\n1,a\n".encode("utf-16") + b"\xff", ""),
        ("a mark of UTF-16 and nothing right after", b"\xff\xfe" + b"\xd8\x00" * 100, "holds no row"),
        ("bytes of no encoding", b"id,name\n1,\xff\xfe\xfd\x81\x8d\x8f\x90\x9d\n2,b\n", ""),
        ("surrogates written as UTF-8", "id,name\n1,\ud800\udfff\ud83d\n", ""),
        ("a page that calls itself a table", b"<!DOCTYPE html><table><tr><td>1</td></tr></table>", "page or XML"),
    ]
    listed = [
        HostileFile(f"table: {name}", _write(folder, f"text{place}.csv", content), expected)
        for place, (name, content, expected) in enumerate(entries)
    ]
    listed.append(HostileFile("table: noise", _write(folder, "noise.csv", b"id,name\n" + noise), ""))
    named = _write(folder, "bomb.csv", "id,name\n1,a\n")
    for encoding in ("zlib", "unicode_escape", "../../etc"):
        settings = SourceSettings(encoding=encoding)
        listed.append(HostileFile(f"table: in the encoding {encoding}", named, "encoding", settings))
    return listed


def _json(folder: Path) -> list[HostileFile]:
    deep = '{"id": ' * 500 + "1" + "}" * 500
    entries = [
        ("brackets 200,000 deep", "[" * 200_000, "holds no row"),
        ("an object 500 deep", '{"id": 1, "a": ' + deep + "}\n", ""),
        ("a number of 100,000 digits", '{"id": 1}\n{"id": ' + "9" * 100_000 + "}\n", "unreadable_row"),
        ("no numbers", '{"id": NaN, "price": Infinity, "name": -Infinity}\n', ""),
        ("zero bytes and halves of characters", '{"id": "a\\u0000", "na\\u0000me": "\\ud800"}\n', ""),
        ("an array cut short", json.dumps([{"id": number} for number in range(100)])[:-20], "unreadable_row"),
        ("a line of 9 MB", '{"id": "' + "x" * 9_000_000 + '"}\n{"id": 2}\n', "unreadable_row"),
        ("a name of 10,000 columns", json.dumps({f"c{number}": 1 for number in range(10_000)}), "holds no row"),
        ("nothing but texts", '"a"\n"b"\n', "holds no row"),
    ]
    return [
        HostileFile(f"table: JSON, {name}", _write(folder, f"json{place}.jsonl", content), expected)
        for place, (name, content, expected) in enumerate(entries)
    ]


def _packed(folder: Path) -> list[HostileFile]:
    import pyarrow
    import pyarrow.parquet

    table = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"id": list(range(2000)), "name": ["x" * 50] * 2000}), table)
    whole = table.getvalue()
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    laughs = _LAUGHS + "]>" + sheet.format('<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>')
    entries = [
        ("Parquet cut short", "a.parquet", whole[:-30], "Parquet file, or cut short"),
        ("Parquet with torn pages", "b.parquet", whole[:40] + b"\xff" * 400 + whole[440:], "is damaged"),
        ("Parquet that is nothing but its mark", "c.parquet", b"PAR1PAR1", "Parquet file, or cut short"),
        ("a workbook that unpacks to 300 MB", "a.xlsx", _workbook(sheet.format(" " * 300_000_000)), "unpacks to"),
        ("a workbook of 17 billion cells", "b.xlsx", _workbook(sheet.format(far)), "asks for more memory"),
        ("a workbook with a billion laughs", "c.xlsx", _workbook(laughs), "workbook"),
        ("a workbook cut short", "d.xlsx", _workbook(sheet.format(far))[:300], "cannot be read as a workbook"),
        ("a workbook of 20,000 parts", "e.xlsx", _parts(20_000), "20,000 parts"),
        (
            "an old workbook of noise",
            "f.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x42" * 5000,
            "cannot be read as a",
        ),
        ("gzip that calls itself CSV", "g.csv", b"\x1f\x8b\x08" + b"\0" * 100, "packed with gzip"),
        ("a picture that calls itself CSV", "h.csv", b"\xff\xd8\xff\xe0" + b"\0" * 100, "a picture, no table"),
    ]
    return [
        HostileFile(f"table: {name}", _write(folder, file, content), expected)
        for name, file, content, expected in entries
    ]


def _pictures(folder: Path) -> list[HostileFile]:
    images = folder / "images"
    images.mkdir()
    (images / "passwd.jpg").symlink_to("/etc/passwd")
    (images / "round.jpg").symlink_to(images / "round.jpg")
    entries = [
        ("climb out of their folder", "../../../../etc/passwd", "outside"),
        ("are absolute", "/etc/passwd", "outside"),
        ("are on another drive", "C:\\Windows\\win.ini", "outside"),
        ("are files by address", "file:///etc/passwd", "bad_url"),
        ("run a script", "javascript://x/%0aalert(1)", "bad_url"),
        ("are links that lead out", "passwd.jpg", "link"),
        ("are links in a circle", "round.jpg", "missing"),
        ("have a name of 50,000 letters", "x" * 50_000 + ".jpg", "missing"),
    ]
    settings = SourceSettings(images=str(images))
    return [
        HostileFile(
            f"table: pictures that {name}",
            _write(folder, f"p{place}.tsv", f"id\timage\n1\t{cell}\n"),
            expected,
            settings,
        )
        for place, (name, cell, expected) in enumerate(entries)
    ]


def _workbook(sheet: str) -> bytes:
    """Pack a workbook of one sheet by hand: no library writes such sheets."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
    book = f'<workbook xmlns="{main}" xmlns:r="{office}">{listed}</workbook>'
    link = f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    links = f'<Relationships xmlns="{relations}">{link}</Relationships>'
    first = f'<Relationship Id="r0" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{relations}">{first}</Relationships>')
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", links)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return packed.getvalue()


def _parts(count: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return packed.getvalue()
