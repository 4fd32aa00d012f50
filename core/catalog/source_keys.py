"""Source keys: what a source calls its products, which is nearly always what the catalog calls them too."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_

from core.catalog.schema import products


def bears_key(keys: Sequence[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two conditions on products that bear one of these source keys, for a query each.

    Each has an index of its own: most products are found by their id, and only those with another key by that. Joined
    by OR, a database may use neither.
    """
    other = products.c.source_key != products.c.product_id
    same = products.c.source_key == products.c.product_id
    return and_(products.c.product_id.in_(keys), same), and_(other, products.c.source_key.in_(keys))
