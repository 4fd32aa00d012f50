"""How much a catalog says of a product: which of several copies is the one to keep."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from core.catalog.catalogs import Catalog
from core.catalog.schema import product_pictures, products

_FIELDS = ("category", "price_minor_units", "brand", "color", "description")
_IDS_A_QUERY = 500


def completeness(connection: Connection, catalog: Catalog, product_ids: Sequence[str]) -> dict[str, int]:
    """Count what is known of products: filled fields, attributes with a value, and pictures.

    Args:
        connection: Reads the catalog.
        catalog: The catalog.
        product_ids: The products.
    """
    counts: dict[str, int] = {}
    shown = product_pictures.c
    for start in range(0, len(product_ids), _IDS_A_QUERY):
        chunk = product_ids[start : start + _IDS_A_QUERY]
        columns = [products.c[name] for name in ("product_id", *_FIELDS, "attributes")]
        mine = (products.c.catalog_id == catalog.catalog_id, products.c.product_id.in_(chunk))
        for row in connection.execute(select(*columns).where(*mine)):
            attributes = row.attributes if isinstance(row.attributes, dict) else {}
            filled = sum(row._mapping[name] is not None for name in _FIELDS)
            counts[row.product_id] = filled + sum(value not in (None, "") for value in attributes.values())
        query = select(shown.product_id, func.count()).where(shown.catalog_id == catalog.catalog_id)
        for product_id, count in connection.execute(
            query.where(shown.product_id.in_(chunk)).group_by(shown.product_id)
        ):
            counts[product_id] = counts.get(product_id, 0) + count
    return counts
