"""What tables offer: Streamlit's own download writes names as they are, and a spreadsheet may run them as formulas.

Tables that people take along are written by ShelfLens, see :mod:`core.catalog.export_cells`; that button is not shown.
"""

import streamlit as st

_STYLE = (
    '<style>[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) { display: none }</style>'
)


def hide_table_download() -> None:
    """Take the download out of every table's toolbar. Only the frame calls this."""
    st.html(_STYLE)
