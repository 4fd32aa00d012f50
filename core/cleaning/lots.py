"""Lots: a number every product draws by its id, so that who stays never depends on an order."""

import hashlib
from collections.abc import Sequence

import numpy as np


def draw_lots(product_ids: Sequence[str], *, seed: int) -> np.ndarray:
    """Draw the lot of each product.

    Args:
        product_ids: N ids.
        seed: Another seed draws others.

    Returns:
        Uint64 array of shape (N,): always the same for the same id and seed, on every machine.
    """
    start = f"{seed}:".encode()
    digests = b"".join(hashlib.sha256(start + product_id.encode()).digest()[:8] for product_id in product_ids)
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)
