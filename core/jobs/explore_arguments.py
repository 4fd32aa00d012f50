"""What jobs that look at embeddings take: clusters and comparisons."""

from dataclasses import dataclass, field

from core.errors import SettingsError
from core.jobs.arguments import check_seed


@dataclass(frozen=True)
class ClusterArguments:
    """Group the products of an embedding.

    Attributes:
        catalog: Name of the catalog.
        embedding: Name of an embedding; empty takes the default backbone's.
        method: "kmeans" or "density".
        k: How many clusters k-means makes; None takes the recommended number.
        least_products: How few products density still calls a cluster; None = 1 % of the catalog, at least 5.
        seed: Makes it repeatable.
    """

    catalog: str
    embedding: str = ""
    method: str = "kmeans"
    k: int | None = None
    least_products: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.explore.catalog_embeddings import check_embedding_name
        from core.explore.cluster_settings import ClusterSettings

        check_seed(self.seed)
        ClusterSettings(self.method, self.k, self.least_products, self.seed)
        object.__setattr__(self, "embedding", check_embedding_name(self.embedding))


@dataclass(frozen=True)
class ComparisonArguments:
    """Compare embeddings of a catalog.

    Attributes:
        catalog: Name of the catalog.
        embeddings: Their names; empty takes all that are made.
        by: What neighbors should agree in: `category`, `category:LEVEL`, `color`, `brand`, `attribute:NAME`.
        k: How many neighbors count.
        seed: Of samples.
    """

    catalog: str
    embeddings: list = field(default_factory=list)
    by: list = field(default_factory=list)
    k: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        from core.explore.catalog_embeddings import check_embedding_name
        from core.explore.embedding_comparison import check_measure

        check_seed(self.seed)
        if not 1 <= self.k <= 100:
            raise SettingsError(f"k must be a whole number from 1 to 100: received {self.k!r}")
        for name in (*self.embeddings, *self.by):
            if not isinstance(name, str):
                raise SettingsError(f"embeddings and measures are texts, not {str(name)[:80]!r}")
        object.__setattr__(self, "embeddings", [check_embedding_name(name) for name in self.embeddings])
        object.__setattr__(self, "by", [check_measure(name) for name in self.by])
