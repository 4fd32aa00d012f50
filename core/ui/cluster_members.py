"""One cluster, or what of it is in one category: its products, and the ways on from here."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.cluster_labels import NO_CLUSTER
from core.explore.cluster_table import cell_products
from core.explore.kept_clusters import CatalogClusters
from core.ui.address import choice_in_address, forget_choice, is_new_in_address
from core.ui.caches import products_of
from core.ui.map_address import choose_members
from core.ui.map_selection import draw_ways_on
from core.ui.product_detail import open_product
from core.ui.product_grid import page_rows, product_grid, row_card
from core.ui.wording import counted

CLUSTER, COLUMN = "cluster", "cluster_category"
_OF = "_cluster_of"
_ANY = "any category"


def cluster_options(found: CatalogClusters) -> list[str]:
    """List the clusters that can be chosen, as the address names them; products in none are the last."""
    options = [str(each["cluster"]) for each in found.clusters]
    return [*options, str(NO_CLUSTER)] if (found.labels["cluster"] == NO_CLUSTER).any() else options


def choose_cell(cluster: int, column: str | None = None) -> None:
    """Show a cluster, or what of it is in one category, from now on; called before the page is drawn."""
    st.query_params[CLUSTER] = str(cluster)
    st.query_params[COLUMN] = column or _ANY


def draw_members(catalog: Catalog, found: CatalogClusters, categories: pd.Series, columns: pd.DataFrame) -> None:
    """Let the visitor choose a cluster and a category, and draw the products of both.

    Args:
        catalog: The catalog.
        found: The clusters.
        categories: Category, or a level of it, by product id.
        columns: The cross table: which categories each cluster has.
    """
    options = cluster_options(found)
    if not options:
        return
    st.header("What is in a cluster", anchor=False)
    _forget_other_grouping(found.version)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = int(
            choice_in_address("Cluster", options, name=CLUSTER, format_func=lambda each: found.names[int(each)])
        )
        within = [_ANY, *(str(name) for name, many in columns.loc[chosen].items() if many)]
        column = choice_in_address("Category", within, name=COLUMN)
    ids = cell_products(found, categories, cluster=chosen, column=None if column == _ANY else column)
    members = products_of(catalog)
    members = members[members["product_id"].isin(set(ids))]
    name = found.names[chosen]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.text(counted(len(members), "product"), width="content")
        draw_ways_on(catalog, members, file=_file_of(chosen), why=f"in the cluster {name}"[:200])
        st.button(
            "Show on the map",
            icon=":material/scatter_plot:",
            key="cluster_on_map",
            on_click=_show_on_map,
            args=(found.version, chosen),
            help="The whole cluster, selected on the map of this embedding.",
        )
    described = next((each for each in found.clusters if each["cluster"] == chosen), None)
    if described is not None and described["terms"]:
        _draw_terms(described["terms"])
    window = page_rows(len(members), key="cluster_page")
    cards = [row_card(row) for row in members.iloc[window].itertuples()]
    open_product(product_grid(cards, key="cluster_grid", label="products of the cluster", small=True))


def _forget_other_grouping(version: str) -> None:
    """Begin with the largest cluster where other clusters are shown now, unless a link names one."""
    before = st.session_state.get(_OF)
    if before not in (None, version) and not is_new_in_address(CLUSTER):
        forget_choice(CLUSTER)
    st.session_state[_OF] = version


def _file_of(cluster: int) -> str:
    return "no-cluster" if cluster == NO_CLUSTER else f"cluster-{cluster}"


def _show_on_map(version: str, cluster: int) -> None:
    choose_members(version, cluster)
    st.session_state["show"] = "Map"


def _draw_terms(terms: list[dict[str, object]]) -> None:
    frame = pd.DataFrame(terms)[["text", "kind", "share", "share_elsewhere"]]
    frame[["share", "share_elsewhere"]] *= 100
    share = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
    titles = {
        "text": "Stands out",
        "kind": "Where it is said",
        "share": "In this cluster",
        "share_elsewhere": "Elsewhere",
    }
    st.dataframe(
        frame.rename(columns=titles),
        hide_index=True,
        width="stretch",
        column_config={"In this cluster": share, "Elsewhere": share},
    )
