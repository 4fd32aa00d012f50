"""The lines of a quality report: a verdict a line, and one click to its pictures."""

from collections.abc import Sequence

import streamlit as st

from core.catalog.catalogs import Catalog
from core.quality.line_products import line_products, shown_products
from core.quality.quality_report import QualityLine, QualityReport
from core.ui.caches import home
from core.ui.navigation import link
from core.ui.product_detail import open_product
from core.ui.product_grid import page_rows, product_card, product_grid
from core.ui.wording import literal, number_text

_LINE, _PAGE = "line", "line_page"
_BADGES = {
    "bad": ":red-badge[:material/error: mend first]",
    "warning": ":orange-badge[:material/warning: worth a look]",
    "note": ":gray-badge[:material/info: good to know]",
}
_GROUPS = {
    "products": "Products",
    "values": "Values",
    "prices": "Prices",
    "pictures": "Pictures",
    "duplicates": "Duplicates",
    "files": "Files",
}


def draw_lines(catalog: Catalog, report: QualityReport) -> None:
    """Draw what was found, what matters most first, then what was looked for in vain."""
    found = [line for line in report.lines if line.severity != "good"]
    asked = str(st.query_params.get(_LINE, ""))
    notes = [line for line in found if line.severity == "note"]
    for line in found:
        if line not in notes:
            _draw_line(catalog, line, is_open=line.key == asked)
    if notes:
        is_open = any(line.key == asked for line in notes)
        with st.expander(f"{len(notes)} more that are good to know", icon=":material/info:", expanded=is_open):
            for line in notes:
                _draw_line(catalog, line, is_open=line.key == asked)
    if not found:
        st.success("Nothing was found that needs mending.", icon=":material/check_circle:")
    _draw_unfound([line for line in report.lines if line.severity == "good"])


def _draw_line(catalog: Catalog, line: QualityLine, *, is_open: bool) -> None:
    with st.container(border=True, key=f"line_{line.key}", gap="small"):
        words, button = st.columns([5, 1], vertical_alignment="center")
        words.markdown(f"**{literal(line.title)}** &nbsp; {_BADGES[line.severity]}  \n{literal(line.sentence)}")
        if line.products or line.names:
            button.button(
                "Hide" if is_open else "Show",
                key=f"show_{line.key}",
                on_click=_choose,
                args=(None if is_open else line.key,),
                width="stretch",
            )
        if is_open:
            _draw_names(line.names)
            _draw_products(catalog, line)


def _draw_products(catalog: Catalog, line: QualityLine) -> None:
    shown = shown_products(line)
    if not shown:
        return
    if line.group == "pictures" or shown < line.count:
        st.caption(f"{number_text(shown)} products, the worst first.")
    rows = page_rows(shown, key=_PAGE)
    products = line_products(home(), catalog, line, limit=rows.stop - rows.start, offset=rows.start)
    open_product(product_grid([product_card(product) for product in products], key=f"grid_{line.key}", small=True))
    link("catalog", "Open in the Catalog", icon=":material/arrow_forward:", issue=line.key)


def _draw_names(names: Sequence[str]) -> None:
    if names:
        st.dataframe(
            {"Left out": list(names)}, hide_index=True, width="stretch", height="content" if len(names) < 9 else 320
        )


def _draw_unfound(lines: Sequence[QualityLine]) -> None:
    if not lines:
        return
    with st.expander(f"{len(lines)} more checks found nothing", icon=":material/check:"):
        for group, name in _GROUPS.items():
            titles = [literal(line.title) for line in lines if line.group == group]
            if titles:
                st.markdown(f"**{name}:** {', '.join(titles)}")


def _choose(key: str | None) -> None:
    """Open a line, or close the open one; another line begins at its first page."""
    st.session_state.pop(_PAGE, None)
    st.query_params.pop(_PAGE, None)
    if key is None:
        st.query_params.pop(_LINE, None)
    else:
        st.query_params[_LINE] = key
