"""Choosing which products to keep when a limit a category was asked for."""

import hashlib
import heapq

from sqlalchemy import select

from core.catalog.database import read
from core.catalog.import_lookup import ImportTarget
from core.catalog.import_options import ImportOptions
from core.catalog.import_values import category_path
from core.catalog.schema import products
from core.catalog.sources import Source
from core.home import Home


def keys_within_limit(home: Home, source: Source, target: ImportTarget, options: ImportOptions) -> set[str] | None:
    """Choose at most `options.max_per_category` products of each category, by lot.

    A lot rather than the first ones: in a folder those would all come from the split whose name is first. Products
    the catalog has already go before others, so that importing a grown source again does not choose anew.

    Returns:
        Keys of the products to import; None when there is no limit.
    """
    if options.max_per_category is None:
        return None
    present = _present_keys(home, target)
    best: dict[str | None, list[tuple[bool, int, str]]] = {}
    for record in source.records():
        chosen = best.setdefault(category_path(record.category[: options.category_levels]), [])
        lot = int.from_bytes(hashlib.sha256(f"{options.seed}:{record.product_id}".encode()).digest()[:8])
        # A heap gives its smallest first: negated, so that the worst of the chosen is at hand.
        entry = (record.product_id in present, -lot, record.product_id)
        if len(chosen) < options.max_per_category:
            heapq.heappush(chosen, entry)
        else:
            heapq.heappushpop(chosen, entry)
    return {key for chosen in best.values() for _present, _lot, key in chosen}


def _present_keys(home: Home, target: ImportTarget) -> set[str]:
    query = select(products.c.source_key).where(products.c.catalog_id == target.catalog_id)
    with read(home) as connection:
        return set(connection.execute(query).scalars())
