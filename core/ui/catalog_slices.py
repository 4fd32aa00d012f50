"""Slices as a filter of the Catalog page."""

from dataclasses import replace

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.slices import list_slices, read_slice
from core.errors import CatalogError
from core.ui.caches import home
from core.ui.catalog_facet import FacetOption


def slices_of(catalog: Catalog) -> list[FacetOption]:
    """List the slices of a catalog with their sizes."""
    return [FacetOption(each.name, each.name, len(each.product_ids)) for each in list_slices(home(), catalog)]


def with_slice(catalog: Catalog, chosen: ProductFilter, name: str | None) -> ProductFilter:
    """Narrow a filter to the products of a slice; one that is gone says so and does not narrow."""
    if name is None:
        return chosen
    try:
        kept = set(read_slice(home(), catalog, name).product_ids)
    except CatalogError as error:
        st.text(str(error))
        return chosen
    if chosen.product_ids is not None:
        kept &= set(chosen.product_ids)
    return replace(chosen, product_ids=tuple(sorted(kept)))
