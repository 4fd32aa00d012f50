"""Health: is everything in order on this machine, and what happened when it was not?"""

import json

import streamlit as st

from core.jobs.health import examine
from core.ui.audit_view import draw_audit_log
from core.ui.caches import home
from core.ui.guard import guard
from core.ui.health_view import draw_errors, draw_failed_jobs, draw_figures, draw_verdict, draw_versions

guard()
st.title("Health")
st.caption("Whether this machine has what ShelfLens needs, the last errors, and the jobs that did not finish.")
with st.spinner("Looking at the machine"):
    report = examine(home)
draw_verdict(report)
draw_figures(report)
draw_errors(report)
draw_failed_jobs(report)
draw_versions(report)
draw_audit_log()
with st.container(horizontal=True):
    if st.button("Look again", icon=":material/refresh:"):
        st.rerun()
    st.download_button(
        "Report as JSON",
        json.dumps(report, indent=1, ensure_ascii=False),
        file_name="shelflens-health.json",
        mime="application/json",
        icon=":material/download:",
        help="To send along with a question; it names no product and no picture.",
    )
