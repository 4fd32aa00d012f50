"""Recommendations and complements on six products of three categories, argued by hand."""

import numpy as np
import pytest

from core.errors import CatalogError, SettingsError
from core.recommend.complements_fit import color_harmony, fit_of, shared_style
from core.recommend.complements_items import find_complements, nearest_category, related_rows
from core.recommend.complements_pairs import CategoryPairs, category_partners, same_branch
from core.recommend.history_table import lines_of
from core.recommend.hybrid import UserTaste, mixed_for_user, recommend_in, table_scores
from core.recommend.hybrid_content import typical_rows
from core.recommend.ranking import rank, score_parts
from core.recommend.weights import RankWeights
from tests.recommend.catalogs_for_ranking import make_index, random_index

IDS = ["shirt1", "shirt2", "jeans1", "jeans2", "boots1", "new"]
CATEGORIES = ["Clothing > Shirts"] * 2 + ["Clothing > Jeans"] * 2 + ["Shoes > Boots", "Clothing > Shirts"]
# Shirts look along x, jeans along y, boots along z; shirt2 and jeans2 share a style (the fourth number).
VECTORS = [[1, 0, 0, 0], [1, 0, 0, 0.5], [0, 1, 0, 0], [0, 1, 0, 0.5], [0, 0, 1, 0], [1, 0, 0, 0.49]]
LINES = [
    ["ann", "shirt1", "jeans1"],
    ["bob", "shirt1", "jeans1"],
    ["cid", "shirt1", "jeans1", "boots1"],
    ["dee", "shirt2"],
]


@pytest.fixture
def index():
    return make_index(VECTORS, categories=CATEGORIES, ids=IDS)


@pytest.fixture
def table():
    return lines_of(LINES)


def taste(*product_ids):
    return UserTaste("u", product_ids, np.ones(len(product_ids), np.float32))


def ids(index, rows):
    return [index.product_ids[row] for row in rows]


def test_what_follows_for_others_comes_first_and_nothing_comes_back(index, table):
    found = recommend_in(index, table, taste("shirt1"), k=6, hybrid=1.0)
    assert found.basis == "histories"
    # Three took jeans1 next, one of them boots1 after; nobody else has anything with shirt1. jeans2, which nobody had
    # yet, inherits from jeans1, which it looks like.
    order = ids(index, found.rows)
    assert order[:3] == ["jeans1", "jeans2", "boots1"]
    assert "shirt1" not in ids(index, found.rows)
    assert "shirt1" in ids(index, recommend_in(index, table, taste("shirt1"), k=6, with_seen=True).rows)


def test_content_alone_finds_what_looks_alike(index, table):
    found = recommend_in(index, table, taste("shirt1"), k=2, hybrid=0.0)
    assert set(ids(index, found.rows)) == {"shirt2", "new"}


def test_a_new_user_gets_what_most_have(index, table):
    found = recommend_in(index, table, taste(), k=2)
    assert found.basis == "popularity"
    assert set(ids(index, found.rows)) == {"shirt1", "jeans1"}  # three users each


def test_without_histories_the_catalog_shows_itself_category_by_category(index):
    found = recommend_in(index, lines_of([]), taste(), k=3)
    assert found.basis == "catalog"
    assert {index.category_of(row) for row in found.rows} == set(CATEGORIES)
    assert ids(index, typical_rows(index, k=1))[0] in ("new", "shirt2", "shirt1")  # shirts are the largest category


def test_a_new_product_inherits_from_what_it_looks_like(index, table):
    # dee's shirt2 is what nobody follows; a user of shirt2's neighbor would get shirt2, so "new" gets its share.
    lines = [*LINES, ["eve", "boots1", "shirt2"], ["fay", "boots1", "shirt2"]]
    found = recommend_in(index, lines_of(lines), taste("boots1"), k=6, hybrid=1.0)
    order = ids(index, found.rows)
    assert order[0] == "shirt2" and order[1] == "new"  # cosine of the two is above 0.999
    assert found.collaborative[1] == pytest.approx(found.collaborative[0], abs=0.01)


def test_scores_are_in_the_order_of_the_products_asked_for(table):
    scores, basis = table_scores(table, taste("shirt1"), ["unknown", "jeans1", "shirt2"])
    assert basis == "histories"
    assert scores.tolist()[0] == 0 and scores[1] == 1  # the greatest is 1


def test_a_hybrid_weight_out_of_range_is_refused(index, table):
    for wrong in (1.5, -0.1, float("nan"), True):
        with pytest.raises(SettingsError, match="number from 0 to 1"):
            recommend_in(index, table, taste("shirt1"), hybrid=wrong)


def test_complements_are_what_users_have_with_it_never_of_its_category(index, table):
    found = find_complements(index, table, "shirt1", k=3)
    assert ids(index, found.rows)[0] == "jeans1"  # all three users of shirt1 have it
    assert found.basis[0] == "histories" and found.together[0] == pytest.approx(1.0)
    assert not {"shirt1", "shirt2", "new"} & set(ids(index, found.rows))
    # boots1 has one user with shirt1: too few to say so, but Clothing and Shoes are all the tree has left.
    assert dict(zip(ids(index, found.rows), found.basis, strict=True))["boots1"] == "pairs"


def test_without_histories_the_pair_then_the_style_decides(index):
    found = find_complements(index, lines_of([]), "shirt2", k=2)
    # Jeans share the level Clothing with shirts; of them jeans2 has the style of shirt2.
    assert ids(index, found.rows)[0] == "jeans2"


def test_what_people_say_wins(index, table):
    boots = CategoryPairs(together=frozenset({("Clothing > Shirts", "Shoes > Boots")}))
    assert ids(index, find_complements(index, table, "shirt1", pairs=boots, k=2).rows)[0] == "boots1"
    never = CategoryPairs(never=frozenset({("Clothing > Jeans", "Clothing > Shirts")}))
    assert ids(index, find_complements(index, table, "shirt1", pairs=never, k=5).rows) == ["boots1"]


def test_histories_show_which_categories_go_together(index, table):
    found = category_partners(index, table, "Clothing > Shirts", CategoryPairs())
    # Users of shirts: ann, bob, cid, dee; of jeans the first three: 3 / sqrt(4 * 3).
    assert (found[0].category, found[0].basis, found[0].users) == ("Clothing > Jeans", "histories", 3)
    assert found[0].score == pytest.approx(3 / np.sqrt(12))


def test_branches_of_the_tree():
    assert same_branch("A > B", "A > B > C") and same_branch("A", "A > B")
    assert not same_branch("A > B", "A > C")


def test_a_product_without_a_category_takes_the_nearest():
    index = make_index(VECTORS, categories=[*CATEGORIES[:5], None], ids=IDS)
    assert nearest_category(index, index.embeddings[5])[0] == "Clothing > Shirts"
    assert find_complements(index, lines_of([]), "new", k=5).category == "Clothing > Shirts"
    with pytest.raises(CatalogError, match="no product of catalog 'catalog' has a category"):
        nearest_category(make_index(VECTORS), np.ones(4))


def test_related_are_of_the_same_category(index):
    assert set(ids(index, related_rows(index, 0, k=5))) == {"shirt2", "new"}


def test_colors_go_together_by_hue():
    # Bins are (hue * 8 + saturation) * 8 + value; full red, red's opposite cyan, a quarter turn away, and white.
    red, cyan, white = (0 * 8 + 7) * 8 + 7, (6 * 8 + 7) * 8 + 7, 7
    bins = [[each, 0, 0, 0, 0] for each in (red, red, cyan, white, 0)]
    shares = [[1, 0, 0, 0, 0]] * 4 + [[0] * 5]
    palettes = make_index(np.eye(5), bins=bins, shares=shares).palettes
    found = color_harmony(palettes, 0, np.arange(1, 5))
    assert found[0] == pytest.approx(1.0)  # the same hue
    assert found[2] == pytest.approx(0.75)  # a neutral
    assert 0.5 < found[1] <= 1  # opposite in HSV is nearly opposite in CIELAB
    assert np.isnan(found[3])  # no palette


def test_style_is_what_is_left_beside_the_category(index):
    found = shared_style(index, 1, np.array([2, 3, 4]))
    assert found[1] > found[0]  # jeans2 leans the same way as shirt2
    assert np.isnan(found[2])  # the only boots are their category's mean
    assert fit_of(np.array([np.nan, 1.0]), np.array([0.5, np.nan])).tolist() == [0.5, 1.0]


def test_matches_for_a_user_are_ordered_anew():
    index = random_index(5)
    parts = score_parts(index.query_product("p0"), index)
    found = rank(parts, RankWeights(), k=10)
    history = np.zeros(10, np.float32)
    assert mixed_for_user(found, history, k=4).product_ids == found.product_ids[:4]  # all scores shrink alike
    history[7] = 1.0
    mixed = mixed_for_user(found, history, k=4)
    # 0.7 x its score + 0.3 passes 0.7 x the best score unless the best is 3 / 7 above it.
    assert found.scores[0] - found.scores[7] < 3 / 7
    assert mixed.product_ids[0] == found.product_ids[7]
    assert mixed.scores[0] == pytest.approx(0.7 * found.scores[7] + 0.3)
    assert mixed.product_ids[1:] == found.product_ids[:3]
