"""Choices that live in the address, so that a link shows what its sender saw.

Streamlit's own binding leaves a widget's default out of the address. Where the default depends on the data, such as the
newest run, the address must name it: that is what this is for.
"""

from collections.abc import Callable, Sequence

import streamlit as st

_ASKED = "_asked_values"


def choice_in_address(
    label: str, options: Sequence[str], *, name: str, format_func: Callable[[str], str] = str, help: str | None = None
) -> str:
    """Let the visitor choose one of several; the address wins when it changed since the last run, else the widget does.

    Args:
        label: Words above the widget.
        options: What there is, at least one; the first one is the default.
        name: Name in the address.
        format_func: Writes an option for people.
        help: One sentence.

    Returns:
        The choice, which the address names from now on.
    """
    key, seen = f"_choice_{name}", f"_seen_{name}"
    asked = st.query_params.get(name)
    if asked in options and asked != st.session_state.get(seen):
        st.session_state[key] = asked
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    chosen = st.selectbox(label, options, key=key, format_func=format_func, help=help, persist_state="session")
    st.query_params[name] = st.session_state[seen] = chosen
    return str(chosen)


def is_new_in_address(name: str) -> bool:
    """Tell whether the address names something else than at the last run, as after following a link."""
    return st.query_params.get(name) != st.session_state.get(f"_seen_{name}")


def last_choice(name: str) -> str | None:
    """Give what was chosen last under a name in this session."""
    chosen = st.session_state.get(f"_choice_{name}")
    return str(chosen) if chosen is not None else None


def forget_choice(name: str) -> None:
    """Forget what was chosen, as when it has been deleted."""
    st.session_state.pop(f"_choice_{name}", None)
    st.query_params.pop(name, None)


def ask(**values: object) -> None:
    """Set widgets by their keys in the next run: in this one they exist already, and Streamlit forbids it."""
    st.session_state[_ASKED] = values


def take_asked() -> None:
    """Put asked values into their widgets. Only the frame calls this, before anything is drawn."""
    for key, value in st.session_state.pop(_ASKED, {}).items():
        st.session_state[key] = value
