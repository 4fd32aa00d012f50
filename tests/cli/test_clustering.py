"""The text of `clusters`: what speaks for a number, and what against."""

from core.cli.clustering import show_clusters

COUNT = {
    "tried": [2, 3],
    "silhouette": [0.08, 0.09],
    "silhouette_without_groups": [0.085, 0.08],
    "resamples": 5,
    "low": 2,
    "high": 3,
    "elbow": 2,
    "best_silhouette": 3,
    "recommended": 3,
}
RESULT = {
    "embedding": "colors",
    "products": 9,
    "without_cluster": 0,
    "seconds": 1.0,
    "agreement": None,
    "clusters": [],
}


def test_doubts_about_the_number_are_told():
    told = show_clusters(RESULT | {"count": COUNT | {"flat": True, "at_end": True}})
    assert "at best 0.09, and a cloud without any groups gives 0.09" in " ".join(told.split())
    assert "That 3, the largest number tried," in " ".join(told.split())
    sure = show_clusters(RESULT | {"count": COUNT | {"flat": False, "at_end": False}})
    assert "but" not in sure and "3 (5 resamples: 2 to 3)" in sure
