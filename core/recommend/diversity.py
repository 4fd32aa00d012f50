"""Diversity: matches that differ from those above them, by maximal marginal relevance.

Each place goes to the candidate with the largest::

    (1 - diversity) * score - diversity * largest similarity of its looks to a match already chosen

0 is the plain ranking; 1 takes the best match and then, among the candidates, whatever looks least like the ones
chosen. Source: J. Carbonell and J. Goldstein, "The use of MMR" (SIGIR 1998).
"""

import numpy as np

CANDIDATES_A_MATCH = 8
LEAST_CANDIDATES = 100


def candidate_count(k: int) -> int:
    """Tell how many of the best are looked at to choose k."""
    return max(LEAST_CANDIDATES, CANDIDATES_A_MATCH * k)


def diverse_order(scores: np.ndarray, vectors: np.ndarray, *, diversity: float, k: int) -> np.ndarray:
    """Choose k of the candidates, one after another.

    Args:
        scores: float (m,), 0..1, of the candidates, best first.
        vectors: float32 (m, d), their embeddings, rows of length 1.
        diversity: 0..1.
        k: How many.

    Returns:
        intp (min(k, m),): places of the candidates in the order they were chosen; equal ones keep their order.
    """
    chosen: list[int] = []
    nearest = np.zeros(len(scores))
    left = np.ones(len(scores), bool)
    for _place in range(min(k, len(scores))):
        gain = (1 - diversity) * scores - diversity * nearest
        if not chosen:
            gain = scores.astype(np.float64)
        best = int(np.argmax(np.where(left, gain, -np.inf)))
        chosen.append(best)
        left[best] = False
        np.maximum(nearest, np.clip(vectors @ vectors[best], 0, 1), out=nearest)
    return np.array(chosen, np.intp)
