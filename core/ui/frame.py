"""What surrounds every page: the menu, the choice of catalog and the strip of running jobs."""

import streamlit as st

from core.catalog.catalogs import Catalog, list_catalogs
from core.errors import ShelfLensError
from core.jobs.status import JobStatus
from core.ui.address import choice_in_address, forget_choice, last_choice, take_asked
from core.ui.caches import home
from core.ui.errors import show_problem, shown_errors
from core.ui.job_list import active_jobs, watched_jobs
from core.ui.navigation import BRAND, current_page, link
from core.ui.palette import write_button_style
from core.ui.redrawing import redraw_page
from core.ui.table_download import hide_table_download
from core.ui.visitor import draw_visitor
from core.ui.wording import counted, duration

STRIP_SECONDS = 2.0
_CATALOGS = "_catalogs"


def draw_frame() -> st.Page:
    """Draw everything around the page and give the page the visitor asked for."""
    take_asked()
    page = current_page()
    st.set_page_config(page_title=f"{page.title} · ShelfLens")
    st.logo(str(BRAND / "wordmark.svg"), size="large", icon_image=str(BRAND / "mark.svg"))
    write_button_style()
    hide_table_download()
    with st.sidebar, shown_errors():
        _catalog_picker()
        _jobs_strip()
        draw_visitor()
    return page


def chosen_catalog() -> Catalog | None:
    """Give the catalog chosen in the sidebar, or None while there is none."""
    wanted = last_choice("catalog")
    return next((catalog for catalog in all_catalogs() if catalog.name == wanted), None)


def all_catalogs() -> list[Catalog]:
    """Give every catalog, as the frame read them for this rerun."""
    return list(st.session_state.get(_CATALOGS, []))


def choose_catalog(name: str) -> None:
    """Choose a catalog from a page; it is drawn on the next rerun."""
    st.query_params["catalog"] = name


def need_catalog() -> Catalog:
    """Give the chosen catalog, or say where to get one and end the page."""
    catalog = chosen_catalog()
    if catalog is None:
        with st.container(border=True):
            st.markdown("**There is no catalog yet.** Build the demo or import a folder of your own pictures first.")
            link("overview", "Go to Overview", icon=":material/arrow_forward:")
        st.stop()
    return catalog


def _catalog_picker() -> None:
    """Let the visitor choose a catalog; the choice stays in the address of every page."""
    st.session_state[_CATALOGS] = list_catalogs(home())  # counted once a rerun: a count reads every product's key
    catalogs = {catalog.name: catalog for catalog in st.session_state[_CATALOGS]}
    asked = st.query_params.get("catalog")
    if asked and asked not in catalogs:
        show_problem(f"There is no catalog {asked[:100]!r} here.", title="Catalog not found")
    if not catalogs:
        forget_choice("catalog")
        return
    catalog = catalogs[choice_in_address("Catalog", list(catalogs), name="catalog")]
    st.caption(f"{counted(catalog.products, 'product')} · {counted(catalog.categories, 'category', 'categories')}")


def _jobs_strip() -> None:
    """Show running jobs; the strip refreshes itself only while there are any."""
    active = active_jobs()
    if active:
        st.fragment(run_every=STRIP_SECONDS)(_draw_strip)({job.job for job in active})


def _draw_strip(known: set[str]) -> None:
    try:
        active = watched_jobs()
    except ShelfLensError as error:
        show_problem(error)
        return
    if {job.job for job in active} != known and {job.job for job in active_jobs()} != known:
        redraw_page()  # one ended or began: pages may have something new to show
    running = [job for job in active if job.state != "waiting"]
    in_line = f", {len(active) - len(running)} in line" if len(active) > len(running) else ""
    st.markdown(f"**{counted(len(running), 'job')} running{in_line}**")
    for job in running:
        st.progress(job.progress or 0.0, text=_strip_words(job))


def _strip_words(job: JobStatus) -> str:
    left = f" · {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    return f"{job.kind}{left}"
