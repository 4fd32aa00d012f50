"""Imports that were made, as the command line tells of them."""


def test_imports_are_listed_and_compared_and_what_they_skipped_is_told(call, tmp_path):
    table = tmp_path / "shop.csv"
    options = ("--catalog", "shop", "--map", "price=price", "--currency", "EUR")
    table.write_text("product_id,title,price\n1,Mug,9.00\n2,Cup,4.00\n3,Jug,about\n")
    assert call("import", table, *options).code == 0
    table.write_text("product_id,title,price\n1,Mug,7.50\n3,Jug,about\n4,Vase,5.00\n")
    assert call("import", table, *options).code == 0
    second, first = call("imports", "shop", "--json").json["imports"]
    assert (first["new"], second["new"], second["changed"], second["gone"]) == (3, 1, 1, 1)
    told = call("compare-imports", "shop", first["import"], second["import"], "--json").json
    assert told["counts"] == {"new": 1, "changed": 1, "moved": 0, "gone": 1}
    assert (told["new"], told["gone"]) == (["4"], ["2"])
    assert told["changed"] == [{"product_id": "1", "fields": {"price_minor_units": [900, 750]}}]
    shown = call("compare-imports", "shop", first["import"], second["import"]).out
    assert "price_minor_units" in shown and "900" in shown and "GONE" in shown
    [skipped] = call("skipped", "shop", "--reason", "bad_price", "--json").json["skipped"]
    assert skipped["reason"] == "bad_price"
    assert call("skipped", "shop", "--import", "99").code == 2
    assert "only imports" not in call("compare-imports", "shop", "1", "99").err
