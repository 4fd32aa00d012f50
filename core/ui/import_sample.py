"""The sample: real pictures anybody may use, fetched only after their size and licence were shown."""

import streamlit as st

from core.catalog.web.samples import SAMPLES, Sample
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.import_start import JOB_IN_URL
from core.ui.wording import number_text


def draw_sample() -> None:
    """Draw every sample with what fetching it means."""
    for sample in SAMPLES.values():
        with st.container(border=True, key=f"sample_{sample.name}"):
            _draw_one(sample)


def _draw_one(sample: Sample) -> None:
    st.markdown(f"**{sample.name.capitalize()}** · {sample.title}")
    with st.container(horizontal=True, gap="medium"):
        st.metric("Download", f"about {number_text(sample.about_bytes / 1e6)} MB", width=190)
        st.metric("Pictures", number_text(sample.pictures), width=140)
        st.metric("License", sample.license, width=160)
    st.text(f"From {sample.homepage}")
    st.caption(
        "Needs the internet, and about twice its size on the disk. Every file is checked by its hash; a download that "
        "was stopped goes on where it was. Without internet, build the demo on the Overview page."
    )
    if st.button("Fetch and import", type="primary", icon=":material/cloud_download:", key=f"fetch_{sample.name}"):
        with shown_errors():
            arguments = {"name": sample.name, "catalog": sample.name}
            st.query_params[JOB_IN_URL] = submit(home(), "sample", arguments, actor=visitor_name())
            st.rerun()
