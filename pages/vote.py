"""Vote: the ballot of a blind test, opened by its link."""

import streamlit as st

from core.ui.blind_test_view import draw_ballot
from core.ui.errors import shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard

guard()
st.title("Vote")
catalog = need_catalog()
token = st.query_params.get("test")
if not token:
    st.info("This page opens by the link of a blind test; make one on Recommend.")
    st.stop()
with shown_errors():
    draw_ballot(catalog, token)
