"""The products that pass a filter, a page at a time, and how many there are."""

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.product_search import matching_rows
from core.catalog.products import Product, find_products
from core.ui.caches import home


def found_page(catalog: Catalog, chosen: ProductFilter, *, page: int, size: int) -> tuple[list[Product], int, int]:
    """Read one page of the products that pass a filter.

    Args:
        catalog: The catalog.
        chosen: The filter.
        page: Number of the page, from 1; beyond the last one the last is read.
        size: Products a page.

    Returns:
        The products, how many pass the filter, and the number of the page.
    """
    found, total = find_products(home(), catalog, chosen, limit=size, offset=(page - 1) * size)
    last = max(1, -(-total // size))
    if page > last:
        found, total = find_products(home(), catalog, chosen, limit=size, offset=(last - 1) * size)
    return found, total, min(page, last)


def found_ids(catalog: Catalog, chosen: ProductFilter) -> list[str]:
    """List the ids of all products that pass a filter, in order."""
    columns, rows = matching_rows(home(), catalog, chosen)
    return [columns.product_ids[int(row)] for row in rows]
