"""The cluster an unknown product belongs to: what most of its nearest products are in."""

import numpy as np

from core.recommend.cluster_place import cluster_place
from tests.recommend.catalogs_for_ranking import make_index

# Two bundles: ten products near (1, 0), each a little farther away, and ten near (0, 1).
BUNDLES = [[1, step / 100] for step in range(10)] + [[step / 100, 1] for step in range(10)]
INDEX = make_index(BUNDLES)


def _query(x, y):
    return INDEX.query_picture(np.array([x, y], np.float32))


def test_most_of_the_nearest_decide():
    names = {f"p{row}": "shoes" if row < 10 else "bags" for row in range(20)}
    # 15 votes: the ten of its own bundle and five of the other.
    assert cluster_place(INDEX, _query(1, 0.1), names) == {"name": "shoes", "share": round(10 / 15, 6), "products": 15}
    assert cluster_place(INDEX, _query(0.1, 1), names)["name"] == "bags"


def test_of_equal_votes_the_nearer_product_decides():
    assert cluster_place(INDEX, _query(0.1, 1), {"p19": "far", "p0": "far too"})["name"] == "far"
    assert cluster_place(INDEX, _query(1, 0.1), {"p19": "far", "p0": "far too"})["name"] == "far too"


def test_products_in_no_cluster_have_no_vote():
    assert cluster_place(INDEX, _query(1, 0), {}) is None
    assert cluster_place(INDEX, _query(1, 0), {"gone": "x"}) is None
