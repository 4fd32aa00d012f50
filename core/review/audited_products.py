"""What audits look at: the products of a catalog that have pictures, with features and embedding."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table, product_table
from core.errors import CatalogError
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.training_set import duplicate_groups
from core.vision.embeddings import Embedding, latest_embedding


@dataclass(frozen=True)
class AuditedProducts:
    """N products with pictures, in the order of the embedding.

    Attributes:
        products: One row a product: product_id, category, price_minor_units, currency, picture_hash; the row is its
            place in `matrix`.
        pictures: One row a picture with features: product (its row), picture_hash, group.
        features: Float32 array of shape (P, D), aligned with the pictures; may be memory-mapped.
        matrix: Float32 array of shape (N, d), rows of length 1.
        groups: Int64 array of shape (N,): products that show the same have the same number.
        embedding: Where the matrix comes from.
        without_picture: Products that are not among them.
    """

    products: pd.DataFrame
    pictures: pd.DataFrame
    features: np.ndarray
    matrix: np.ndarray
    groups: np.ndarray
    embedding: Embedding
    without_picture: int


def read_audited(home: Home, catalog: Catalog, *, backbone: str) -> AuditedProducts:
    """Read the products of a catalog that was embedded.

    Raises:
        CatalogError: No product has a picture that could be embedded.
    """
    embedding = latest_embedding(home, catalog, backbone=backbone)
    table = product_table(home, catalog)
    if embedding is None:
        raise CatalogError(
            f"catalog {catalog.name!r} has no picture that could be embedded, so its products cannot be compared: "
            "import pictures first"
        )
    place = pd.Series(np.arange(len(embedding.product_ids)), index=embedding.product_ids)
    kept = table[table["product_id"].isin(place.index)].reset_index(drop=True)
    rows = place.loc[kept["product_id"]].to_numpy()
    whole = len(rows) == len(embedding.product_ids) and bool((rows == np.arange(len(rows))).all())
    matrix = embedding.matrix if whole else embedding.matrix[rows]
    row_of = pd.Series(np.arange(len(kept)), index=kept["product_id"])
    shown = picture_table(home, catalog)[["product_id", "picture_hash"]].drop_duplicates()
    shown = shown[shown["product_id"].isin(row_of.index)].reset_index(drop=True)
    features, known = gather_features(home, shown["picture_hash"].tolist(), backbone=backbone)
    if not known.all():
        features, shown = features[known], shown[known].reset_index(drop=True)
    group = duplicate_groups(shown["product_id"].tolist(), shown["picture_hash"].tolist(), features)
    owner = row_of.loc[shown["product_id"]].to_numpy()
    pictures = pd.DataFrame({"product": owner, "picture_hash": shown["picture_hash"], "group": group})
    groups = np.zeros(len(kept), dtype=np.int64)
    groups[owner] = group
    return AuditedProducts(kept, pictures, features, matrix, groups, embedding, len(table) - len(kept))
