"""The products behind a line of the quality report, the worst first."""

from collections.abc import Mapping
from dataclasses import replace

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Product, read_products
from core.home import Home
from core.quality.checks import CHECKS
from core.quality.quality_report import QualityLine, QualityReport


def shown_products(line: QualityLine) -> int:
    """Count the products a line can show: all of them, or the worst where it names them one by one."""
    if line.products is None:
        return 0
    named = line.products.product_ids
    return line.count if named is None else len(named)


def line_products(home: Home, catalog: Catalog, line: QualityLine, *, limit: int, offset: int = 0) -> list[Product]:
    """Read some of the products of a line.

    Args:
        home: The home.
        catalog: The catalog.
        line: A line of its report.
        limit: At most so many.
        offset: Skip so many first.
    """
    if line.products is None:
        return []
    named = line.products.product_ids
    if named is None:
        return read_products(home, catalog, filter=line.products, limit=limit, offset=offset)
    wanted = named[offset : offset + limit]
    found = {
        product.product_id: product
        for product in read_products(home, catalog, filter=replace(line.products, product_ids=wanted))
    }
    return [found[product_id] for product_id in wanted if product_id in found]


def issue_counts(report: QualityReport) -> Mapping[str, int]:
    """Count by key what a catalog's products can be narrowed to, what matters most first."""
    return {line.key: line.count for line in report.lines if line.products is not None and line.severity != "good"}


def issue_title(key: str) -> str:
    """Give the words for the key of a check; an unknown one stands for itself."""
    return CHECKS[key].title if key in CHECKS else key


def narrowed(chosen: ProductFilter, line: QualityLine | None) -> ProductFilter:
    """Narrow a filter to the products of a line; a line that shows none narrows to nothing."""
    if line is None or line.products is None:
        return replace(chosen, product_ids=())
    own = line.products
    both = f"({chosen.where}) AND ({own.where})" if chosen.where and own.where else chosen.where or own.where
    ids = own.product_ids if chosen.product_ids is None else chosen.product_ids
    if own.product_ids is not None and chosen.product_ids is not None:
        ids = tuple(set(own.product_ids) & set(chosen.product_ids))
    pictured = own.has_picture if own.has_picture is not None else chosen.has_picture
    return replace(chosen, product_ids=ids, where=both, has_picture=pictured)
