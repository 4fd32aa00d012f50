"""Ranking: parts and order by hand, and what must hold for every catalog."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CatalogError, SettingsError
from core.recommend.ranking import QueryParts, RankWeights, rank, rank_matches, score_parts
from core.recommend.weights import PARTS
from tests.recommend.catalogs_for_ranking import make_index, random_index

VISUAL_ONLY = RankWeights(visual=1, color=0, price=0, category=0)
seeds = st.integers(0, 10_000)
weight = st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0])
weights_of_parts = st.tuples(weight, weight, weight, weight).filter(any).map(lambda values: RankWeights(*values))


def ranked(index, product_id, weights, *, k=1000, pool=None):
    return rank(score_parts(index.query_product(product_id), index), weights, k=k, pool=pool)


def test_visual_part_is_the_cosine_on_0_to_1():
    # Against (1, 0): the same direction 1, 60 degrees 0.5, a right angle 0, and nothing is farther than that: the
    # opposite p1 ties with it and comes first by position.
    index = make_index([[1, 0], [-1, 0], [0, 1], [0.5, np.sqrt(0.75)], [2, 0]])
    matches = ranked(index, "p0", VISUAL_ONLY)
    assert matches.product_ids == ("p4", "p3", "p1", "p2")
    assert matches.scores == pytest.approx([1, 0.5, 0, 0], abs=1e-6)


def test_score_is_the_weighted_mean_of_the_parts_that_exist():
    index = make_index(
        [[1, 0], [0, 1], [1, 0]],
        categories=["A > X", "A > Y", None],
        prices=[10, 10, None],
        bins=[[5, 0, 0, 0, 0]] * 3,
        shares=[[1, 0, 0, 0, 0]] * 3,
    )
    matches = ranked(index, "p0", RankWeights(visual=1, color=0.5, price=0.5, category=2))
    # p2: visual 1, color 1, no price and no category: (1 * 1 + 0.5 * 1) / (1 + 0.5) = 1.
    # p1: visual 0, color 1, price level 2.5 like p0's (each alone in its category), category 1 of 2 levels:
    #     (1 * 0 + 0.5 * 1 + 0.5 * 1 + 2 * 0.5) / (1 + 0.5 + 0.5 + 2) = 2 / 4.
    assert matches.product_ids == ("p2", "p1")
    assert matches.scores == pytest.approx([1, 0.5])
    assert matches.parts[:, :4] == pytest.approx(np.array([[1, 1, np.nan, np.nan], [0, 1, 1, 0.5]]), nan_ok=True)


def test_a_product_without_any_weighted_part_is_no_match_and_is_counted():
    index = make_index([[1, 0], [1, 0], [0, 1]], prices=[10, None, 20])
    matches = ranked(index, "p0", RankWeights(visual=0, color=0, price=1, category=0))
    assert matches.product_ids == ("p2",)
    assert matches.unscored == 1
    unpriced = ranked(index, "p1", RankWeights(visual=0, color=0, price=1, category=0))
    assert (unpriced.product_ids, unpriced.unscored) == ((), 2)
    assert unpriced.parts.shape == (0, 8)


def test_products_with_the_same_picture_tie_in_catalog_order_whatever_the_size():
    # 257 equal rows of 200 dimensions: matrix products round rows at the end of a block differently.
    row = np.random.default_rng(3).standard_normal(200)
    index = make_index(np.vstack([row] * 257))
    matches = ranked(index, "p100", VISUAL_ONLY, k=300)
    assert matches.product_ids == tuple(f"p{other}" for other in range(257) if other != 100)
    assert len(set(matches.scores)) == 1


def test_pool_keeps_only_the_visually_nearest():
    # By visual: p1, p2, p3. By price alone p3 would come first, but it is not among the nearest two.
    index = make_index([[1, 0], [1, 0.1], [1, 0.2], [1, 0.3]], prices=[10, 90, 40, 10])
    only_price = RankWeights(visual=0, color=0, price=1, category=0)
    assert ranked(index, "p0", only_price, k=1).product_ids == ("p3",)
    assert ranked(index, "p0", only_price, pool=2).product_ids == ("p2", "p1")


def test_a_picture_query_may_match_every_product():
    index = random_index(1)
    query = index.query_picture(np.ones(8))
    matches = rank_matches(query, index, weights=RankWeights(), k=1000)
    assert sorted(matches.product_ids) == sorted(index.product_ids)
    assert np.isnan(matches.parts[:, 1:]).all(), "without palette, price and category only visual is known"


@pytest.mark.parametrize("vector", [np.ones(7), np.zeros(8), np.full(8, np.nan), np.full(8, np.inf)])
def test_a_picture_query_of_the_wrong_shape_is_refused(vector):
    with pytest.raises(SettingsError, match="the query's embedding needs 8 finite numbers, not all 0"):
        random_index(1).query_picture(vector)


def test_an_unknown_product_is_named():
    with pytest.raises(CatalogError, match="product 'p77' is not among the 40 embedded products of catalog 'catalog'"):
        random_index(1).query_product("p77")


@pytest.mark.parametrize(("name", "value"), [("k", 0), ("k", 2.5), ("k", True), ("pool", -1)])
def test_counts_below_1_are_refused(name, value):
    parts = score_parts(random_index(1).query_product("p0"), random_index(1))
    with pytest.raises(SettingsError, match=f"{name} must be a whole number of at least 1: received {value}"):
        rank(parts, RankWeights(), **{"k": 5, name: value})


def test_an_empty_and_a_single_product_catalog():
    assert ranked(make_index([[1, 0]]), "p0", RankWeights()).product_ids == ()
    empty = make_index(np.empty((0, 2)))
    assert rank_matches(empty.query_picture(np.ones(2)), empty, weights=RankWeights(), k=3).product_ids == ()


def test_an_embedding_that_is_not_finite_is_missing_not_first():
    index = make_index([[1, 0], [np.nan, 0], [0, 1]], prices=[10, 10, 10])
    matches = ranked(index, "p0", RankWeights(visual=1, color=0, price=1, category=0))
    assert np.isnan(matches.parts[list(matches.product_ids).index("p1"), 0])
    assert ranked(index, "p0", VISUAL_ONLY).product_ids == ("p2",)


@settings(max_examples=60, deadline=None)
@given(seeds, weights_of_parts, st.sampled_from([None, 1, 10, 500]))
def test_matches_are_a_permutation_of_the_candidates(seed, weights, pool):
    index = random_index(seed)
    matches = ranked(index, "p3", weights, pool=pool)
    candidates = min(len(index) - 1, pool or len(index))
    assert "p3" not in matches.product_ids
    assert len(set(matches.product_ids)) == len(matches.product_ids) == candidates - matches.unscored
    assert ((matches.scores >= 0) & (matches.scores <= 1)).all()
    assert (np.diff(matches.scores) <= 0).all()
    assert ((matches.parts >= 0) & (matches.parts <= 1) | np.isnan(matches.parts)).all()


@settings(max_examples=60, deadline=None)
@given(seeds, weights_of_parts, st.integers(1, 39))
def test_the_best_k_begin_the_whole_ranking(seed, weights, k):
    index = random_index(seed)
    assert ranked(index, "p0", weights, k=k).product_ids == ranked(index, "p0", weights).product_ids[:k]


@settings(max_examples=60, deadline=None)
@given(seeds, weights_of_parts)
def test_scores_are_the_weighted_mean_of_the_shown_parts(seed, weights):
    matches = ranked(random_index(seed), "p0", weights)
    values = np.array([getattr(weights, part) for part in PARTS])
    known = ~np.isnan(matches.parts)
    expected = np.where(known, matches.parts, 0) @ values / (known @ values)
    assert matches.scores == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(seeds, weights_of_parts)
def test_raising_every_part_of_a_product_never_lowers_its_score(seed, weights):
    """Scores are monotone in their parts: a product at least as near in each part is not ranked behind."""
    matches = ranked(random_index(seed), "p0", weights)
    basic = matches.parts[:, :4]  # the others have no weight here
    complete = ~np.isnan(basic).any(axis=1)
    parts, scores = basic[complete], matches.scores[complete]
    nowhere_worse = (parts[:, None, :] >= parts[None, :, :]).all(axis=2)
    assert (scores[:, None] - scores[None, :])[nowhere_worse].min(initial=0) >= -1e-6


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 7), st.floats(0.01, 5), weights_of_parts)
def test_raising_a_weight_never_lowers_the_rank_of_the_best_in_that_part(seed, part, rise, weights):
    """Among products equal otherwise, the one best in a part keeps or gains ranks when the part counts more."""
    index = random_index(seed)
    # Without a color vector of the query, color too is ranked by the values below; visual has a test of its own.
    query = dataclasses.replace(index.query_product("p0"), color=None)
    random = np.random.default_rng(seed)
    values = {name: np.full(len(index), random.random(), np.float32) for name in PARTS[1:]}
    values[PARTS[part]] = random.random(len(index), np.float32)
    equal = QueryParts(query, index, given=values)
    best = f"p{int(np.argmax(values[PARTS[part]][1:])) + 1}"
    weights = dataclasses.replace(weights, visual=0.0, brand=1.0)
    raised = dataclasses.replace(weights, **{PARTS[part]: getattr(weights, PARTS[part]) + rise})
    before = rank(equal, weights, k=1000).product_ids.index(best)
    assert rank(equal, raised, k=1000).product_ids.index(best) <= before


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(0.01, 5))
def test_raising_the_visual_weight_never_lowers_the_rank_of_the_visually_nearest(seed, rise):
    index = make_index(np.random.default_rng(seed).standard_normal((30, 6)), categories=["A"] * 30)
    nearest = ranked(index, "p0", VISUAL_ONLY, k=1).product_ids[0]
    for base in (0.0, 0.3):
        before = ranked(index, "p0", RankWeights(base, 0, 0, 1)).product_ids.index(nearest)
        assert ranked(index, "p0", RankWeights(base + rise, 0, 0, 1)).product_ids.index(nearest) <= before


@settings(max_examples=40, deadline=None)
@given(seeds, weights_of_parts)
def test_permuting_the_catalog_changes_nothing_but_ties(seed, weights):
    random = np.random.default_rng(seed)
    count = 60
    vectors = random.standard_normal((count, 8))
    vectors[10:20] = vectors[5]  # the same picture eleven times, so that there are ties
    prices = random.integers(1, 50, count).tolist()
    categories = random.choice(["A > X", "A > Y", "B"], count).tolist()
    order = random.permutation(count)
    plain = make_index(vectors, prices=prices, categories=categories)
    moved = make_index(
        vectors[order],
        prices=[prices[row] for row in order],
        categories=[categories[row] for row in order],
        ids=[f"p{row}" for row in order],
    )
    one, other = ranked(plain, "p0", weights), ranked(moved, "p0", weights)
    score_of = dict(zip(other.product_ids, other.scores, strict=True))
    assert [score_of[product_id] for product_id in one.product_ids] == one.scores.tolist()
    assert other.scores.tolist() == one.scores.tolist()


def test_new_weights_reuse_the_parts():
    index = random_index(4)
    parts = score_parts(index.query_product("p0"), index)
    kept = {name: parts.part(name).values.copy() for name in PARTS}
    one, other = rank(parts, RankWeights(), k=5), rank(parts, VISUAL_ONLY, k=5)
    # Ranking must not write into the parts.
    assert all(np.array_equal(parts.part(name).values, kept[name]) for name in PARTS), (
        "ranking must not write into the parts"
    )
    assert other.product_ids == ranked(index, "p0", VISUAL_ONLY, k=5).product_ids
    assert one.product_ids == ranked(index, "p0", RankWeights(), k=5).product_ids
