"""How many products each choice of a filter would show, kept between reruns under the catalog's version."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Facets, facets
from core.quality.line_products import issue_counts, issue_title, narrowed
from core.ui.caches import home
from core.ui.catalog_facet import FacetOption
from core.ui.quality_reports import report_of


def facets_of(catalog: Catalog, chosen: ProductFilter) -> Facets:
    """Count what each choice of a filter would show, the other filters staying as they are."""
    return _facets_of(str(home().root), (catalog.catalog_id, catalog.version), repr(chosen), catalog, chosen)


@st.cache_data(show_spinner=False, max_entries=32)
def _facets_of(root: str, key: tuple[int, int], written: str, _catalog: Catalog, _chosen: ProductFilter) -> Facets:
    return facets(home(), _catalog, _chosen)


def currencies_of(catalog: Catalog) -> list[str]:
    """List the currencies of a catalog's prices, the most frequent first."""
    return list(facets_of(catalog, ProductFilter()).currencies)


def issues_of(catalog: Catalog) -> list[FacetOption]:
    """List what is wrong with products, what matters most first, with the number of products."""
    counts = issue_counts(report_of(catalog))
    return [FacetOption(key, issue_title(key), count) for key, count in counts.items()]


def with_issue(catalog: Catalog, chosen: ProductFilter, issue: str | None) -> ProductFilter:
    """Narrow a filter to the products that have an issue, named as the quality report names its lines."""
    if issue is None:
        return chosen
    lines = {line.key: line for line in report_of(catalog).lines}
    return narrowed(chosen, lines.get(issue))
