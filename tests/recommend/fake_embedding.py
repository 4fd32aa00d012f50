"""An embedding held in memory, so that tests choose its rows."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class FakeEmbedding:
    """What `core.vision.embeddings.Embedding` offers, from arrays."""

    product_ids: list[str]
    matrix: np.ndarray
    version: str = "v000001"
    backbone: str = "efficientnet-lite0"
    projection: object = field(default=None)

    def project(self, features: np.ndarray) -> np.ndarray:
        """Cut features to the embedding's length and bring them to length 1."""
        rows = features[:, : self.matrix.shape[1]]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
