"""The products that pass a filter, a page at a time."""

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Product, count_products, read_products
from core.ui.caches import home


def count_found(catalog: Catalog, chosen: ProductFilter) -> int:
    """Count the products that pass a filter."""
    return count_products(home(), catalog, filter=chosen)


def found_page(catalog: Catalog, chosen: ProductFilter, rows: slice) -> list[Product]:
    """Read one page of the products that pass a filter."""
    return read_products(home(), catalog, filter=chosen, limit=rows.stop - rows.start, offset=rows.start)


def found_ids(catalog: Catalog, chosen: ProductFilter) -> list[str]:
    """List the ids of all products that pass a filter, in order."""
    return [product.product_id for product in read_products(home(), catalog, filter=chosen)]
