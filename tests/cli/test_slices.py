"""The commands slice and map-page."""

from core.explore.maps import make_map
from tests.catalog.store import small_catalog


def test_a_slice_is_saved_described_and_deleted(call, home, tmp_path):
    small_catalog(home)
    kept = call("slice", "shop", "mugs", "--where", "title LIKE '%mug%'", "--note", "hot", "--json").json
    assert (kept["slice"], kept["products"], kept["note"]) == ("mugs", 2, "hot")
    ids = tmp_path / "ids.csv"
    ids.write_text("name,product_id\nlamp,c/1\n")
    assert call("slice", "shop", "lamps", "--ids", ids, "--json").json["products"] == 1
    assert [each["slice"] for each in call("slice", "shop", "--json").json["slices"]] == ["lamps", "mugs"]
    told = call("slice", "shop", "mugs", "--describe", "--json").json
    assert told["product_ids"] == ["a/1", "a/2"]
    # Two products are no pattern: nothing is told that three must share. Both mugs cost less than the one lamp.
    assert (told["contrast"]["traits"], told["contrast"]["prices"]["dearer"]) == ([], 0.0)
    deleted = call("slice", "shop", "mugs", "--delete", "--json").json
    assert call("undo", deleted["event"]).code == 0
    assert "mugs" in call("slice", "shop").out


def test_mistakes_are_one_message(call, home, tmp_path):
    small_catalog(home)
    ids = tmp_path / "ids.txt"
    ids.write_text("a/1\nnot there\n")
    for words, message in (
        (("shop", "odd", "--ids", ids), "has no product 'not there'"),
        (("shop", "odd"), "has no slice 'odd'"),
        (("shop", "odd", "--note", "why"), "--note and --replace belong to saving"),
        (("shop", "--delete"), "name the slice"),
        (("shop", "../odd", "--where", "price > 1"), "letters, digits"),
    ):
        answer = call("slice", *words)
        assert (answer.code, message in answer.err) == (2, True), answer.err


def test_a_map_is_written_as_a_page(call, home, colors, tmp_path):
    from core.catalog.catalogs import find_catalog

    assert call("map-page", colors, "--to", tmp_path / "map.html").code == 2  # there is no map yet
    call("embed", colors)
    make_map(home, find_catalog(home, colors), method="pca", actor="ann")
    made = call("map-page", colors, "--to", tmp_path / "map.html", "--method", "pca", "--json").json
    assert (made["points"], made["products"]) == (36, 36)
    assert "Content-Security-Policy" in (tmp_path / "map.html").read_text()
    assert "is there already" in call("map-page", colors, "--to", tmp_path / "map.html", "--method", "pca").err
