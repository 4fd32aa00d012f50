"""Selections as links write them: what is read, and that nothing else is more than one clear error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.catalogs import find_catalog
from core.catalog.log import change
from core.catalog.products import product_table
from core.catalog.schema import products
from core.errors import SettingsError
from core.explore.catalog_maps import latest_map
from core.explore.map_points import points_of_drawing
from core.explore.map_scene import encoded
from core.explore.map_selections import MapSelection, read_loop, read_selection
from core.explore.maps import MapWish, draw_map

LOOP = encoded(np.array([0, 0, 65535, 0, 64507, 65535], np.uint16))


def test_a_link_is_read_whole():
    text = f"https://shop:8501/embeddings?method=t-SNE&embedding=colors&loop={LOOP}&loop_only=0.3.255.9x&loop_by=price&verdict_run=r"
    assert read_selection(f"{text}&loop_at=0.25#map") == MapSelection(
        loop=LOOP, only=(0, 3, 255), by="price", run="r", at=0.25, method="tsne", embedding="colors"
    )
    assert "+" in LOOP, "as a plus stands for a blank in a link, and a slash for itself"
    assert read_loop(LOOP).loop == LOOP == read_loop(f"loop={LOOP}").loop


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("spring", MapSelection(slice_name="spring")),
        ("red shoes", MapSelection(words="red shoes")),
        ("slice=red", MapSelection(slice_name="red")),
        ("?find=red+shoes&by=price", MapSelection(words="red shoes")),
        ("cluster=-1", MapSelection(cluster=-1)),
        ("?show=Map&members=kmeans-1.2-x.3", MapSelection(cluster=3, grouping="kmeans-1.2-x")),
        # What the Clusters view shows stays in the address behind; it selects nothing on the map.
        ("grouping=density-2&cluster=0&members=kmeans-1.3", MapSelection(cluster=3, grouping="kmeans-1")),
        ("salt & pepper", MapSelection(words="salt & pepper")),
    ],
)
def test_what_else_selects(text, found):
    assert read_selection(text, slices=("spring",)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "find=%20",
        "?find=+&by=price",
        "loop=",
        "http://shop/embeddings?by=price",
        "cluster=two",
        "cluster=kmeans-1.2",
        "members=2",
        "loop=AAAA",
        "?cluster=2",
        "grouping=k&cluster=2",
        "cluster=2&grouping=k",
    ],
)
def test_what_selects_nothing_is_told(text):
    with pytest.raises(SettingsError):
        read_selection(text)


@given(st.text(max_size=80), st.sampled_from(["", "loop=", "cluster=", "find=", "?loop_only=1&loop="]))
def test_whatever_is_typed_is_read_or_refused(text, name):
    try:
        found = read_selection(name + text)
    except SettingsError:
        return
    given = (found.loop, found.words, found.slice_name, found.cluster)
    assert sum(each is not None for each in given) == 1


@pytest.mark.parametrize("ends", [1, 2])
def test_the_version_of_a_drawing_changes_with_its_products(home, kinds_shop, ends):
    catalog, known = kinds_shop
    draw_map(home, catalog, MapWish(settings={"epochs": 20}), "efficientnet-lite0", actor="ann")
    layout = "~".join([latest_map(home, catalog).layout] * ends)

    def points():
        now = find_catalog(home, "kinds")
        return points_of_drawing(home, now, product_table(home, now), layout)[0]

    first = points()
    with change(home, actor="tests", kind="delete", summary="One less", catalog_id=catalog.catalog_id) as deleting:
        deleting.delete(products, [{"catalog_id": catalog.catalog_id, "product_id": "p0"}])
    second = points()
    assert (len(first.table), len(second.table), first.layout) == (60, 59, second.layout)
    assert first.version != second.version, "colors of sixty products are not kept for fifty-nine"
    # One that looks like the first is placed into the drawing, which keeps its name.
    known.product_ids, known.matrix = [*known.product_ids, "p60"], np.vstack([known.matrix, known.matrix[:1]])
    known.version = "v000002"
    draw_map(home, find_catalog(home, "kinds"), MapWish(settings={"epochs": 20}), "efficientnet-lite0", actor="ann")
    assert points().version != second.version
