"""A row of words with a button: what a page offers to do next."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def words_and_button() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Give room for words and for a button beside them, which is never cut off: where it is narrow it goes below."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    return row.container(width="stretch"), row.container(width="content")
