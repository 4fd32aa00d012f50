"""The offer to draw a map, and the words about each way to draw one."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.offer_row import words_and_button
from core.ui.permission import may_edit

METHODS = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
HELP = {
    "umap": "UMAP keeps neighbors together: islands are groups of look-alikes; distances between islands mean little.",
    "tsne": "t-SNE keeps the nearest neighbors together: groups are clear, their sizes and distances mean little.",
    "pca": "PCA is a straight projection: distances keep their meaning, but groups overlap more.",
}


def draw_offer(catalog: Catalog, method: str, embedding: str, *, why: str, dimensions: int = 2) -> None:
    """Offer to draw a map, or show how far its job is.

    Args:
        catalog: The catalog.
        method: One of :data:`METHODS`.
        embedding: Whose map.
        why: Why it is offered; words of ours.
        dimensions: 2 or 3.
    """
    job = active_job("map", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Drawing the map")
        return
    if catalog.pictures < 3:
        st.info("A map needs at least three products with pictures.", icon=":material/image_not_supported:")
        return
    with st.container(border=True):
        words, button = words_and_button()
        words.markdown(f"**{why}**  \n{HELP[method]}")
        key = f"draw_{method}_{embedding}_{dimensions}"
        if may_edit() and button.button("Draw the map", type="primary", icon=":material/scatter_plot:", key=key):
            asked: dict[str, object] = {"catalog": catalog.name, "method": method, "backbone": embedding}
            if dimensions != 2:
                asked["dimensions"] = dimensions
            submit(home(), "map", asked, actor=visitor_name())
            st.rerun()
