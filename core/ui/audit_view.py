"""The audit log on a page: who did what and when, for admins."""

from functools import partial

import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.audit_log import audit_csv, count_damaged, read_audit_log
from core.home import Home
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.permission import drawn_for
from core.ui.visitor import for_later
from core.ui.wording import counted, shortened

_MOST_SHOWN = 200
_MOST_CHARACTERS = 300


@drawn_for(Role.ADMIN, "Reading the audit log")
def draw_audit_log() -> None:
    """Draw the newest entries, read when somebody opens them, and the file with all of them."""
    st.header("Audit log", anchor=False, help="Changes, jobs, logins and settings: who did what and when.")
    panel = st.expander("Newest entries", icon=":material/history:", key="open_audit_log", on_change="rerun")
    if panel.open:
        with panel, shown_errors():
            _draw_entries()


def _draw_entries() -> None:
    entries = read_audit_log(home(), limit=_MOST_SHOWN)
    if not entries:
        st.caption("Nothing was done yet.")
        return
    damaged = count_damaged(entries)
    if damaged:
        st.warning(f"{counted(damaged, 'entry', 'entries')} were changed, torn, or follow one that was taken out.")
    frame = pd.DataFrame(
        {
            "When (UTC)": [entry.at[:19].replace("T", " ") for entry in entries],
            "Who": [entry.actor for entry in entries],
            "Role": [entry.role for entry in entries],
            "Kind": [entry.kind for entry in entries],
            "Catalog": [entry.catalog for entry in entries],
            "What": [shortened(entry.summary, _MOST_CHARACTERS) for entry in entries],
        }
    )
    wide = {"What": st.column_config.TextColumn(width="large"), "Kind": st.column_config.TextColumn(width="small")}
    st.dataframe(frame, hide_index=True, width="stretch", key="audit_log", column_config=wide)
    st.download_button(
        "All entries as CSV",
        data=for_later(partial(_whole_csv, home())),
        file_name="shelflens-audit-log.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="audit_log_csv",
        help="Safe to open in a spreadsheet.",
    )


def _whole_csv(home: Home) -> bytes:
    return audit_csv(read_audit_log(home)).encode("utf-8-sig", "replace")
