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


def test_a_table_is_previewed_and_imported(call, tmp_path):
    table, rules = tmp_path / "shop.csv", tmp_path / "merge.csv"
    table.write_text("sku;name;group;cost\n1;Mug;Mugs;12,50\n2;Cup;Cups;9,00\n2;Jug;Jugs;9,00\n")
    rules.write_text("from,to\nCups,Kitchen > Mugs\nMugs,Kitchen > Mugs\n")
    options = ("--map", "category=group", "--map", "attribute.list_price=cost", "--currency", "EUR")
    seen = call("preview", table, *options, "--json").json
    assert seen["columns"] == ["sku", "name", "group", "cost"] and seen["count"] == 3
    assert {each["field"]: each["column"] for each in seen["mapping"]} == {
        "product_id": "sku",
        "title": "name",
        "category": "group",
        "attribute.list_price": "cost",
    }
    shown = call("preview", table, *options).out
    assert "FIELD" in shown and "Mug" in shown and "named by you" in shown
    done = call("import", table, "--catalog", "shop", *options[:2], *options[4:], "--merge", rules, "--json").json
    assert (done["products"], done["categories"]) == (2, 1)  # both end in Kitchen > Mugs; the jug contradicts the cup
    assert done["skipped"] == [{"reason": "duplicate_id", "count": 1, "examples": ["row 3 (2)"]}]
    products = call("products", "shop", "--json").json["products"]
    assert [(each["product_id"], each["price"], each["currency"]) for each in products] == [
        ("1", 12.5, "EUR"),
        ("2", 9.0, "EUR"),
    ]


def test_parts_of_folders_become_labels(call, color_folder, tmp_path):
    shutil.copytree(color_folder / "red", tmp_path / "copy" / "red_dark")
    call("import", tmp_path / "copy", "--catalog", "labels", "--labels", "parts", "--json")
    [product] = call("products", "labels", "--limit", "1", "--json").json["products"]
    assert product["attributes"] == {"labels": ["red", "dark"]}


def test_a_column_that_is_not_there_is_one_message(call, tmp_path):
    table = tmp_path / "shop.csv"
    table.write_text("id,name\n1,Mug\n")
    answer = call("import", table, "--catalog", "shop", "--map", "price=prize", "--json")
    assert (answer.code, answer.out) == (2, "")
    expected = "error: column 'prize' is not in shop.csv: found id, name; name it with --map price=COLUMN\n"
    assert answer.err.endswith(expected)
