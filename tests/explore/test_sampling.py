"""Samples keep the shares of their groups."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.explore.sampling import stratified_rows


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=200), st.integers(1, 200), st.integers(0, 99))
def test_every_group_keeps_its_share_to_within_one(groups, count, seed):
    strata = np.array(groups)
    rows = stratified_rows(strata, count, seed=seed)
    assert len(rows) == min(count, len(strata))
    assert len(set(rows.tolist())) == len(rows)
    share = len(rows) / len(strata)
    for group in set(groups):
        assert abs((strata[rows] == group).sum() - share * (strata == group).sum()) < 1


def test_a_seed_chooses_the_same_rows():
    strata = np.repeat([0, 1, 2], [60, 30, 10])
    first, again, other = (stratified_rows(strata, 10, seed=seed).tolist() for seed in (1, 1, 2))
    assert first == again != other
    assert np.bincount(strata[first]).tolist() == [6, 3, 1]
