"""Source keys: what a source calls its products, which is nearly always what the catalog calls them too."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_

from core.catalog.schema import products


def bears_key(keys: Sequence[str]) -> ColumnElement[bool]:
    """The condition on products that bear one of these source keys.

    In two parts, each with an index of its own: most are found by their id, and only those with another key by that.
    """
    other = products.c.source_key != products.c.product_id
    return or_(and_(products.c.product_id.in_(keys), ~other), and_(other, products.c.source_key.in_(keys)))
