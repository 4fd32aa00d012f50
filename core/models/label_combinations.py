"""Labels judged together: combinations that train had are likelier than those it never had."""

import numpy as np

MOST_SETS = 1000
"""With more combinations than this labels are as good as free, and each is judged for itself."""


def seen_combinations(sets: np.ndarray) -> np.ndarray:
    """Find the different sets of labels, uint8 (K, C); none when there are more than :data:`MOST_SETS`."""
    found = np.unique(np.asarray(sets, dtype=np.uint8), axis=0)
    return found if len(found) <= MOST_SETS else found[:0]


def judge_together(scores: np.ndarray, seen: np.ndarray, *, unseen_weight: float) -> np.ndarray:
    """Compute the probability of each label from what all labels say together.

    Judged each for itself, labels have scores z, probabilities p = sigmoid(z), and any set S the probability q(S), the
    product of p where it has a label and 1 - p where not. Here q(S) counts fully when S was seen in train and
    `unseen_weight` times otherwise; a label's probability is the share of the sets that have it. A picture that is
    surely black and either jeans or shoes is then not left without a kind. The sum over all sets is never taken: those
    not seen are all sets less the seen ones, which gives for R = sum of q over the seen sets, R_c over those with c::

        p'_c = ((1 - w) R_c + w p_c) / ((1 - w) R + w)

    Args:
        scores: Float32 (N, C).
        seen: Uint8 (K, C).
        unseen_weight: w, 0 (only seen sets are possible) to 1 (labels are free).

    Returns:
        Float32 (N, C).
    """
    clipped = np.clip(scores, -40, 40).astype(np.float64)
    free = 1 / (1 + np.exp(-clipped))
    if not len(seen) or unseen_weight >= 1:
        return free.astype(np.float32)
    with np.errstate(divide="ignore"):
        weights = np.log([1 - unseen_weight, unseen_weight])
    # Logarithms of the products: a hundred labels would be smaller than any float.
    shares = clipped @ seen.T.astype(np.float64) - np.logaddexp(0, clipped).sum(axis=1, keepdims=True) + weights[0]
    shares = np.concatenate((shares, np.full((len(shares), 1), weights[1])), axis=1)
    shares -= shares.max(axis=1, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=1, keepdims=True)
    return np.clip(shares[:, :-1] @ seen + shares[:, -1:] * free, 0, 1).astype(np.float32)
