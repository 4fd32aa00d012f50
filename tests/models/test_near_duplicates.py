import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import near_duplicates
from core.models.near_duplicates import join_groups, near_duplicate_pairs


def cosines_of_all_pairs(features):
    centered = features - features.mean(axis=0)
    units = centered / np.linalg.norm(centered, axis=1, keepdims=True)
    return units @ units.T


@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.6, 0.9]))
@settings(max_examples=25, deadline=None)
def test_the_filtered_blocks_find_what_comparing_all_pairs_finds(seed, threshold):
    random = np.random.default_rng(seed)
    # 100 dimensions: more than the filter keeps, so that confirming in full matters.
    features = random.normal(size=(60, 100)).astype(np.float32)
    features[30:40] = features[:10] + 0.4 * random.normal(size=(10, 100)).astype(np.float32)
    cosines = cosines_of_all_pairs(features)
    sure = {(a, b) for a in range(60) for b in range(a + 1, 60) if cosines[a, b] >= threshold + 1e-4}
    possible = {(a, b) for a in range(60) for b in range(a + 1, 60) if cosines[a, b] >= threshold - 1e-4}
    found = {tuple(pair) for pair in near_duplicate_pairs(features, threshold=threshold).tolist()}
    assert sure <= found <= possible


def test_block_size_changes_nothing(monkeypatch):
    features = np.random.default_rng(3).normal(size=(50, 20)).astype(np.float32)
    features[40:] = features[:10]
    whole = near_duplicate_pairs(features, threshold=0.9)
    monkeypatch.setattr(near_duplicates, "BLOCK_ROWS", 7)
    assert near_duplicate_pairs(features, threshold=0.9).tolist() == whole.tolist()
    # Rows 0..9 were copied to 40..49.
    assert whole.tolist() == [[number, number + 40] for number in range(10)]


def test_fewer_than_two_pictures_have_no_pair_and_equal_pictures_alone_have_no_direction():
    assert near_duplicate_pairs(np.ones((1, 4), dtype=np.float32), threshold=0.9).shape == (0, 2)
    # Both are exactly at their mean: nothing says they are alike more than any other two.
    assert near_duplicate_pairs(np.ones((2, 4), dtype=np.float32), threshold=0.9).shape == (0, 2)


def test_groups_join_chains_and_are_numbered_by_their_first_member():
    # 3-1 and 1-4 chain into one group; 0 and 2 stay alone.
    assert join_groups(5, [(3, 1), (1, 4)]).tolist() == [0, 1, 2, 1, 1]
    assert join_groups(3, []).tolist() == [0, 1, 2]
