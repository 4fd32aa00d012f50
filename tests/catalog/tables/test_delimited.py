import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.tables.delimited import MOST_CELL_CHARACTERS, DelimitedReader
from core.errors import CatalogError, SettingsError
from tests.catalog.tables.table_text import read, write

GERMAN = "id,name\n1,Grüner Löffel\n2,Bücherregal\n"
CHINESE = "id,名称\n1,红色连衣裙女装夏季新款\n2,蓝色牛仔裤男士修身\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((GERMAN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")),
        *((CHINESE, name) for name in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
        ("id,name\n1,красное платье женское\n2,синие джинсы мужские\n", "cp1251"),
        ("id,name\n1,Café crème brûlée\n", "cp1252"),  # so few accents look alike in every Latin encoding
    ],
)
def test_encodings_are_found_out(tmp_path, text, encoding):
    expected = [tuple(row) for row in list(csv.reader(io.StringIO(text)))]
    columns, rows, skipped = read(write(tmp_path, text.encode(encoding)))
    assert [columns, *rows] == expected
    assert skipped == []


def test_a_file_whose_first_accent_stands_far_below_is_not_taken_for_another_encoding(tmp_path):
    text = "id,name\n" + "1,plain\n" * 200_000 + "2,Löffel\n"  # 1.6 MB of ASCII first
    assert read(write(tmp_path, text))[1][-1] == ("2", "Löffel")
    assert read(write(tmp_path, text.encode("cp1252")))[1][-1] == ("2", "Löffel")


def test_a_few_damaged_letters_do_not_spoil_the_others(tmp_path):
    content = b"id,name\n" + "1,Größe und Müsli für Ärzte übers Öl\n".encode() * 20 + b"2,Caf\xe9\n"
    _, rows, _ = read(write(tmp_path, content))
    assert rows[0][1] == "Größe und Müsli für Ärzte übers Öl"
    assert rows[-1][1] == "Caf\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "\x1f"])
def test_delimiters_are_found_out_and_quoted_ones_part_nothing(tmp_path, delimiter):
    cells = [["id", "name", "note"], ["1", f"a{delimiter}b", 'said "hi"'], ["2", "two\nlines", "x,y;z"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(cells)
    columns, rows, skipped = read(write(tmp_path, text.getvalue()))
    assert [list(columns), *map(list, rows)] == cells and skipped == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\nid;name\n1;a,b\n", [("1", "a,b")]),  # Excel's own first line
        ("'id','name'\n'1','a,b'\n'2','c'\n", [("1", "a,b"), ("2", "c")]),
        ('id,name\n1,"a \\"b\\" c"\n', [("1", 'a "b" c')]),  # as MySQL writes quotes
        ("id,name\r1,a\r2,b\r", [("1", "a"), ("2", "b")]),  # line ends of old
        ("\n\nid,name\n\n1,a\n\n", [("1", "a")]),
    ],
)
def test_ways_of_writing(tmp_path, text, rows):
    columns, found, skipped = read(write(tmp_path, text))
    assert (columns, found, skipped) == (("id", "name"), rows, [])


def test_odd_columns_get_names(tmp_path):
    columns, _, _ = read(write(tmp_path, "id,name,,name,NAME\n1,a,b,c,d\n"))
    assert columns == ("id", "name", "column 3", "name#2", "NAME")


@pytest.mark.parametrize("first", ["1,Mug,4.50,mug.jpg", "7,https://shop.example/1.jpg,9,x"])
def test_a_table_without_names_has_none(tmp_path, first):
    columns, rows, _ = read(write(tmp_path, f"{first}\n2,Cup,5.50,cup.jpg\n"))
    assert columns == ("column 1", "column 2", "column 3", "column 4")
    assert len(rows) == 2


def test_short_rows_are_padded_and_long_ones_skipped(tmp_path):
    path = write(tmp_path, "id,name,price\n1,a,2\n2,b\n3,c,4,5\n4,d,5,,\nTotal: 3\n5,e,6\n")
    reader = DelimitedReader(path)
    rows = [tuple(row.values()) for _, row in reader.rows()]
    # Row 3 has a cell too many, so no cell of it is sure; empty ones behind the last column do no harm; a line of one
    # cell is a footer.
    assert rows == [("1", "a", "2"), ("2", "b", ""), ("4", "d", "5"), ("5", "e", "6")]
    assert [(file.name, file.reason) for file in reader.skipped()] == [("row 3", "ragged_row"), ("row 5", "ragged_row")]
    assert reader.notes() == ["1 rows have fewer cells than columns; the rest counts as empty"]


def test_a_quote_that_never_ends_costs_its_own_row_only(tmp_path):
    rows = "".join(f"{number},name {number},x\n" for number in range(2, 50))
    path = write(tmp_path, f'id,name,note\n1,"broken,x\n{rows}')
    _, found, skipped = read(path)
    assert skipped == [("row 1", "unreadable_row")]
    assert [row[0] for row in found] == [str(number) for number in range(2, 50)]


def test_ten_megabytes_in_a_cell_cost_its_own_row_only(tmp_path):
    huge = "x" * 10_000_000
    lines = "line\n" * 2_000_000
    text = f'id,name,note\n1,a,b\n2,{huge},b\n3,c,d\n4,"{lines}",e\n5,f,g\n'
    _, rows, skipped = read(write(tmp_path, text))
    assert rows == [("1", "a", "b"), ("3", "c", "d"), ("5", "f", "g")]
    assert [reason for _, reason in skipped] == ["unreadable_row", "unreadable_row"]


def test_a_cell_beyond_the_limit_is_skipped(tmp_path):
    path = write(tmp_path, f"id,name\n1,{'x' * (MOST_CELL_CHARACTERS + 1)}\n2,b\n")
    assert read(path)[1:] == ([("2", "b")], [("row 1", "unreadable_row")])


@pytest.mark.parametrize(
    ("content", "settings_", "message"),
    [
        (b"", {}, "is empty"),
        (b"\n\n\n", {}, "holds no row"),
        (b"a,b\n1,2\n", {"encoding": "klingon"}, "there is no encoding 'klingon'"),
        (b"a,b\n1,2\n", {"encoding": "hex"}, "'hex' is no encoding of text files"),
        (b"a,b\n1,2\n", {"encoding": "punycode"}, "'punycode' is no encoding of text files"),
        (b"a,b\n1,2\n", {"delimiter": "::"}, "a delimiter is one character"),
        (b"a,b\n1,2\n", {"sheet": "One"}, "--sheet says nothing of a text file"),
        (b"\x1f\x8b\x08\x00", {}, "is packed with gzip"),
        (b"%PDF-1.7", {}, "is a PDF, no table"),
        (b"<html><table>", {}, "is a page or XML"),
        (b",".join([b"x"] * 5000) + b"\n1\n", {}, "5,000 columns"),
    ],
)
def test_what_cannot_be_read_is_one_error(tmp_path, content, settings_, message):
    with pytest.raises((CatalogError, SettingsError), match=message):
        read(write(tmp_path, content), **settings_)


def test_a_delimiter_by_name(tmp_path):
    assert read(write(tmp_path, "id name\n1 a\n"), delimiter="space")[1] == [("1", "a")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=400), st.text("ab1,;\"\n\r\t\\'", max_size=400).map(str.encode)))
def test_any_bytes_give_rows_or_one_error(tmp_path, content):
    try:
        columns, rows, _ = read(write(tmp_path, content))
    except CatalogError:
        return
    assert len(set(columns)) == len(columns) and all(columns)
    assert all(len(row) == len(columns) for row in rows)


_CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=8))
def test_what_was_written_is_read(tmp_path, table):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("id", "name", "price"), *table])
    columns, rows, skipped = read(write(tmp_path, text.getvalue()), encoding="utf-8", delimiter=",")
    assert (columns, rows, skipped) == (("id", "name", "price"), table, [])
