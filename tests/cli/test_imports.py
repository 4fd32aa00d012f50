import shutil


def test_an_import_reports_totals_and_adds_nothing_the_second_time(call, color_folder):
    words = ("import", color_folder, "--catalog", "colors", "--split", "8:1:1", "--json")
    first, second = call(*words).json, call(*words).json
    assert (first["catalog"], first["products"], first["pictures"], first["categories"]) == ("colors", 36, 36, 3)
    assert sum(first["splits"].values()) == 36 and first["skipped"] == []
    assert (first["new"], second["new"]) == (36, 0)
    same = ("catalog", "products", "pictures", "categories", "splits", "skipped")
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


def test_limits_and_skipped_files(call, color_folder, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(color_folder, folder)
    (folder / "grey").mkdir()
    (folder / "grey" / "empty.jpg").touch()
    answer = call("import", folder, "--catalog", "few", "--max-per-category", "2", "--json").json
    assert answer["products"] == 6  # 2 of each color
    assert {"reason": "empty", "count": 1, "examples": ["grey/empty.jpg"]} in answer["skipped"]
    shown = call("import", folder, "--catalog", "few", "--max-per-category", "2").out
    assert "grey/empty.jpg" in shown and "products    6" in shown
