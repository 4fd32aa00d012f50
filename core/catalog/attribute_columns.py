"""Attributes of products as columns: what a source says beside the fields every product has."""

from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import products
from core.home import Home

_LOOKED_AT = 2_000
_MOST_NAMES = 60
_MOST_CHARACTERS = 200
_ROWS_A_READ = 10_000


def attribute_names(home: Home, catalog: Catalog) -> list[str]:
    """List the attributes that occur among the first 2,000 products, most frequent first, at most 60."""
    counts: dict[str, int] = {}
    query = _query(catalog).limit(_LOOKED_AT)
    with read(home) as connection:
        for row in connection.execute(query):
            for name in islice(_entries(row.attributes), 1_000):
                counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_NAMES]


def attribute_values(home: Home, catalog: Catalog, name: str) -> pd.Series:
    """Read one attribute of every product that has it.

    Returns:
        Text or numbers by product id; a list's entries are joined, and what else has parts is left out.
    """
    found: dict[str, Any] = {}
    with read(home) as connection:
        rows = connection.execute(_query(catalog), execution_options={"yield_per": _ROWS_A_READ})
        for row in rows:
            value = _entries(row.attributes).get(name)
            if isinstance(value, list):
                value = ", ".join(str(each) for each in value[:10] if isinstance(each, str | int | float))
            if isinstance(value, bool) or (isinstance(value, str) and value.strip()):
                found[row.product_id] = str(value).strip()[:_MOST_CHARACTERS]
            elif isinstance(value, int | float):
                found[row.product_id] = value
    return pd.Series(found, dtype=object)


def _query(catalog: Catalog) -> Any:
    mine = (products.c.catalog_id == catalog.catalog_id, products.c.left_out.is_(None))
    return select(products.c.product_id, products.c.attributes).where(*mine).order_by(products.c.position)


def _entries(attributes: Any) -> dict[str, Any]:
    return attributes if isinstance(attributes, dict) else {}
