"""What a page says after it has been drawn anew.

A toast followed at once by a new run can be dropped before the browser has drawn it: it is kept for that run instead.
"""

import streamlit as st

_SAID = "_said_after_rerun"


def rerun_saying(words: str, *, icon: str | None = None) -> None:
    """Draw the page anew and then say something in a toast."""
    say_next(words, icon=icon)
    st.rerun()


def say_next(words: str, *, icon: str | None = None) -> None:
    """Say something in a toast on the page that is drawn next, as before leaving for another one."""
    st.session_state[_SAID] = (words, icon)


def tell_said() -> None:
    """Say what the run before left to be said."""
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        words, icon = said
        st.toast(words, icon=icon)
