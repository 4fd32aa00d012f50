"""Recent jobs as a table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.jobs.status import JobStatus
from core.ui.wording import duration, shortened

_MARKS = {
    "waiting": "in line",
    "paused": "= paused",
    "done": "✓ done",
    "failed": "✕ failed",
    "cancelled": "– cancelled",
    "interrupted": "! interrupted",
}


def jobs_table(jobs: Sequence[JobStatus], *, key: str) -> JobStatus | None:
    """Draw jobs, newest first; give the one a visitor selected."""
    frame = pd.DataFrame(
        {
            "Job": [job.kind for job in jobs],
            "Catalog": [str(job.arguments.get("catalog", "")) for job in jobs],
            "State": [_MARKS.get(job.state, job.state) for job in jobs],
            "Progress": [1.0 if job.state == "done" else job.progress for job in jobs],
            "Took": [duration(job.seconds) for job in jobs],
            "Message": [shortened(job.error or job.message, 160) for job in jobs],
            "Started (UTC)": [job.created[:16].replace("T", " ") for job in jobs],
        }
    )
    shown = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Progress": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)},
    )
    rows = shown.selection.rows
    return jobs[rows[0]] if rows and rows[0] < len(jobs) else None
