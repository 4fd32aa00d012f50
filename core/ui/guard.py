"""The gate every page calls first.

On a fresh server Streamlit runs a deep-linked page without its entry script: no frame and no login check, until
somebody opens the entry. The gate notices, registers the pages as the entry would and starts the run again; path and
query stay.
"""

import sys
from pathlib import Path

import streamlit as st

from core.access.actor import current_actor
from core.ui.exposure import exposure_problem
from core.ui.login_settings import login_settings
from core.ui.navigation import current_page, page_refusal
from core.ui.said import tell_said
from core.ui.visitor import admit_visitor

_THROUGH_ENTRY = "_through_entry"
_SENT_BACK = "_sent_back"


def note_entry() -> None:
    """Note that this session came through the entry script. Only the entry script calls this."""
    st.session_state[_THROUGH_ENTRY] = True
    st.session_state.pop(_SENT_BACK, None)


def guard() -> None:
    """Let a page go on only inside the frame and only for a visitor who may see it."""
    if not st.session_state.get(_THROUGH_ENTRY):
        _send_through_entry()
    check_visitor()
    _check_page(Path(sys._getframe(1).f_code.co_filename).stem)
    tell_said()


def check_visitor() -> None:
    """Check that the visitor may use ShelfLens; on one machine, without a login, everybody who reaches it may.

    However the server was started, it shows nothing where others could reach it unasked.
    """
    problem = exposure_problem(st.get_option("server.address")) if login_settings().off else None
    if problem:
        current_page(menu=False)
        st.error(problem, icon=":material/lock:")
        st.stop()
    admit_visitor()


def _check_page(name: str) -> None:
    """End the run at a page that the visitor's role does not open, saying which role does.

    The page is told by its script and not by the entry, which a deep link can pass by.
    """
    refusal = page_refusal(name)
    if refusal is not None:
        title, words = refusal
        st.title(title, anchor=False)
        st.info(words, icon=":material/lock:")
        st.stop()


def visitor_name() -> str:
    """Name whoever acts, for the log of changes."""
    return current_actor().name


def _send_through_entry() -> None:
    """Start the run again, this time through the entry script."""
    if st.session_state.get(_SENT_BACK):
        st.error("This page only works inside ShelfLens. Start it with `streamlit run streamlit_app.py`.")
        st.stop()
    st.session_state[_SENT_BACK] = True
    current_page()
    st.rerun()
