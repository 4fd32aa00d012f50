import numpy as np

from core.progress import SilentProgress
from core.vision.embed import embed_catalog
from core.vision.embeddings import latest_embedding


def test_embeds_every_picture_once(ready_home, shop):
    first = embed_catalog(ready_home, shop, actor="tests", progress=SilentProgress())
    second = embed_catalog(ready_home, shop, actor="tests", progress=SilentProgress())

    # p0..p3 have one picture, p4 two; the second time all six are there already.
    assert (first.pictures, first.reused, second.pictures, second.reused) == (6, 0, 6, 6)
    assert first.version == second.version == "v000001"
    embedding = latest_embedding(ready_home, shop)
    assert embedding.product_ids == ["p0", "p1", "p2", "p3", "p4"]
    assert np.allclose(np.linalg.norm(embedding.matrix, axis=1), 1.0, atol=1e-6)
