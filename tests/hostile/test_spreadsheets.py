"""Tables people open in a spreadsheet: one function writes them all, and no cell of any is a formula."""

import ast
import csv
import io
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from core.catalog.export_cells import csv_lines, frame_csv, optional_cell, plain_cell, safe_cell
from core.catalog.export_tables import TEXTS, ExportedProduct, open_writer, read_rows
from core.evaluation.comparison import compare
from core.evaluation.comparison_files import comparison_csv
from core.quality.report_csv import report_csv
from core.recommend.batch_matches import _CsvWriter
from core.review.corrections import corrections_csv
from core.review.decisions import Decision
from tests.catalog.store import small_catalog
from tests.evaluation.test_comparison import run, shares

ROOT = Path(__file__).parents[2]
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\u00a0@")
HOSTILE = [f"{start}cmd|' /C calc'!A0" for start in STARTS]
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

OTHER_WAYS = {"to_csv", "to_excel", "to_clipboard", "ExcelWriter", "DictWriter"}


def sources():
    for top in ("core", "pages"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def called(tree):
    """Yield the name of every function that is called, and of the function it is called in."""

    def look(node, inside):
        for child in ast.iter_child_nodes(node):
            here = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else inside
            if isinstance(child, ast.Call):
                called = child.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                owner = getattr(called.value, "id", "") if isinstance(called, ast.Attribute) else ""
                yield (f"{owner}.{name}" if owner == "csv" else name), here
            yield from look(child, here)

    yield from look(tree, "")


def test_tables_are_written_in_one_way():
    """Whoever writes a table of comma-separated values does so through `csv_lines`, which marks every formula."""
    calls = [(f"{path}:{inside}", name) for path, tree in sources() for name, inside in called(tree)]
    others = [(place, name) for place, name in calls if name in OTHER_WAYS or name in ("csv.writer", "csv.DictWriter")]
    assert others == [("core/catalog/export_cells.py:csv_lines", "csv.writer")]
    assert len({place for place, name in calls if name in ("csv_lines", "frame_csv")}) >= 14  # the search finds them


def unsafe(text):
    """Cells that a spreadsheet would run; plain numbers below zero are none."""
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    return [
        cell for cell in cells if cell.lstrip(" \u00a0")[:1] in set("=+-@\t\r\n＝＋－＠") and not NUMBER.fullmatch(cell)
    ]


def test_cells_that_nobody_marked_are_marked_and_marked_ones_stay():
    bare, marked = csv_lines([HOSTILE]), csv_lines([[safe_cell(each) for each in HOSTILE]])
    assert unsafe(bare) == [] and bare == marked
    assert csv_lines([["-1.5", "+2", "-1e5", "-1+1", "1"]]) == "-1.5,+2,-1e5,'-1+1,1\r\n"  # numbers stay numbers
    [row] = csv.reader(io.StringIO(marked, newline=""))
    assert [plain_cell(cell) for cell in row] == HOSTILE
    assert csv_lines([[optional_cell(""), optional_cell("'=1")]]) == "',''=1\r\n"


def test_a_table_of_figures_keeps_its_numbers_and_names_its_columns():
    frame = pd.DataFrame({"product_id": ["=1+1", "b"], "x": [-0.5, float("nan")], "@name": [None, "-x"]})
    text = frame_csv(frame)
    assert text == "product_id,x,'@name\r\n'=1+1,-0.5,\r\nb,,'-x\r\n"
    assert unsafe(text) == []


def exported(folder):
    fields = dict.fromkeys(TEXTS)
    with open_writer(folder / "products.csv", "csv") as writer:
        writer.write(
            [
                ExportedProduct(each, fields | {"title": each, "category": each}, None, (), {each: each})
                for each in HOSTILE
            ]
        )
    assert [row["title"] for row in read_rows(folder / "products.csv", "csv")] == HOSTILE
    return (folder / "products.csv").read_text(encoding="utf-8")


def matched(folder):
    with _CsvWriter(folder / "matches.csv") as writer:
        writer.write({"product_id": HOSTILE, "match_id": HOSTILE[::-1], "score": [-0.5] * len(HOSTILE)})
    return (folder / "matches.csv").read_text(encoding="utf-8")


def compared(_folder):
    return comparison_csv(compare([run(name, shares(3, 4), recipe=name, settings={"x": name}) for name in HOSTILE[:3]]))


def judged(_folder):
    words = ("severity", "group", "title", "sentence", "key")
    lines = [SimpleNamespace(**dict.fromkeys(words, each), count=1, total=2, examples=(each,)) for each in HOSTILE]
    return report_csv(SimpleNamespace(lines=lines))


@pytest.mark.parametrize("write", [exported, matched, compared, judged])
def test_no_table_holds_a_formula(write, tmp_path):
    text = write(tmp_path)
    assert "calc" in text  # the hostile names are in it
    assert unsafe(text) == []


def test_corrections_hold_none_either(home):
    catalog = small_catalog(home)
    decided = [Decision(1, each, each, each, "accept", to=each, seen={"category": each}, score=0.5) for each in HOSTILE]
    text = corrections_csv(home, catalog, "labels", decided)
    assert unsafe(text) == []
