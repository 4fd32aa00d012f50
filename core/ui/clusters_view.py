"""Clusters of a catalog: groups that look alike, named, with the products that stand for them."""

from datetime import UTC, datetime
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.explore.cluster_count import count_doubts
from core.explore.cluster_labels import NO_CLUSTER
from core.explore.cluster_table import cross_table
from core.explore.kept_clusters import CatalogClusters, KeptClusters, is_current, kept_clusters, open_clusters
from core.jobs.supervise import submit
from core.ui.address import choice_in_address, forget_choice
from core.ui.caches import home, products_of
from core.ui.charts import COLORS, GRAY
from core.ui.cluster_matrix import draw_findings, draw_matrix, pick_level
from core.ui.cluster_members import draw_members
from core.ui.embedding_choice import version_now
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job, tell_failed
from core.ui.permission import drawn_for
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, product_grid
from core.ui.wording import counted, number_marks, number_text

_METHODS = {"k-means": "kmeans", "by density": "density"}
_METHOD_HELP = (
    "k-means gives every product to one group. By density finds groups of any shape on the UMAP map and leaves "
    "products between them out."
)
_MOST_K = 100
_GROUPING = "grouping"


def draw_clusters(catalog: Catalog, embedding_name: str) -> None:
    """Draw the clusters of an embedding, or offer to find them.

    Args:
        catalog: The catalog.
        embedding_name: Name of the embedding, as `pick_embedding` gives it.
    """
    job = active_job("clusters", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Finding clusters")
        return
    kept = kept_clusters(home(), catalog, embedding_name)
    found = open_clusters(home(), catalog, _pick_grouping(kept)) if kept else None
    if found is None:
        _draw_offer(catalog, embedding_name, "Group the products that look alike", "Find clusters")
        return
    if not _current(str(home().root), (catalog.catalog_id, catalog.version), found.version, catalog, found):
        st.info("The catalog has changed since these clusters were found.", icon=":material/update:")
    _draw_summary(found)
    with st.expander("Group them another way", icon=":material/tune:"):
        _draw_offer(catalog, embedding_name, "", "Find clusters")
    _draw_representatives(catalog, found)
    st.header("Clusters and categories", anchor=False)
    draw_findings(found)
    categories = pick_level(catalog)
    table = cross_table(found, categories)
    if categories.notna().any():
        draw_matrix(found, table)
    draw_members(catalog, found, categories, table)
    if found.count is not None:
        with st.expander("How many clusters", icon=":material/show_chart:"):
            _draw_count(found.count)


def _pick_grouping(kept: list[KeptClusters]) -> str:
    """Let the visitor choose among the clusters that are kept, which the address names; the latest unless said."""
    words = {each.version: _grouping_words(each) for each in kept}
    if len(kept) == 1:
        st.query_params[_GROUPING] = kept[0].version
        return kept[0].version
    with st.container(width=420):
        return choice_in_address("Grouping", list(words), name=_GROUPING, format_func=words.__getitem__)


def _grouping_words(kept: KeptClusters) -> str:
    asked = datetime.fromtimestamp(kept.asked, UTC).strftime("%Y-%m-%d %H:%M")
    how = "k-means" if kept.settings.method == "kmeans" else "density"
    return f"{counted(kept.clusters, 'cluster')} by {how} · {asked} UTC"


@drawn_for(Role.EDITOR, "Finding clusters")
def _draw_offer(catalog: Catalog, embedding_name: str, why: str, label: str) -> None:
    if not catalog.pictures and version_now(catalog, embedding_name) is None:
        st.info("Clusters need products with pictures.", icon=":material/image_not_supported:")
        return
    tell_failed("clusters", catalog=catalog.name)
    with st.container(border=bool(why)):
        if why:
            st.markdown(f"**{why}**  \nEach group gets a name and the product that stands for it.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            words = st.segmented_control(
                "Method",
                list(_METHODS),
                default="k-means",
                key="cluster_method",
                bind="query-params",
                help=_METHOD_HELP,
                required=True,
            )
            method = _METHODS[str(words)]
            asked: dict[str, object] = {"catalog": catalog.name, "embedding": embedding_name, "method": method}
            if method == "kmeans":
                k = st.number_input("Clusters", 1, _MOST_K, None, placeholder="recommended", key="cluster_k", width=170)
                asked["k"] = int(k) if k is not None else None
            if st.button(label, type="primary", icon=":material/workspaces:", key="find_clusters"):
                submit(home(), "clusters", asked, actor=visitor_name())
                forget_choice(_GROUPING)  # what is found now is shown
                st.rerun()


def _draw_summary(found: CatalogClusters) -> None:
    without = int((found.labels["cluster"] == NO_CLUSTER).sum())
    parts = [f"{counted(len(found.clusters), 'cluster')} of {counted(len(found.labels), 'product')}"]
    if without:
        parts.append(f"{number_text(without)} in none")
    if found.count is not None:
        count = found.count
        sure = f"{count['low']} to {count['high']}" if count["low"] != count["high"] else "always the same"
        parts.append(f"{count['recommended']} recommended (resamples: {sure})")
    if found.agreement is not None:
        parts.append(f"agreement with the categories {found.agreement:.2f} of 1")
    st.text(" · ".join(parts))
    for doubt in count_doubts(found.count or {}):
        st.warning(doubt, icon=":material/help:")


def _draw_representatives(catalog: Catalog, found: CatalogClusters) -> None:
    products = products_of(catalog).drop_duplicates("product_id").set_index("product_id")
    cards = []
    for each in found.clusters[:48]:
        row = products.loc[each["medoid"]] if each["medoid"] in products.index else None
        badges = [(counted(each["products"], "product"), "")]
        if each["cuts_across"]:
            badges.append(("several categories", "note"))
        shown = row["picture_hash"] if row is not None and isinstance(row["picture_hash"], str) else None
        cards.append(Card(each["medoid"], each["name"], shown, tuple(badges)))
    open_product(product_grid(cards, key="cluster_cards", label="products that stand for clusters", small=True))
    if len(found.clusters) > len(cards):
        st.text(f"The {len(cards)} largest of {len(found.clusters)} clusters are shown.")


def _draw_count(count: dict[str, Any]) -> None:
    st.text(
        "Silhouette, -1 to 1: how much nearer products are to their own cluster than to the next; higher is better. "
        f"On {number_text(count['products'])} products, drawn {count['resamples']} times. Elbow at {count['elbow']}, "
        f"best silhouette at {count['best_silhouette']}; recommended from the elbow on."
    )
    figure = go.Figure(
        go.Scatter(
            x=count["tried"],
            y=count["silhouette"],
            error_y={"type": "data", "array": count["silhouette_spread"]},
            mode="lines+markers",
            line_color=COLORS[0],
            name="silhouette",
        )
    )
    if "silhouette_without_groups" in count:
        figure.add_scatter(
            x=count["tried"],
            y=count["silhouette_without_groups"],
            mode="lines",
            line={"color": COLORS[0], "dash": "dot"},
            name="silhouette of a cloud without groups",
        )
    figure.add_scatter(
        x=count["tried"], y=count["distance"], mode="lines+markers", line_color=COLORS[1], name="distance", yaxis="y2"
    )
    figure.add_vline(x=count["recommended"], line_dash="dot", line_color=GRAY)
    figure.update_layout(
        separators=number_marks(),
        height=300,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis_title="Clusters",
        yaxis_title="Silhouette",
        yaxis2={"title": "Mean squared distance", "overlaying": "y", "side": "right", "showgrid": False},
        legend={"orientation": "h", "y": 1.15},
    )
    st.plotly_chart(figure, key="cluster_count", config={"displayModeBar": False}, alt="Silhouette by clusters")


@st.cache_data(show_spinner=False, max_entries=32)
def _current(root: str, key: tuple[int, int], version: str, _catalog: Catalog, _found: CatalogClusters) -> bool:
    return is_current(home(), _catalog, _found)
