"""JSON, Parquet and workbooks."""

import datetime
import json
import zipfile

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.source_settings import SourceSettings
from core.catalog.tables.table_readers import open_table
from core.errors import CatalogError
from tests.catalog.tables.table_text import read, write

GOODS = [{"id": number, "name": f"Mug {number}", "tags": ["a", "b"]} for number in range(1, 4)]
ROWS = [(1, "Mug 1", ["a", "b"]), (2, "Mug 2", ["a", "b"]), (3, "Mug 3", ["a", "b"])]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(map(json.dumps, GOODS)),
        "\ufeff" + "\r\n\r\n".join(map(json.dumps, GOODS)) + "\n",
        json.dumps(GOODS),
        json.dumps(GOODS, indent=2),
        json.dumps({"version": {"n": 2}, "items": GOODS}, indent=2),
        json.dumps({"version": 2, "items": GOODS}),
    ],
)
def test_json_lines_and_arrays(tmp_path, text):
    assert read(write(tmp_path, text, "shop.json")) == (("id", "name", "tags"), ROWS, [])
    assert read(write(tmp_path, text.encode("utf-16"), "shop.json"))[1] == ROWS


def test_objects_within_a_row_are_columns_and_numbers_that_are_none_are_nothing(tmp_path):
    path = write(tmp_path, '{"id": 1, "price": {"amount": 2, "currency": "EUR"}, "x": NaN}\n', "a.jsonl")
    assert read(path)[:2] == (("id", "price.amount", "price.currency", "x"), [(1, 2, "EUR", None)])


def test_broken_lines_cost_themselves_only(tmp_path):
    lines = ['{"id": 1}', "nope", "[1]", "[" * 100_000, '{"id": 2}', '{"id": "' + "x" * 9_000_000 + '"}', '{"id": 3}']
    _, rows, skipped = read(write(tmp_path, "\n".join(lines), "a.jsonl"))
    assert rows == [(1,), (2,), (3,)]
    assert skipped == [(f"row {number}", "unreadable_row") for number in (2, 3, 4, 6)]


def test_an_array_that_is_cut_short_keeps_what_is_whole(tmp_path):
    _, rows, skipped = read(write(tmp_path, json.dumps(GOODS)[:-10], "a.json"))
    assert rows == ROWS[:2] and skipped == [("row 3", "unreadable_row")]


def test_a_large_array_is_read_piece_by_piece(tmp_path):
    goods = [{"id": number, "text": "x" * 5_000} for number in range(500)]  # 2.5 MB, in pieces of 256 Ki characters
    _, rows, skipped = read(write(tmp_path, json.dumps(goods), "a.json"))
    assert [row[0] for row in rows] == list(range(500)) and skipped == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=200), st.text('{}[]",:1a\n nul', max_size=200).map(str.encode)))
def test_any_bytes_give_rows_or_one_error(tmp_path, content):
    try:
        _, rows, _ = read(write(tmp_path, content, "a.jsonl"))
    except CatalogError:
        return
    assert isinstance(rows, list)


def test_parquet_keeps_types(tmp_path):
    path = tmp_path / "shop.parquet"
    table = pyarrow.table({"id": [1, 2], "name": ["Mug", None], "price": [2.5, 3.0], "image": [b"\xff\xd8", b""]})
    pyarrow.parquet.write_table(table, path, row_group_size=1)
    reader = open_table(str(path), SourceSettings())
    assert (reader.columns, reader.count()) == (("id", "name", "price", "image"), 2)
    assert [row for _, row in reader.rows()] == table.to_pylist()


def test_damaged_parquet_is_one_error(tmp_path):
    path = tmp_path / "shop.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"id": list(range(5000))}), path)
    content = path.read_bytes()
    for damaged in (content[:-20], content[:100], content[:4] + b"\xff" * 200 + content[204:], b"PAR1" + b"\0" * 50):
        with pytest.raises(CatalogError, match=r"Parquet file, or cut short|is damaged after row"):
            list(open_table(str(write(tmp_path, damaged, "b.parquet")), SourceSettings()).rows())


@pytest.fixture
def workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    goods = book.create_sheet("Goods")
    goods.append(["id", "name", "price", "since", "sold"])
    goods.append(["007", "Mug", 12.5, datetime.date(2026, 1, 2), True])
    goods.append([15970.0, "Tasse für zwei", None, datetime.datetime(2026, 1, 2, 3, 4), False])
    goods.append([])
    goods.append([5, "=1+1"])
    book.save(tmp_path / "shop.xlsx")
    return tmp_path / "shop.xlsx"


def test_a_workbook_gives_its_first_sheet_with_rows(workbook):
    columns, rows, skipped = read(workbook)
    assert columns == ("id", "name", "price", "since", "sold")
    assert rows[0] == ("007", "Mug", 12.5, "2026-01-02", True)  # an id that is text keeps its zeros
    assert rows[1][0] == 15970 and rows[1][3] == "2026-01-02 03:04:00"
    # A formula counts as the value saved with it; this one was never computed.
    assert rows[2][0] == 5 and not rows[2][1] and skipped == []


def test_a_sheet_that_is_not_there_names_those_that_are(workbook):
    with pytest.raises(CatalogError, match=r"shop\.xlsx has no sheet 'Bads': it has Empty, Goods"):
        read(workbook, sheet="Bads")
    assert read(workbook, sheet="Goods")[0][0] == "id"


def test_a_workbook_that_asks_for_billions_of_cells_falls_alone(workbook):
    book = openpyxl.load_workbook(workbook)
    book["Goods"]["XFD1048576"] = 1  # the last cell there is: 17 billion lie between it and the others
    book.save(workbook)
    with pytest.raises(CatalogError, match="cannot be read as a workbook"):
        read(workbook)


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 80 * 2**20)
    with pytest.raises(CatalogError, match=r"bomb.xlsx unpacks to 83,886,080 bytes in 1 parts: at most"):
        read(path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900]
)
def test_what_only_begins_like_a_workbook_is_one_error(tmp_path, content):
    with pytest.raises(CatalogError, match="cannot be read as a workbook"):
        read(write(tmp_path, content, "shop.xlsx"))


def test_names_may_lie_about_the_format(tmp_path):
    assert read(write(tmp_path, "id\tname\n1\ta\n", "shop.xls"))[1] == [("1", "a")]  # what many shops call Excel
    with pytest.raises(CatalogError, match="does not begin like a workbook"):
        read(write(tmp_path, "id,name\n1,a\n", "shop.xlsx"))
    with pytest.raises(CatalogError, match="does not begin like a Parquet file"):
        read(write(tmp_path, "id,name\n1,a\n", "shop.parquet"))
