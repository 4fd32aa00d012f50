"""Import: from a file somebody sent to a catalog, seen before anything is imported."""

import streamlit as st

from core.ui.guard import guard
from core.ui.import_wizard import draw_import

guard()
st.title("Import")
draw_import()
