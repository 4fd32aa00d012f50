"""What stands around every view of the Storefront: where the shopper is, who the shopper is, the full screen."""

import html
from collections.abc import Sequence

import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.history_table import HistoryTable
from core.ui.caches import products_of
from core.ui.permission import may_edit
from core.ui.product_grid import product_grid, row_card
from core.ui.storefront_state import fresh_visitor, personas

ITEM, SHELF, VIEW, PERSONA, SCREEN = "item", "shelf", "shop", "persona", "screen"
HOME, UPLOAD, SETUP = "home", "upload", "setup"
ROW = 6
_NOBODY = "A fresh visitor"
_FULL = """<style>
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"] { display: none !important; }
[data-testid="stMainBlockContainer"] { padding-top: 1.2rem !important; max-width: none !important; }
</style>"""


def visit(**places: str) -> None:
    """Go somewhere in the shop: an item, a shelf, or a view; the address then names it."""
    for name in (ITEM, SHELF, VIEW, "page"):
        st.query_params.pop(name, None)
    st.query_params.update({name: value for name, value in places.items() if value})
    st.rerun()


def draw_bar(table: HistoryTable) -> str:
    """Draw the ways through the shop and the choice of who shops.

    Returns:
        The shopper: a user of the histories, a name that was typed, or this session's visitor.
    """
    full = st.query_params.get(SCREEN) == "full"
    if full:
        st.html(_FULL)
    ways, who, screen = st.columns([3, 1.8, 1.5], vertical_alignment="bottom")
    with ways.container(horizontal=True, gap="small"):
        for label, icon, place in (("Shop", "storefront", HOME), ("Find by picture", "photo_camera", UPLOAD)):
            if st.button(label, icon=f":material/{icon}:", key=f"to_{place}", type="tertiary"):
                visit(**({} if place == HOME else {VIEW: place}))
        if not full and may_edit() and st.button("Set up", icon=":material/settings:", key="to_setup", type="tertiary"):
            visit(**{VIEW: SETUP})
    if screen.button(
        "Leave" if full else "Full screen", icon=":material/fullscreen_exit:" if full else ":material/fullscreen:",
        key="screen_switch", width="stretch", help="Hides the menu for a demo.",
    ):  # fmt: skip
        st.query_params.pop(SCREEN, None)
        if not full:
            st.query_params[SCREEN] = "full"
        st.rerun()
    with who:
        return _shopper(table)


def _shopper(table: HistoryTable) -> str:
    asked = (st.query_params.get(PERSONA) or "")[:500]
    names = personas(table)
    options = [_NOBODY, *names, *([asked] if asked and asked not in names else [])]
    chosen = st.selectbox(
        "Shopping as",
        options,
        index=options.index(asked) if asked else 0,
        accept_new_options=True,
        help="A user of the histories, or any name; views and wishes are kept under it.",
    )
    chosen = "" if chosen in (None, _NOBODY) else str(chosen)[:500]
    if chosen != asked:
        st.query_params.pop(PERSONA, None)
        if chosen:
            st.query_params[PERSONA] = chosen
        st.rerun()
    return chosen or fresh_visitor()


def heading(words: str) -> None:
    """Write foreign words as a large heading, never as markup."""
    st.html(f'<h2 style="margin:0;padding:0;font-size:1.5rem;overflow-wrap:anywhere">{html.escape(words)}</h2>')


def shelf_row(
    catalog: Catalog, product_ids: Sequence[str], *, key: str, title: str, empty: str = "", most: int = ROW
) -> None:
    """Draw a row of products under a title of ours; a click goes to the product. Nothing to show draws nothing."""
    table = products_of(catalog)
    places = _places(catalog)
    rows = [places[each] for each in product_ids if each in places][:most]
    if not rows and not empty:
        return
    st.markdown(f"**{title}**")
    cards = [row_card(row) for row in table.iloc[rows].itertuples()]
    clicked = product_grid(cards, key=key, label=title.lower(), empty=empty or "Nothing to show.")
    if clicked:
        visit(**{ITEM: clicked})


def _places(catalog: Catalog) -> dict[str, int]:
    return _places_of(catalog.catalog_id, catalog.version, len(products_of(catalog)), catalog)


@st.cache_resource(show_spinner=False, max_entries=4)
def _places_of(catalog_id: int, version: int, products: int, _catalog: Catalog) -> dict[str, int]:
    return {product_id: place for place, product_id in enumerate(products_of(_catalog)["product_id"])}
