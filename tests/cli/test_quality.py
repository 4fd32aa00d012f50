"""The commands quality, measure and export."""

import csv
import zipfile

import pytest


def test_quality_measures_judges_and_writes_both_files(call, colors, tmp_path):
    answer = call("quality", colors, "--html", tmp_path / "q.html", "--csv", tmp_path / "q.csv", "--json")
    assert answer.code == 0
    result = answer.json
    assert (result["products"], result["distinct_pictures"], result["unmeasured"], result["categories"]) == (
        36,
        36,
        0,
        3,
    )
    lines = {line["key"]: line for line in result["lines"]}
    # Pictures of 64 x 64 px: every one of them is tiny.
    assert (lines["picture_small"]["severity"], lines["picture_small"]["count"]) == ("bad", 36)
    assert len(lines["picture_small"]["examples"]) == 5
    assert (tmp_path / "q.html").read_text().startswith("<!doctype html>")
    with (tmp_path / "q.csv").open(newline="") as file:
        assert len(list(csv.reader(file))) == len(result["lines"]) + 1


def test_quality_without_measuring(call, colors):
    assert call("quality", colors, "--no-measure", "--json").json["unmeasured"] == 36
    assert call("measure", colors, "--json").json["measured"] == 36
    assert call("measure", colors, "--json").json["reused"] == 36


def test_quality_is_readable(call, colors):
    answer = call("quality", colors)
    assert answer.out.startswith(
        "Not yet to be trusted: 1 thing to mend first, beginning with “Tiny pictures” (36 of 36)."
    )


@pytest.mark.parametrize("name", ["", "nowhere/q.html"])
def test_a_report_that_cannot_be_written_is_refused_before_the_work(call, colors, tmp_path, name):
    answer = call("quality", colors, "--html", tmp_path / name, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "expected the name of a file in a folder that is there" in answer.err


def test_export_and_import_again(call, colors, tmp_path):
    answer = call("export", colors, tmp_path / "out.zip", "--format", "csv", "--json")
    assert answer.code == 0
    assert (answer.json["products"], answer.json["pictures"], answer.json["missing_pictures"]) == (36, 36, 0)
    assert "manifest.json" in zipfile.ZipFile(tmp_path / "out.zip").namelist()
    again = call("import", tmp_path / "out.zip", "--catalog", "again", "--json")
    assert again.json["products"] == again.json["pictures"] == 36
    before, after = (call("products", name, "--json").json["products"] for name in (colors, "again"))
    assert before == after


def test_an_export_is_not_overwritten(call, colors, tmp_path):
    assert call("export", colors, tmp_path / "out", "--no-pictures").code == 0
    answer = call("export", colors, tmp_path / "out", "--no-pictures", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "exists already: choose another name, or replace an earlier export with --replace" in answer.err
    assert call("export", colors, tmp_path / "out", "--no-pictures", "--replace").code == 0
