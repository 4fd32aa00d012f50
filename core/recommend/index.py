"""Opening the index of a catalog: its products, their newest embedding and their colors brought to one order."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.price_levels import price_levels
from core.catalog.products import product_table
from core.errors import CatalogError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex as CatalogIndex
from core.recommend.category import category_paths
from core.recommend.color import PaletteTable
from core.recommend.color_table import histograms_of_palettes
from core.vision.backbones import DEFAULT_BACKBONE
from core.vision.embeddings import latest_embedding
from core.vision.palettes import BIN_RGB, read_histograms, read_palettes


def open_index(home: Home, catalog: Catalog, *, backbone: str = DEFAULT_BACKBONE) -> CatalogIndex:
    """Open the index of a catalog on its newest embedding.

    Args:
        home: Where everything is.
        catalog: The catalog.
        backbone: The backbone of the embedding.

    Returns:
        The index; products deleted since the embedding are left out, products added since are counted.

    Raises:
        CatalogError: The catalog has no embedding by this backbone yet.
    """
    embedding = latest_embedding(home, catalog, backbone=backbone)
    if embedding is None:
        raise CatalogError(
            f"catalog {catalog.name!r} has no {backbone} embedding yet: make it with "
            f"`embed {catalog.name} --backbone {backbone}` or on the Catalog page"
        )
    _ = embedding.projection  # read now: a cached index may outlive the version on the disk
    table = product_table(home, catalog)
    kept, matrix = _align(table, embedding.product_ids, matrix=embedding.matrix)
    hashes = kept["picture_hash"].tolist()
    waiting = table["picture_hash"].notna() & ~table["product_id"].isin(kept["product_id"])
    index = build_index(kept, matrix, palettes=read_palettes(home, hashes), histograms=read_histograms(home, hashes))
    return replace(
        index,
        catalog_id=catalog.catalog_id,
        catalog_name=catalog.name,
        catalog_version=catalog.version,
        embedding_version=embedding.version,
        not_embedded=int(waiting.sum()),
        without_picture=int(table["picture_hash"].isna().sum()),
        embedding=embedding,
        home=home,
        catalog=catalog,
    )


def _align(table: pd.DataFrame, embedded_ids: Sequence[str], *, matrix: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Bring products and embedding rows to the same, position order; copy the matrix only when it must change."""
    row_of = {product_id: row for row, product_id in enumerate(embedded_ids)}
    pictured = table["picture_hash"].notna()
    here = np.array([product_id in row_of for product_id in table["product_id"]], bool) & pictured.to_numpy()
    order = np.array([row_of[product_id] for product_id in table["product_id"][here]], np.intp)
    unchanged = len(order) == len(matrix) and bool((order == np.arange(len(order))).all())
    return table[here], matrix if unchanged else np.ascontiguousarray(matrix[order])


def build_index(
    products: pd.DataFrame,
    embeddings: np.ndarray,
    *,
    palettes: tuple[np.ndarray, np.ndarray],
    histograms: np.ndarray | None = None,
) -> CatalogIndex:
    """Build an index from arrays already in hand.

    Args:
        products: N rows with product_id, category, price_minor_units and currency, and with title and brand where
            they are known, in position order.
        embeddings: float32 (N, d), rows of length 1.
        palettes: bins (N, 5) and shares (N, 5) of the products' pictures.
        histograms: uint8 (N, C), packed color histograms; None, or a row of zeros, makes do with the palette.

    Returns:
        The index, of a catalog named "catalog".
    """
    categories = _values(products["category"])
    prices = [None if price is None else int(price) for price in _values(products["price_minor_units"])]
    currencies = _values(products["currency"])
    bins, shares = palettes
    nothing: list[str | None] = [None] * len(products)
    return CatalogIndex(
        catalog_id=0,
        catalog_name="catalog",
        catalog_version=0,
        embedding_version="",
        product_ids=tuple(products["product_id"].astype(str)),
        embeddings=np.asarray(embeddings, np.float32),  # a view of a memory-mapped array, no copy
        palettes=PaletteTable(bins, shares, bin_rgb=BIN_RGB),
        histograms=_completed(histograms, bins, shares),
        price=price_levels(prices, currencies, categories=categories),
        category=category_paths(categories),
        prices_minor_units=tuple(prices),
        currencies=tuple(currencies),
        titles=tuple(_values(products["title"]) if "title" in products else nothing),
        brands=tuple(_values(products["brand"]) if "brand" in products else nothing),
    )


def _completed(histograms: np.ndarray | None, bins: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Fill in histograms that are not known from palettes."""
    if histograms is None:
        return histograms_of_palettes(bins, shares, bin_rgb=BIN_RGB)
    unknown = ~histograms.any(axis=1)
    if unknown.any():
        histograms = histograms.copy()
        histograms[unknown] = histograms_of_palettes(bins[unknown], shares[unknown], bin_rgb=BIN_RGB)
    return histograms


def _values(column: pd.Series) -> list:
    """Read a column with None wherever it has no value."""
    return column.astype(object).where(column.notna(), None).tolist()
