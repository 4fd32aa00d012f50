"""Renaming and deleting a run."""

import streamlit as st

from core.models.runs import Run, delete_run, rename_run
from core.ui.address import forget_choice
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name


def draw_run_care(run: Run) -> None:
    """Draw what can be done with a run, out of the way."""
    with st.popover("Manage", icon=":material/settings:"):
        with st.form(f"rename_{run.run_id}", border=False):
            name = st.text_input("Name", run.name, max_chars=100)
            if st.form_submit_button("Rename", width="stretch") and name != run.name:
                with shown_errors():
                    rename_run(home(), run.run_id, name, actor=visitor_name())
                    st.rerun()
        if st.button("Delete this run", icon=":material/delete:", width="stretch"):
            delete_run(home(), run.run_id, actor=visitor_name())
            forget_choice("run")
            st.toast("Deleted. Undo it on the Overview page under Last changes.", icon=":material/delete:")
            st.rerun()
