"""Cells that no spreadsheet runs, and that give back exactly what they were made of."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.export_cells import csv_lines, optional_cell, optional_value, plain_cell, safe_cell

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-20 %", "'-20 %"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1+1", "'  =1+1"),  # blanks before a formula do not stop every spreadsheet
        ("＝1+1", "'＝1+1"),  # full width
        ("'quoted'", "''quoted'"),  # begins with the mark, so that taking one off is always right
        ("plain = text", "plain = text"),
        ("", ""),
    ],
)
def test_what_is_marked(text, cell):
    assert safe_cell(text) == cell
    assert plain_cell(cell) == text


@given(TEXTS)
@settings(max_examples=100)
def test_every_text_comes_back(text):
    assert plain_cell(safe_cell(text)) == text
    assert safe_cell(text).lstrip(" \u00a0")[:1] not in set("=+-@\t\r\n")


@given(st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=5))
@settings(max_examples=100)
def test_rows_come_back_from_csv_none_and_empty_apart(values):
    line = csv_lines([[optional_cell(value) for value in values] + ["end"]])
    [row] = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert [optional_value(cell) for cell in row[:-1]] == values
