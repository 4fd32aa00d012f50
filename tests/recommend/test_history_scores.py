"""Figures of four users and four products, argued by hand.

    p1  p2  p3  p4
ann  1   1   0   0
bob  1   1   1   0
cid  0   1   1   0
dee  0   0   0   1
"""

import numpy as np
import pytest

from core.errors import SettingsError
from core.recommend.collaborative_order import OrderSettings, order_rows, order_similarities, recency_weights
from core.recommend.collaborative_scores import METHODS, collaborative_scores
from core.recommend.collaborative_similarity import column_similarities, strongest
from core.recommend.history_table import MOST_PRODUCTS_A_USER, lines_of, table_of, without_last

LINES = [["ann", "p1", "p2"], ["bob", "p1", "p2", "p3"], ["cid", "p2", "p3"], ["dee", "p4"]]


@pytest.fixture
def table():
    return lines_of(LINES)


def pair(matrix, row, column):
    return float(matrix[[row], :][:, [column]].toarray()[0, 0])


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("jaccard", 2 / 3),  # ann and bob have both; ann, bob and cid have either
        ("cosine", 2 / np.sqrt(2 * 3)),
        # n = 4, both 2, p1 2, p2 3: (4*2 - 2*3) / sqrt((4*2 - 4) * (4*3 - 9)) = 2 / sqrt(12)
        ("pearson", 2 / np.sqrt(12)),
    ],
)
def test_products_are_compared_by_their_users(table, measure, expected):
    found = column_similarities(table.matrix, measure)
    assert pair(found, 0, 1) == pytest.approx(expected, abs=1e-6)
    assert pair(found, 1, 0) == pytest.approx(expected, abs=1e-6)  # symmetric
    assert pair(found, 0, 3) == 0  # nobody has p1 and p4
    assert pair(found, 0, 0) == 0  # a product is no neighbor of its own


def test_users_are_compared_by_their_products(table):
    # ann {p1, p2}, bob {p1, p2, p3}: 2 of 3; cid {p2, p3} shares one of three with ann.
    found = column_similarities(table.by_product, "jaccard")
    assert pair(found, 0, 1) == pytest.approx(2 / 3)
    assert pair(found, 0, 2) == pytest.approx(1 / 3)


def test_pearson_below_zero_is_no_similarity():
    # p1 and p2 share one of four users and each has three others' absence:  (4*1 - 3*2) < 0.
    found = column_similarities(lines_of([["a", "1", "2"], ["b", "1"], ["c", "1"], ["d", "2"]]).matrix, "pearson")
    assert found.nnz == 0


def test_strengths_count_in_cosine_and_not_in_jaccard():
    events = [("a", "1", "buy"), ("a", "2", "view"), ("b", "1", "view"), ("b", "2", "buy")]
    matrix = table_of(events).matrix  # 1: (3, 1), 2: (1, 3)
    assert pair(column_similarities(matrix, "cosine"), 0, 1) == pytest.approx(6 / 10)
    assert pair(column_similarities(matrix, "jaccard"), 0, 1) == 1


def test_some_rows_are_those_of_the_whole(table):
    whole = column_similarities(table.matrix, "cosine").toarray()
    some = column_similarities(table.matrix, "cosine", wanted=np.array([2, 0])).toarray()
    np.testing.assert_allclose(some, whole[[2, 0]])
    order = order_similarities(table).toarray()
    np.testing.assert_allclose(order_rows(table, np.array([2, 0])).toarray(), order[[2, 0]])


def test_order_counts_who_comes_after_whom(table):
    settings = OrderSettings(reach=5, gap=1.0, backward=0.5, from_power=0, to_power=0)
    found = order_similarities(table, settings)
    # p1 -> p2 next to one another for ann and bob; backwards half of that.
    assert pair(found, 0, 1) == pytest.approx(2.0)
    assert pair(found, 1, 0) == pytest.approx(1.0)
    # p1 -> p3 for bob alone, two places on: 1/2.
    assert pair(found, 0, 2) == pytest.approx(0.5)
    # divided by the roots of the users of both: p1 has 2, p2 has 3.
    halved = order_similarities(table, OrderSettings(reach=5, gap=1, backward=0.5, from_power=0.5, to_power=0.5))
    assert pair(halved, 0, 1) == pytest.approx(2 / np.sqrt(2 * 3))


def test_the_last_product_counts_most():
    np.testing.assert_allclose(recency_weights(3, 1.0), [1 / 3, 1 / 2, 1])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_what_others_like_this_user_have(table, method):
    # Whoever has p1 has p2 as well; p4 is of another world. By popularity p2 comes first too: 3 users.
    scores = collaborative_scores(table, np.array([0]), np.ones(1), method=method)
    assert scores[1] == max(np.delete(scores, 0))
    if method != "popularity":
        assert scores[3] == 0


def test_user_pearson_wants_more_than_chance(table):
    scores = collaborative_scores(table, np.array([0, 1]), np.ones(2), method="user-pearson")
    assert scores[2] > 0 and scores[3] == 0


def test_a_user_without_products_scores_nothing(table):
    assert not collaborative_scores(table, np.zeros(0, int), np.zeros(0)).any()


def test_an_unknown_method_is_named():
    with pytest.raises(SettingsError, match="no method 'magic'; choose one of order, item-jaccard"):
        collaborative_scores(lines_of(LINES), np.array([0]), np.ones(1), method="magic")


def test_a_product_counts_once_at_its_last_time_with_its_greatest_strength():
    table = table_of([("a", "1", "buy"), ("a", "2", "view"), ("a", "1", "view"), ("b", "2", "wish")])
    products, strengths = table.of_user(0)
    assert [table.product_ids[place] for place in products] == ["2", "1"]  # 1 was looked at again after 2
    assert strengths.tolist() == [1.0, 3.0]
    assert table.popularity.tolist() == [1, 2]


def test_of_a_crawler_only_the_last_products_count():
    table = lines_of([["bot", *map(str, range(MOST_PRODUCTS_A_USER + 7))], ["ann", "1"]])
    products, _strengths = table.of_user(0)
    assert len(products) == MOST_PRODUCTS_A_USER
    assert table.product_ids[products[-1]] == str(MOST_PRODUCTS_A_USER + 6)


def test_holding_back_takes_the_last_products_away():
    table, target = without_last(lines_of([["a", "1", "2", "3"], ["b", "3", "1"]]), 1)
    assert [table.product_ids[place] for place in target] == ["3", "1"]
    assert [table.product_ids[place] for place in table.products] == ["1", "2", "3"]
    # Nothing of what is held back is left to learn from: product 3 has one user, not two.
    assert table.popularity[table.product_places["3"]] == 1


def test_the_strongest_are_kept_row_by_row(table):
    found = strongest(column_similarities(table.matrix, "jaccard"), 1)
    assert np.diff(found.indptr).max() == 1
    assert pair(found, 0, 1) == pytest.approx(2 / 3)  # p2, not p3
