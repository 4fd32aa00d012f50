"""The commands slice and map-page."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.errors import RunError
from core.explore import map_selections
from core.explore.catalog_maps import latest_map
from core.explore.cluster_settings import ClusterSettings
from core.explore.clusters import make_clusters
from core.explore.map_scene import encoded
from core.explore.maps import MapWish, draw_map, make_map
from core.models import runs
from tests.catalog.store import small_catalog
from tests.explore.conftest import make_kinds_shop


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
    text = call("slice", "shop", "mugs", "--describe").out
    assert "product ids  a/1 a/2" in text
    # Mugs of 9 and 12.50, a lamp of 40: half-way of the mugs is 10.75.
    assert "10.75 EUR" in text and "40.00 EUR" in text and "0 % (50 % is no difference)" in text
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


@pytest.fixture
def kinds(home, monkeypatch):
    """Sixty products of three kinds on a PCA map; gives the map."""
    catalog, _ = make_kinds_shop(home, monkeypatch, 60)
    draw_map(home, catalog, MapWish("pca"), "efficientnet-lite0", actor="ann")
    make_clusters(home, catalog, settings=ClusterSettings(k=3), actor="ann")
    return latest_map(home, catalog, "pca")


def loop_around(drawn, ids):
    """Write a box a hundredth of the map wider than some products, as a link does."""
    scale = drawn.scale
    rows = drawn.frame[drawn.frame["product_id"].isin(ids)]
    places = scale.quantized(rows["x"].to_numpy(), rows["y"].to_numpy()).astype(int)
    (left, low), (right, high) = (
        np.clip(places.min(axis=0) - 655, 0, 65535),
        np.clip(places.max(axis=0) + 655, 0, 65535),
    )
    corners = np.array([[left, low], [right, low], [right, high], [left, high]], np.uint16)
    return encoded(corners.ravel()).replace("+", "-").replace("/", "_")


def test_a_slice_is_made_of_a_selection(call, kinds):
    shirts = [f"p{number}" for number in range(0, 60, 3)]  # every third product is a shirt, and shirts lie together
    loop = loop_around(kinds, shirts)
    link = f"http://127.0.0.1:8501/embeddings?method=PCA&embedding=efficientnet-lite0&loop={loop}"
    for name, words in (
        ("link", ("--loop", link)),
        ("bare", ("--loop", loop, "--method", "pca", "--embedding", "efficientnet-lite0")),
        ("words", ("--words", "shirt cotton")),
    ):
        assert call("slice", "kinds", name, *words, "--json").json["products"] == 20
        assert call("slice", "kinds", name, "--json").json["product_ids"] == shirts
    # A link that names its drawing needs no more, whatever was drawn since.
    assert call("slice", "kinds", "drawn", "--loop", f"loop={loop}&map={kinds.layout}", "--json").json["products"] == 20
    assert "is not there any more" in call("slice", "kinds", "gone", "--loop", f"loop={loop}&map=none").err
    # Kinds that are isolated narrow a loop: of shirts, which are all blue, none is red, the second kind by its name.
    only = f"loop={loop}&loop_by=color&loop_only="
    assert call("slice", "kinds", "blue", "--loop", only + "0", "--method", "pca", "--json").json["products"] == 20
    assert "no product is selected" in call("slice", "kinds", "red", "--loop", only + "1", "--method", "pca").err
    sizes = [
        call("slice", "kinds", f"c{number}", "--cluster", number, "--json").json["products"] for number in range(3)
    ]
    assert sizes == [20, 20, 20]
    listed = call("products", "kinds", "--slice", "link", "--where", "color = 'blue'", "--limit", "2", "--json")
    assert [each["product_id"] for each in listed.json["products"]] == ["p0", "p3"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--loop", "nonsense!"), "cannot be read"),
        (("--loop", "find=lamp"), "cannot be read"),
        (("--loop", "loop=AAAAAAAAAAAAAAAA&method=UMAP"), "run `map kinds --method umap` first"),
        (
            ("--loop", "AAAAAAAAAAAAAAAA", "--method", "pca", "--embedding", "no"),
            "has no embedding 'no': expected one of",
        ),
        (("--loop", "loop=AAAAAAAAAAAAAAAA&loop_at=0.5", "--method", "pca"), "name the second with --after"),
        (("--loop", "loop=AAAAAAAAAAAAAAAA&loop_only=1&loop_by=x", "--method", "pca"), "not drawn by 'x'"),
        (("--cluster", "9"), "there is no cluster 9: expected one of 0 to 2"),
        (("--cluster", "1", "--embedding", "colors"), "has no clusters of this embedding"),
        (("--words", "lamp", "--method", "pca"), "--method belongs to --loop"),
        (("--words", ""), "words to search for must not be blank: received ''"),
        (("--words", " \t"), "must not be blank"),
        # A link that names its drawing says which map it is of: nothing else would be read.
        (("--loop", "loop=AAAAAAAAAAAAAAAA&map=a", "--method", "pca"), "names its map itself: leave --method out"),
        (("--loop", "loop=AAAAAAAAAAAAAAAA&map=a", "--after", "colors"), "names its map itself: leave --after out"),
        (("--loop", "loop=AAAAAAAAAAAAAAAA&map=a", "--embedding", "x"), "names its map itself: leave --embedding out"),
    ],
)
def test_a_selection_that_cannot_be_is_told(call, kinds, words, message):
    answer = call("slice", "kinds", "odd", *words)
    assert (answer.code, message in answer.err) == (2, True), answer.err
    assert call("slice", "kinds", "--json").json["slices"] == []


def test_the_run_a_loop_names_judges(call, kinds, monkeypatch):
    def opened(home, run_id):
        if run_id not in ("old", "new"):
            raise RunError(f"there is no run {run_id!r}")
        # The old run is right about shirts alone, the new one about dresses alone.
        right = {"old": 0, "new": 1}[run_id]
        rows = pd.DataFrame({"product_id": [f"p{number}" for number in range(60)], "label": "a", "predicted": "b"})
        rows.loc[rows.index % 3 == right, "predicted"] = "a"
        return SimpleNamespace(run=SimpleNamespace(catalog_id=1, catalog="kinds"), products=rows)

    done = [SimpleNamespace(run_id=name, state="done") for name in ("new", "old")]
    monkeypatch.setattr(runs, "list_runs", lambda home, catalog_id: done)
    monkeypatch.setattr(runs, "open_run", opened)
    monkeypatch.setattr(map_selections, "open_run", opened)
    loop = loop_around(kinds, [f"p{number}" for number in range(60)])
    for place, options in enumerate(((f"&map={kinds.layout}", ()), ("", ("--method", "pca")))):
        link = f"loop={loop}&loop_by=right or wrong&loop_only=0{options[0]}"
        for run, first in (("", "p1"), ("&verdict_run=old", "p0"), ("&verdict_run=new", "p1")):
            name = f"{place}{run[-3:]}"
            assert call("slice", "kinds", name, "--loop", link + run, *options[1], "--json").json["products"] == 20
            assert call("slice", "kinds", name, "--json").json["product_ids"][0] == first
        answer = call("slice", "kinds", "odd", "--loop", f"{link}&verdict_run=gone", *options[1])
        assert (answer.code, "there is no run 'gone'" in answer.err) == (2, True), answer.err


def test_a_slice_goes_on_to_review_and_into_an_export(call, home, tmp_path):
    small_catalog(home)
    call("slice", "shop", "mugs", "--where", "title LIKE '%mug%'")
    assert call("send-to-review", "shop", "--slice", "mugs", "c/1", "--json").json["sent"] == 3
    assert "name products, or a slice" in call("send-to-review", "shop").err
    assert "has no slice 'gone'" in call("export", "shop", tmp_path / "no", "--slice", "gone").err
    made = call("export", "shop", tmp_path / "out", "--slice", "mugs", "--format", "csv", "--json").json
    # Both mugs, of four products; the one picture of the catalog is a mug's, and the home never had its file.
    assert (made["slice"], made["products"], made["missing_pictures"]) == ("mugs", 2, 1)
    lines = (tmp_path / "out" / "products.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["product_id", "a/1", "a/2"]
