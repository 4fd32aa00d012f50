"""ShelfLens in the browser: the frame around every page. Start it with ``streamlit run streamlit_app.py``."""

from core.ui.errors import shown_errors
from core.ui.frame import draw_frame
from core.ui.guard import check_visitor, note_entry

page = draw_frame()
note_entry()
check_visitor()
with shown_errors():
    page.run()
