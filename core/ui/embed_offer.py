"""The offer to embed a catalog, and the job once it runs."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.offer_row import words_and_button
from core.ui.permission import may_edit
from core.ui.wording import counted
from core.vision.backbones import DEFAULT_BACKBONE


def offer_embedding(catalog: Catalog, *, why: str, backbone: str = DEFAULT_BACKBONE) -> None:
    """Say why an embedding is needed and start one on a click; show the job while it runs.

    Args:
        catalog: The catalog.
        why: One sentence of ours.
        backbone: Name of a backbone, or the id of a run with a network of its own.
    """
    job = active_job("embed", catalog=catalog.name) or active_job("train", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title=f"Embedding {counted(catalog.pictures, 'picture')}")
        return
    if not catalog.pictures:
        st.info(
            "This catalog has no pictures, so its products cannot be compared.", icon=":material/image_not_supported:"
        )
        return
    with st.container(border=True, key="embed_offer"):
        words, button = words_and_button()
        words.markdown(f"**{why}**  \nEmbedding looks at every picture once and keeps what it saw.")
        label = f"Embed {counted(catalog.pictures, 'picture')}"
        if may_edit() and button.button(label, type="primary"):
            submit(home(), "embed", {"catalog": catalog.name, "backbone": backbone}, actor=visitor_name())
            st.rerun()
