"""Which products to show, and in which order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from core.catalog.schema import product_pictures, products
from core.errors import CatalogError

_FEW_IDS = 500

ORDERS = ("position", "title", "price", "-price", "category")


@dataclass(frozen=True)
class ProductFilter:
    """What every product must meet; what is left at its default does not narrow.

    Attributes:
        text: Words that must all begin a word of the title, brand, color, category, description or product id; case
            and accents do not matter.
        category: A path: products in it or below it.
        split: ``train``, ``validation``, ``test``.
        brand: Exactly this brand.
        color: Exactly this color.
        price_min: Lowest price, minor units.
        price_max: Highest price, minor units.
        currency: Exactly this currency; needed beside a price where the catalog has several.
        has_picture: With pictures, or without.
        where: A filter expression, see :func:`core.catalog.where.parse_where`.
        product_ids: Exactly these products.
        left_out: False for the products that are in the catalog, True for those that cleaning took out, None for both.
        order_by: One of :data:`ORDERS`; ``-price`` starts with the dearest. Equal ones keep their position. Amounts of
            different currencies are never compared: currency after currency, by code.
    """

    text: str = ""
    category: str | None = None
    split: str | None = None
    brand: str | None = None
    color: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    currency: str | None = None
    has_picture: bool | None = None
    where: str | None = None
    product_ids: tuple[str, ...] | None = None
    left_out: bool | None = False
    order_by: str = "position"

    def __post_init__(self) -> None:
        if self.order_by not in ORDERS:
            raise CatalogError(f"products can be ordered by {', '.join(ORDERS)}, not {self.order_by!r}")

    @property
    def needs_only_the_database(self) -> bool:
        """Whether a query answers it as well as the columns do: it asks for everything, or for products by id."""
        plain = ProductFilter(product_ids=self.product_ids, left_out=self.left_out, order_by=self.order_by)
        if self.product_ids is None:
            return self == plain
        return len(self.product_ids) <= _FEW_IDS and self.order_by == "position" and self == plain

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Add the conditions to a query on the table of products.

        A database finds words anywhere in a text and tells accents apart; `core.catalog.products.find_products` does
        not.

        Raises:
            CatalogError: The filter expression cannot be read.
        """
        return query.where(
            *self._presence(), *self._texts(), *self._equals(), *self._prices(), *self._pictures(), *self._expressions()
        )

    def order(self) -> tuple[ColumnElement[Any], ...]:
        """The columns to sort by; prices within their currency, products without a price last either way."""
        price, currency = products.c.price_minor_units, products.c.currency
        first: dict[str, tuple[Any, ...]] = {
            "position": (),
            "title": (products.c.title,),
            "category": (products.c.category.nulls_first(),),  # as SQLite does unasked
            "price": (price.is_(None), currency.nulls_first(), price.asc()),
            "-price": (price.is_(None), currency.nulls_first(), price.desc()),
        }
        return (*first[self.order_by], products.c.position, products.c.product_id)

    def _presence(self) -> list[ColumnElement[bool]]:
        if self.left_out is None:
            return []
        return [products.c.left_out.is_not(None) if self.left_out else products.c.left_out.is_(None)]

    def _texts(self) -> list[ColumnElement[bool]]:
        columns = [products.c[name] for name in ("title", "brand", "color", "category", "product_id")]
        return [
            or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in self.text.split()[:20]
        ]

    def _equals(self) -> list[ColumnElement[bool]]:
        conditions = []
        for name in ("split", "brand", "color", "currency"):
            value = getattr(self, name)
            if value is not None:
                conditions.append(products.c[name] == value)
        if self.category is not None:
            column = products.c.category
            below = column.startswith(f"{self.category} > ", autoescape=True)
            conditions.append(or_(column == self.category, below))
        return conditions

    def _prices(self) -> list[ColumnElement[bool]]:
        conditions = []
        if self.price_min is not None:
            conditions.append(products.c.price_minor_units >= self.price_min)
        if self.price_max is not None:
            conditions.append(products.c.price_minor_units <= self.price_max)
        return conditions

    def _pictures(self) -> list[ColumnElement[bool]]:
        if self.has_picture is None:
            return []
        has = exists(
            select(product_pictures.c.position).where(
                product_pictures.c.catalog_id == products.c.catalog_id,
                product_pictures.c.product_id == products.c.product_id,
            )
        )
        return [has if self.has_picture else ~has]

    def _expressions(self) -> list[ColumnElement[bool]]:
        conditions = []
        if self.where:
            from core.catalog.where import parse_where  # its parser takes 0.2 s to import, and pages never need it

            conditions.append(parse_where(self.where))
        if self.product_ids is not None:
            conditions.append(products.c.product_id.in_(self.product_ids))
        return conditions
