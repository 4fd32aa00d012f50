"""Drawing the whole page anew from a part that refreshes itself."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def redraw_page() -> None:
    """Draw the whole page anew, or at the next refresh when a visitor's part waits in the same run.

    Streamlit puts requests that come together into one run. When that run ends for a rerun before a part is drawn, it
    counts the part's widgets as gone, and what the visitor has just set, such as a slider, is forgotten.
    """
    context = get_script_run_ctx()
    if context is None or len(context.fragment_ids_this_run or ()) < 2:
        st.rerun()
