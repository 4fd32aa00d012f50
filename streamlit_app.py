"""ShelfLens in the browser: the frame around every page. Start it with ``streamlit run streamlit_app.py``."""

from core.ui.collecting import tidy_memory
from core.ui.errors import page_run
from core.ui.frame import draw_frame
from core.ui.guard import check_visitor, note_entry

note_entry()
check_visitor()  # before anything is drawn: not even the names of catalogs are for somebody who may not look
page = draw_frame()
try:
    with page_run(page):
        page.run()
finally:
    tidy_memory()
