"""What can be set of clusters."""

from dataclasses import dataclass

from core.errors import SettingsError

METHODS = ("kmeans", "density")
MOST_CLUSTERS = 500
_MOST_LEAST = 100_000


@dataclass(frozen=True)
class ClusterSettings:
    """How products are grouped.

    Attributes:
        method: "kmeans" gives every product to one of `k` centers; "density" finds groups of any shape on the UMAP map
            and leaves products between them out.
        k: How many clusters k-means makes; None takes the recommended number.
        least_products: How few products density still calls a cluster; None = 1 % of the catalog, at least 5.
        seed: The same seed gives the same clusters.

    Raises:
        SettingsError: A value is out of its range, or says nothing for the method.
    """

    method: str = "kmeans"
    k: int | None = None
    least_products: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise SettingsError(f"clusters are made by {' or '.join(METHODS)}, not by {self.method!r}")
        if self.method == "density" and self.k is not None:
            raise SettingsError("density finds out by itself how many clusters there are: leave out k")
        if self.method == "kmeans" and self.least_products is not None:
            raise SettingsError("least_products is for the method density: leave it out")
        _check("k", self.k, least=1, most=MOST_CLUSTERS)
        _check("least_products", self.least_products, least=2, most=_MOST_LEAST)

    def least_for(self, products: int) -> int:
        """Give how few products of a catalog of this size are a cluster."""
        return self.least_products or max(5, round(products / 100))


def _check(name: str, value: int | None, *, least: int, most: int) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}: received {value!r}")
