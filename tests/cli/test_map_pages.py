"""The command map-page: what a map is colored, shaped and weighed by, what is selected, and each kind of file."""

import base64
import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

from core.catalog.database import write
from core.catalog.schema import products
from core.explore import catalog_embeddings
from core.explore.catalog_maps import latest_map
from core.explore.cluster_settings import ClusterSettings
from core.explore.clusters import make_clusters
from core.explore.map_scene import encoded
from core.explore.maps import MapWish, draw_map
from tests.explore.conftest import make_kinds_shop
from tests.recommend.fake_embedding import FakeEmbedding

HOSTILE = "</text><script>alert(1)</script><b>&"


@pytest.fixture
def shop(home, monkeypatch):
    """Sixty products of three kinds with flat PCA maps of two embeddings, one of them upside down, and one in space."""
    catalog, known = make_kinds_shop(home, monkeypatch, 60)
    turned = FakeEmbedding(known.product_ids, np.ascontiguousarray(known.matrix[:, ::-1]))
    rows = {"efficientnet-lite0": known, "resnet50": turned}
    monkeypatch.setattr(catalog_embeddings, "latest_embedding", lambda home, catalog, backbone: rows[backbone])
    for name in ("resnet50", "efficientnet-lite0"):
        draw_map(home, catalog, MapWish("pca"), name, actor="ann")
    return catalog


@pytest.fixture
def page(call, shop, tmp_path):
    """Write a page with options; gives its data and what the command says."""

    def run(*options):
        answer = call(
            "map-page", "kinds", "--method", "pca", "--to", tmp_path / "m.html", "--replace", *options, "--json"
        )
        assert answer.code == 0, answer.err
        text = (tmp_path / "m.html").read_text()
        [data] = re.findall(r'id="shelflens-map-data">(.*?)</script>', text)
        return json.loads(data), answer.json

    return run


def decoded(text, kind=np.uint8):
    return np.frombuffer(base64.b64decode(text), kind)


def test_the_title_names_the_embedding_that_was_taken(page):
    data, told = page()
    assert told["title"] == "PCA of kinds, efficientnet-lite0"  # the one that was drawn last
    assert (told["embedding"], told["points"], told["selected"]) == ("efficientnet-lite0", 60, None)
    assert {kind["name"]: kind["count"] for kind in data["kinds"]} == told["kinds"]
    assert page("--embedding", "resnet50")[1]["title"] == "PCA of kinds, resnet50"


@pytest.mark.parametrize(
    ("by", "kinds"),
    [
        ("category:1", {"Clothing": 40, "Home": 20}),
        ("color", {"blue": 20, "red": 20, "white": 20}),
        ("attribute:size", {"large": 30, "small": 30}),
    ],
)
def test_points_are_colored_by_what_the_page_offers(page, by, kinds):
    data, told = page("--color-by", by)
    assert told["kinds"] == kinds
    assert (data["kinds"][0]["color"] == "#2a62c4") == (by == "color")  # blue is drawn blue
    assert np.bincount(decoded(data["codes"])).tolist() == [kind["count"] for kind in data["kinds"]]


def test_clusters_color_once_there_are_some(call, page, shop, home, tmp_path):
    words = ("map-page", "kinds", "--method", "pca", "--to", tmp_path / "no.html", "--color-by", "cluster")
    assert (
        "not drawn by 'cluster' here: expected one of category:1, category, color, attribute:size" in call(*words).err
    )
    kept = make_clusters(home, shop, settings=ClusterSettings(k=3), actor="ann")
    assert sorted(page("--color-by", "cluster")[1]["kinds"].values()) == [20, 20, 20]
    assert page("--select", "cluster=0")[1]["selected"] == 20
    make_clusters(home, shop, settings=ClusterSettings(k=1), actor="ann")
    assert page("--select", "cluster=0")[1]["selected"] == 60
    assert page("--select", f"members={kept.version}.0")[1]["selected"] == 20  # a link keeps its grouping


def test_shapes_and_a_selection_by_slice_by_words_and_by_loop(call, page, shop):
    call("slice", "kinds", "few", "--where", "product_id IN ('p0', 'p3')")
    data, told = page("--shape-by", "category", "--select", "few")
    assert [kind["count"] for kind in data["shape_kinds"]] == [20, 20, 20]
    # p0 and p3 are the first and the fourth product; whatever else there is steps back.
    assert (told["selected"], np.flatnonzero(decoded(data["second"])).tolist()) == (2, [0, 3])
    assert data["second_by"] == "of the selection"
    assert page("--select", "shirt")[1]["selected"] == 20  # no slice of that name: words in titles
    assert page("--select", "http://shop/embeddings?find=lamp&by=price")[1]["selected"] == 20
    everything = encoded(np.array([[0, 0], [65535, 0], [65535, 65535], [0, 65535]], np.uint16).ravel())
    # The points lie within a margin of the map's edge, where the corners are.
    assert page("--select", f"loop={everything}")[1]["selected"] == 60
    # Colors are twenty each; the first kind is one of them.
    assert page("--select", f"loop={everything}&loop_only=0&loop_by=color&method=PCA")[1]["selected"] == 20


def test_a_loop_keeps_its_products_on_every_map(page, shop, home):
    one, other = (latest_map(home, shop, "pca", backbone=name) for name in ("resnet50", "efficientnet-lite0"))
    upper = encoded(np.array([[0, 32768], [65535, 32768], [65535, 65535], [0, 65535]], np.uint16).ravel())
    there = page("--embedding", "resnet50", "--select", f"loop={upper}")
    ids = np.flatnonzero(decoded(there[0]["second"])).tolist()
    assert 0 < len(ids) < 60
    here = page("--embedding", "efficientnet-lite0", "--select", f"loop={upper}&map={one.layout}")
    assert np.flatnonzero(decoded(here[0]["second"])).tolist() == ids
    # Between two drawings, and on its first end, which is laid onto the other: the map itself, turned.
    pair = f"{one.layout}~{other.layout}"
    between = page("--embedding", "resnet50", "--after", "efficientnet-lite0", "--select", f"loop={upper}&loop_at=0.5")
    again = page("--embedding", "resnet50", "--select", f"loop={upper}&loop_at=0.5&map={pair}")
    assert decoded(again[0]["second"]).tolist() == decoded(between[0]["second"]).tolist()


def test_one_map_is_laid_onto_another(page):
    data, told = page("--after", "resnet50")
    assert data["ends"] == ["efficientnet-lite0", "resnet50"]
    # Columns in another order are the same embedding: PCA gives the same map, turned, which Procrustes turns back.
    assert told["disparity"] < 1e-6
    before, after = (decoded(data[name], "<u2").astype(int) for name in ("xy", "xy_after"))
    assert abs(before - after).max() <= 2


def test_a_map_is_written_as_svg_with_foreign_names_as_text(call, home, shop, tmp_path):
    with write(home) as connection:
        connection.execute(update(products).where(products.c.color == "red").values(category=f"Home > {HOSTILE}"))
    words = (
        "map-page",
        "kinds",
        "--method",
        "pca",
        "--to",
        tmp_path / "m.svg",
        "--shape-by",
        "color",
        "--select",
        "lamp",
    )
    assert call(*words).code == 0
    root = ElementTree.fromstring((tmp_path / "m.svg").read_text())
    name = "{http://www.w3.org/2000/svg}"
    # Blue dots are round, red ones squares, white ones triangles; each stands once in the legend too.
    assert len(root.findall(f".//{name}circle")) == 21
    assert len(root.findall(f".//{name}polygon")) == 42
    assert root.findall(f".//{name}script") == []
    texts = [each.text for each in root.findall(f".//{name}text")]
    assert texts[0] == "PCA of kinds, efficientnet-lite0"
    assert f"{HOSTILE[:27]}…  20" in texts and "Shirts  20" in texts  # cut to 28 characters, as text
    assert texts.count("Shirts") == 1  # the kind's name stands among its points
    faint = [each for each in root.findall(f".//{name}g[@class='dots']") if float(each.get("fill-opacity", 1)) < 0.2]
    assert sum(len(group) for group in faint) == 40  # all but the twenty lamps step back


def test_a_map_is_written_as_png(call, shop, tmp_path):
    assert call("map-page", "kinds", "--method", "pca", "--to", tmp_path / "m.png", "--color-by", "color").code == 0
    with Image.open(tmp_path / "m.png") as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
        assert (image.format, image.size) == ("PNG", (2156, 1676))
    red = (pixels == (209, 35, 42)).all(axis=1).sum()
    assert red > 24 * 24, "the square of the legend is of the very color red has"
    assert (np.abs(pixels.astype(int) - (215, 67, 73)).max(axis=1) < 8).sum() > 20 * 40, "twenty dots of it at 85 %"


def test_a_map_in_space_is_a_page_with_its_script_in_it(call, home, shop, tmp_path):
    words = ("map-page", "kinds", "--method", "pca", "--dimensions", "3", "--to", tmp_path / "m.html")
    assert "run `map kinds --method pca --dimensions 3` first" in call(*words).err
    draw_map(home, shop, MapWish("pca", dimensions=3), "efficientnet-lite0", actor="ann")
    with write(home) as connection:
        connection.execute(update(products).where(products.c.product_id == "p1").values(title=HOSTILE))
    assert call(*words, "--json").json["points"] == 60
    text = (tmp_path / "m.html").read_text()
    assert "alert(1)</script>" not in text and len(text) > 2**20  # Plotly is 4 MB
    assert "default-src &#x27;none&#x27;" in text
    assert "is for flat maps" in call(*words, "--replace", "--select", "lamp").err
    assert "let --to end in .html" in call(*words[:-1], tmp_path / "m.png").err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--method", "nonsense"), "choose from"),
        (("--embedding", "nonsense"), "has no embedding 'nonsense': expected one of efficientnet-lite0, colors"),
        (
            ("--color-by", "attribute:no"),
            "not drawn by 'attribute:no' here: expected one of category:1, category, color",
        ),
        (("--shape-by", "price"), "not drawn by 'price'"),
        (("--strength-by", "price"), "needs prices or a run"),
        (("--run", "nobody"), "there is no run 'nobody'"),
        (("--select", "slice=gone"), "has no slice 'gone'"),
        (("--select", "loop=%%%"), "cannot be read"),
        (("--select", "loop=AAAAAAAAAAAAAAAA&embedding=resnet50"), "drawn on the map of 'resnet50'"),
        (("--after", "efficientnet-lite0"), "is the map itself"),
        (("--to", "m.gif"), "must end in .html, .svg or .png"),
        (("--to", "no/folder/m.svg"), "in a folder that is there"),
    ],
)
def test_mistakes_are_told_with_what_would_do(call, shop, tmp_path, options, message):
    to = () if "--to" in options else ("--to", tmp_path / "x.html")
    method = () if "--method" in options else ("--method", "pca")
    answer = call("map-page", "kinds", *to, *method, *options)
    assert (answer.code, message in answer.err) == (2, True), answer.err
    assert list(tmp_path.glob("x.*")) == []


def test_predictions_of_a_run_color_shape_and_weigh(call, home, colors, tmp_path):
    run = call("train", colors, "--recipe", "linear", "--json").json["run"]
    assert call("map", colors, "--method", "pca").code == 0
    words = ("map-page", colors, "--method", "pca", "--to", tmp_path / "m.svg", "--json")
    told = call(*words, "--color-by", "right-or-wrong", "--shape-by", "category", "--strength-by", "confidence").json
    # Three colors are learned at once: all 36 are right.
    assert (told["colored_by"], told["kinds"]) == ("prediction", {"right": 36})
    root = ElementTree.fromstring((tmp_path / "m.svg").read_text())
    dots = root.findall(".//{http://www.w3.org/2000/svg}g[@class='dots']")
    assert {each.get("fill") for each in dots} == {"#0f766e"}, "teal, as the pages draw what is right"
    # It is equally sure of all, so that each has the middle rank, 18.5 of 36: 0.12 + 0.88 * 0.51, up to a sixteenth.
    assert {each.get("fill-opacity", each.get("stroke-opacity")) for each in dots} == {"0.625"}
    assert call(*words, "--replace", "--color-by", "confidence", "--run", run).json["colored_by"] == "confidence, %"
