"""The Embeddings page by its address: selections, slices, colorings, two maps, three dimensions."""

import numpy as np
import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.log import change
from core.catalog.products import product_table
from core.catalog.schema import product_pictures
from core.catalog.slices import read_slice, save_slice
from core.explore.catalog_maps import latest_map
from core.explore.map_choices import verdicts
from core.explore.map_scene import SPAN, encoded, loop_for_address
from core.explore.maps import MapWish, draw_map
from core.home import Home
from core.jobs.status import list_jobs
from core.jobs.supervise import cancel_job
from core.models.runs import list_runs, open_run
from tests.home_copies import copy_home
from tests.pages.conftest import broken, in_address, words

EVERYTHING = loop_for_address(encoded(np.array([[0, 0], [SPAN, 0], [SPAN, SPAN], [0, SPAN]], np.uint16)))


@pytest.fixture
def home(demo_home, tmp_path) -> Home:
    """The demo, free to be changed."""
    copy_home(demo_home.root, tmp_path / "demo")
    return Home(tmp_path / "demo")


def press(app, label: str) -> None:
    [button] = [each for each in app.button if each.label == label]
    button.click().run()


def selected(app) -> int:
    """How many products the page says are selected; 0 when it says nothing."""
    found = [each.value for each in app.header if each.value.endswith("selected")]
    return int(found[0].split()[0].replace(",", "")) if found else 0


def test_a_link_with_a_loop_selects_what_lies_in_it(home, open_page):
    catalog = find_catalog(home, "demo")
    drawn = latest_map(home, catalog)
    assert drawn is not None
    app = open_page(home, "embeddings", f"loop={EVERYTHING}")
    assert broken(app) == []
    # Everything but the points on the upper and right edges, which a loop's rule gives to the other side.
    assert len(drawn.frame) - 4 <= selected(app) <= len(drawn.frame)
    # One kind of the coloring alone: the most frequent top category.
    app = open_page(home, "embeddings", f"loop={EVERYTHING}&loop_only=0&loop_by=category, level 1")
    tops = drawn.frame.merge(product_table(home, catalog))["category"].str.split(" > ").str[0].value_counts()
    assert tops.iloc[0] - 4 <= selected(app) <= tops.iloc[0]


@pytest.mark.parametrize("run", ["", "&verdict_run=nobody", "&verdict_run=../../secret"])
def test_a_loop_of_verdicts_falls_back_to_a_run_that_is_known(demo_home, open_page, run):
    app = open_page(demo_home, "embeddings", f"loop={EVERYTHING}&loop_only=0&loop_by=right or wrong{run}")
    assert broken(app) == []
    catalog = find_catalog(demo_home, "demo")
    [judge] = list_runs(demo_home, catalog_id=catalog.catalog_id)
    found = verdicts(open_run(demo_home, judge.run_id))
    right = sum(found.get(each) == "right" for each in latest_map(demo_home, catalog).frame["product_id"])
    assert right - 4 <= selected(app) <= right  # the first kind is `right`; edges of the loop belong to the other side


def test_words_and_slices_select_too(home, open_page):
    catalog = find_catalog(home, "demo")
    ids = product_table(home, catalog)["product_id"].tolist()[:5]
    save_slice(home, catalog, "five", ids, actor="ann")
    app = open_page(home, "embeddings", "slice=five")
    assert broken(app) == []
    assert selected(app) == len(set(ids) & set(latest_map(home, catalog).frame["product_id"]))
    app = open_page(home, "embeddings", "find=mug")
    assert selected(app) > 10
    app = open_page(home, "embeddings", "slice=gone")
    assert selected(app) == 0
    assert "has no slice 'gone'" in words(app)


def test_a_loop_selects_the_same_products_on_every_map(home, open_page):
    catalog = find_catalog(home, "demo")
    drawn = latest_map(home, catalog)
    half = loop_for_address(encoded(np.array([[0, 0], [SPAN // 2, 0], [SPAN // 2, SPAN], [0, SPAN]], np.uint16)))
    app = open_page(home, "embeddings", f"loop={half}&map={drawn.layout}")
    count = selected(app)
    assert 50 < count < len(drawn.frame) - 50
    assert "Every product in the loop." in words(app)
    draw_map(home, catalog, MapWish("pca"), actor="tests")
    draw_map(home, catalog, MapWish(settings={"epochs": 20}, seed=5), actor="tests")
    for query in ("method=PCA", "method=UMAP"):
        app = open_page(home, "embeddings", f"loop={half}&map={drawn.layout}&{query}")
        assert broken(app) == [] and selected(app) == count
    assert "epochs 20, seed 5" in words(app)
    assert (
        selected(open_page(home, "embeddings", f"loop={half}")) != count
    )  # an address that names no map means this one
    app = open_page(home, "embeddings", f"loop={half}&map=0000aaaa")
    assert selected(app) == 0
    assert "the map this loop was drawn on is not there any more: draw the loop again" in words(app)


def test_kinds_of_another_coloring_are_not_isolated(home, open_page):
    app = open_page(home, "embeddings", "by=color&only=2&only_by=split")
    assert broken(app) == []
    assert not app.query_params.get("only") or app.query_params["only"] == [""]
    app = open_page(home, "embeddings", "by=split&only=1&only_by=split")
    assert in_address(app, "only") == "1"


def test_words_that_find_nothing_are_named(home, open_page):
    app = open_page(home, "embeddings", "find=zzz%2A")
    assert "No product with the words zzz\\*." in words(app)
    assert selected(open_page(home, "embeddings", "find=%20%20")) == 0


def test_other_settings_are_asked_for_on_the_page(home, open_page):
    app = open_page(home, "embeddings")
    for label, value in (("Neighbors", 40), ("Seed", 9)):
        [field] = [each for each in app.number_input if each.label == label]
        field.set_value(value)
    press(app, "Draw")
    assert broken(app) == []
    [job] = [each for each in list_jobs(home) if each.kind == "map" and each.arguments["seed"] == 9]
    cancel_job(home, job.job)
    assert (job.arguments["settings"]["neighbors"], job.arguments["seed"], job.arguments["anew"]) == (40, 9, True)


def test_a_map_of_main_colors_says_when_products_are_missing(home, open_page):
    catalog = find_catalog(home, "demo")
    draw_map(home, catalog, MapWish("pca"), "colors", actor="tests")
    told = "Products were added, changed or removed since this map was drawn."
    assert told not in words(open_page(home, "embeddings", "method=PCA&embedding=colors"))
    key = {"catalog_id": catalog.catalog_id, "product_id": latest_map(home, catalog).frame["product_id"][0]}
    with change(home, actor="tests", kind="edit", summary="Unlinked", catalog_id=catalog.catalog_id) as unlinking:
        unlinking.delete(product_pictures, [{**key, "position": 0}])
    save_slice(home, catalog, "two", [key["product_id"], latest_map(home, catalog).frame["product_id"][1]], actor="ann")
    app = open_page(home, "embeddings", "method=PCA&embedding=colors&slice=two")
    assert told in words(app)


def test_a_selection_becomes_a_slice_and_a_filter_of_the_catalog(home, open_page):
    app = open_page(home, "embeddings", "find=mug")
    count = selected(app)
    [name] = [each for each in app.text_input if each.label == "Name"]
    name.set_value("mugs")
    [save] = [each for each in app.button if each.label == "Save"]
    save.click().run()
    assert broken(app) == []
    catalog = find_catalog(home, "demo")
    assert len(read_slice(home, catalog, "mugs").product_ids) == count
    assert in_address(app, "slice") == "mugs"
    shown = open_page(home, "catalog", "slice=mugs")
    assert broken(shown) == []
    assert f"**{count} products** of" in words(shown)


@pytest.mark.parametrize(
    "query",
    [
        "loop=%3Cscript%3E&loop_only=9.9.x&loop_at=nan",
        "loop=AAAA",
        "view=nan,inf,1&only=999.-1",
        "by=__class__&strength=../..&method=UMAP",
        "find=%00%27%22%3C&slice=../../x",
        "show=3-D&space_method=evil",
        "verdict_run=../../secret&by=confidence",
    ],
)
def test_nonsense_in_a_link_selects_nothing_and_breaks_nothing(demo_home, open_page, query):
    app = open_page(demo_home, "embeddings", query)
    assert broken(app) == []
    assert selected(app) == 0


def test_three_dimensions_are_offered_then_drawn(home, open_page):
    app = open_page(home, "embeddings", "show=3-D&space_method=pca")
    assert "Draw the map" in [each.label for each in app.button]
    draw_map(home, find_catalog(home, "demo"), MapWish("pca", dimensions=3), actor="ann")
    app = open_page(home, "embeddings", "show=3-D&space_method=pca")
    assert broken(app) == []
    assert "Drag to turn" in words(app)


def test_two_maps_become_one_another(home, open_page):
    catalog = find_catalog(home, "demo")
    for name in ("efficientnet-lite0", "colors"):
        draw_map(home, catalog, MapWish("pca"), name, actor="ann")
    address = "show=Two maps&pair_method=pca&before=efficientnet-lite0&after=colors"
    app = open_page(home, "embeddings", address)
    assert broken(app) == []
    assert "Procrustes" in words(app)
    app = open_page(home, "embeddings", f"{address}&way=Side by side&loop={EVERYTHING}&loop_at=1")
    assert broken(app) == []
    assert selected(app) > 600


@pytest.mark.parametrize("view", ["Clusters", "Compare"])
def test_clusters_and_comparisons_are_views_of_the_page(demo_home, open_page, view):
    app = open_page(demo_home, "embeddings", f"show={view}")
    assert broken(app) == []
    assert app.button
