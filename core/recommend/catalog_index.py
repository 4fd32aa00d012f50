"""Everything known about a catalog's products that ranking compares, laid out for speed, and the queries it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.price_levels import EXACT, PriceLevels, price_levels
from core.errors import CatalogError, SettingsError
from core.home import Home
from core.recommend.catalog_facts import DATE_NAMES, STOCK_NAMES, aligned, freshness, in_stock, popularity
from core.recommend.catalog_facts import product_attributes as attributes_of
from core.recommend.category import CategoryPaths
from core.recommend.color import PALETTE_COLORS, PaletteTable
from core.recommend.color_filter import named_shares
from core.recommend.color_table import ColorSpace, fit_color_space, histograms_of_palettes
from core.recommend.query import Query
from core.recommend.title_index import TitleIndex, index_titles
from core.recommend.variants import variant_groups
from core.vision.backbones import DEFAULT_BACKBONE
from core.vision.embeddings import Embedding
from core.vision.palettes import BIN_RGB


@dataclass(frozen=True)
class CatalogIndex:
    """N embedded products of a catalog in position order; never changes once made.

    Attributes:
        catalog_id: the catalog; never given to another.
        catalog_name: what it is called.
        catalog_version: its version when the index was opened.
        embedding_version: the embedding the index was opened on.
        product_ids: N ids.
        embeddings: float32 (N, d), rows of length 1; read in place from the disk where possible.
        palettes: main colors of each product's first picture, for the classic ranking and for showing.
        histograms: uint8 (N, C), packed color histogram of each product's first picture, all 0 = unknown.
        price: levels of each product's price.
        category: category path of each product.
        prices_minor_units: one a product, None = no price.
        currencies: one a product, None = no price.
        titles: one a product.
        brands: one a product, None = unknown.
        not_embedded: products that have pictures but no row yet, because they came after the embedding.
        without_picture: products that have no picture, so cannot be compared.
        embedding: what `embeddings` comes from, to place pictures from outside; None when built from arrays.
        home: where further facts are read when they are first asked for; None when built from arrays.
    """

    catalog_id: int
    catalog_name: str
    catalog_version: int
    embedding_version: str
    product_ids: tuple[str, ...]
    embeddings: np.ndarray
    palettes: PaletteTable
    histograms: np.ndarray
    price: PriceLevels
    category: CategoryPaths
    prices_minor_units: tuple[int | None, ...]
    currencies: tuple[str | None, ...]
    titles: tuple[str | None, ...]
    brands: tuple[str | None, ...]
    not_embedded: int = 0
    without_picture: int = 0
    embedding: Embedding | None = None
    home: Home | None = None
    catalog: Catalog | None = None
    rows: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", {product_id: row for row, product_id in enumerate(self.product_ids)})

    def __len__(self) -> int:
        return len(self.product_ids)

    @cached_property
    def colors(self) -> np.ndarray:
        """float32 (N, c): color vectors, rows of length 1 or 0 where colors are unknown."""
        return self.color_space.vectors(self.histograms)

    @cached_property
    def color_space(self) -> ColorSpace:
        """What turns colors into vectors, found from this catalog's colors."""
        return fit_color_space(self.histograms)

    @cached_property
    def colors_known(self) -> np.ndarray:
        """Bool (N,): whose colors are known."""
        return np.asarray(self.histograms.any(axis=1))

    @cached_property
    def color_shares(self) -> np.ndarray:
        """float32 (N, names): how much of a product bears which of `core.recommend.color_filter.NAMED_COLORS`."""
        return named_shares(self.histograms)

    @cached_property
    def variants(self) -> np.ndarray:
        """int64 (N,): the first row of a product's variants, see `core.recommend.variants`."""
        return variant_groups(self.titles, self.brands, [self.category_of(row) for row in range(len(self))])

    @cached_property
    def exact_price(self) -> PriceLevels:
        """Price levels by the report's own rule: any category with a price has levels of its own."""
        categories = [self.category_of(row) for row in range(len(self))]
        return price_levels(self.prices_minor_units, self.currencies, categories=categories, least_prices=EXACT)

    @cached_property
    def prices(self) -> np.ndarray:
        """float32 (N,): prices in minor units, NaN = none."""
        amounts = (np.nan if price is None else price for price in self.prices_minor_units)
        return np.fromiter(amounts, np.float32, len(self))

    @cached_property
    def brand_codes(self) -> tuple[np.ndarray, dict[str, int]]:
        """int32 (N,), -1 = unknown, and the number of each brand; case and spaces around do not tell brands apart."""
        numbers: dict[str, int] = {}
        folded = (fold_brand(brand) for brand in self.brands)
        codes = (-1 if brand is None else numbers.setdefault(brand, len(numbers)) for brand in folded)
        return np.fromiter(codes, np.int32, len(self)), numbers

    @cached_property
    def title_index(self) -> TitleIndex:
        """The words of the titles."""
        return index_titles(self.titles)

    @cached_property
    def popularity(self) -> np.ndarray:
        """float32 (N,), 0..1, 0 = in no history; NaN for all while the catalog has none."""
        counts = popularity(self.home, self.catalog) if self.home and self.catalog else {}
        return aligned(counts, self.product_ids, otherwise=0.0 if counts else np.nan)

    @cached_property
    def freshness(self) -> np.ndarray:
        """float32 (N,), 0..1, NaN = no date."""
        return aligned(freshness(self._attributes(DATE_NAMES)), self.product_ids, otherwise=np.nan)

    @cached_property
    def in_stock(self) -> np.ndarray:
        """Bool (N,): which products say that they can be bought."""
        sold = in_stock(self._attributes(STOCK_NAMES))
        return np.fromiter((product_id in sold for product_id in self.product_ids), bool, len(self))

    def _attributes(self, names: Sequence[str]) -> dict[str, dict]:
        return attributes_of(self.home, self.catalog, names) if self.home and self.catalog else {}

    @property
    def stale(self) -> bool:
        """Whether products wait to be embedded; a page then offers to embed again."""
        return self.not_embedded > 0

    @property
    def encoder(self) -> str:
        """The backbone, or the run with a network of its own, whose embedding this is."""
        return DEFAULT_BACKBONE if self.embedding is None else self.embedding.backbone

    def category_of(self, row: int) -> str | None:
        """Return the category path of a row's product."""
        code = self.category.codes[row]
        return self.category.paths[code] if code < len(self.category.paths) else None

    def query_product(self, product_id: str) -> Query:
        """Make a product of the catalog the query.

        Raises:
            CatalogError: The product is not in the index.
        """
        row = self.rows.get(product_id)
        if row is None:
            raise CatalogError(
                f"product {product_id!r} is not among the {len(self):,} embedded products of catalog "
                f"{self.catalog_name!r}: check the id with `products {self.catalog_name}`; "
                f"a product added later needs `embed {self.catalog_name}` first; without a picture nothing looks alike"
            )
        category, currency = self.category_of(row), self.currencies[row]
        return Query(
            embedding=self.embeddings[row],
            palette_bins=self.palettes.bins[:, row],
            palette_shares=self.palettes.shares[:, row],
            color=self.colors[row] if self.colors_known[row] else None,
            price_level=self.price.level(self.prices_minor_units[row], currency, category=category),
            price=self.prices_minor_units[row],
            currency=currency,
            category=category,
            brand=self.brands[row],
            title=self.titles[row],
            product_id=product_id,
            row=row,
            excluded=(row,),
        )

    def query_picture(
        self,
        embedding: np.ndarray,
        palette: tuple[np.ndarray, np.ndarray] | None = None,
        *,
        histogram: np.ndarray | None = None,
        price: tuple[int, str] | None = None,
        category: str | None = None,
    ) -> Query:
        """Make a picture from outside the query.

        Args:
            embedding: (d,) as `Embedding.project` gives it; brought to length 1.
            palette: bins (5,) and shares (5,); None = colors unknown.
            histogram: uint8 (C,), packed; None takes the palette's.
            price: minor units and currency; None = price unknown.
            category: path; None = category unknown.

        Raises:
            SettingsError: The embedding has another length, or is not finite, or zero.
        """
        vector = np.asarray(embedding, np.float32).reshape(-1)
        length = float(np.linalg.norm(vector))
        if len(vector) != self.embeddings.shape[1] or not np.isfinite(length) or length == 0:
            raise SettingsError(
                f"the query's embedding needs {self.embeddings.shape[1]} finite numbers, not all 0: "
                f"received {len(vector)} of length {length:g}; project the picture with this catalog's embedding"
            )
        bins, shares = palette or (np.zeros(PALETTE_COLORS, np.uint16), np.zeros(PALETTE_COLORS, np.float32))
        amount, currency = price or (None, None)
        level = self.price.level(amount, currency, category=category)
        if histogram is None:
            histogram = histograms_of_palettes(bins[None], shares[None], bin_rgb=BIN_RGB)[0]
        return Query(
            vector / length,
            bins,
            shares,
            color=self.color_space.vectors(histogram[None])[0] if histogram.any() else None,
            price_level=level,
            price=amount,
            currency=currency,
            category=category,
        )


def fold_brand(brand: str | None) -> str | None:
    """Write a brand so that case and spaces do not tell it from itself; None when it says nothing."""
    return " ".join(brand.casefold().split()) or None if brand else None
