"""Where an unknown product belongs among the clusters of a catalog: the one most of its nearest products are in."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.recommend.catalog_index import CatalogIndex
from core.recommend.query import Query
from core.recommend.ranking import rank, score_parts
from core.recommend.weights import RankWeights

NEAREST = 15


def cluster_place(index: CatalogIndex, query: Query, cluster_of: Mapping[str, str]) -> dict[str, Any] | None:
    """Find the cluster of a picture.

    The :data:`NEAREST` products nearest by look that are in a cluster each have a vote, so that clusters of any shape
    are found, and not round ones alone; of two with as many votes the one of the nearer product is taken.

    Args:
        index: The catalog's products.
        query: The picture.
        cluster_of: Name of the cluster by product id; products in none are left out.

    Returns:
        JSON values: name, share (of the votes, 0..1) and products (that have a vote); None where nobody has one.
    """
    found = rank(score_parts(query, index), RankWeights.only("visual"), k=NEAREST)
    votes = Counter(cluster_of[each] for each in found.product_ids if each in cluster_of)
    if not votes:
        return None
    name, count = votes.most_common(1)[0]
    return {"name": name, "share": round(count / votes.total(), 6), "products": votes.total()}
