"""The shop itself: its home, a shelf for each category, and the page of a product."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.products import get_product
from core.errors import CatalogError
from core.recommend.history_table import HistoryTable
from core.recommend.hybrid_content import typical_rows
from core.recommend.index import CatalogIndex
from core.ui.caches import counts_of, large_picture, products_of
from core.ui.caches import home as home_of
from core.ui.errors import show_problem
from core.ui.product_grid import Card, page_rows, product_grid, row_card
from core.ui.storefront_frame import ITEM, ROW, SHELF, heading, shelf_row, visit
from core.ui.storefront_state import companions, recommended, record, shopper_taste, wishes_of
from core.ui.wording import counted, price_text, short_category

CATEGORIES_SHOWN = 24
_BASIS = {
    "histories": "Recommended for you",
    "popularity": "What most people look at",
    "catalog": "A look around the shop",
}


def draw_home(catalog: Catalog, index: CatalogIndex, table: HistoryTable, user: str) -> None:
    """Draw what a shopper sees first: what they looked at, what may please them, and the categories."""
    taste = shopper_taste(catalog, user)
    shelf_row(catalog, taste.recent, key="recent_row", title="Recently viewed")
    hybrid = float(st.session_state.get("hybrid_weight", 0.7))
    method = str(st.session_state.get("history_method", "order"))
    found = recommended(catalog, index, table, taste, k=2 * ROW, hybrid=hybrid, method=method)
    ids = [index.product_ids[row] for row in found.rows]
    shelf_row(
        catalog, ids, key="recommended_row", title=_BASIS[found.basis], empty="There is nothing to recommend yet."
    )
    shelf_row(catalog, wishes_of(taste), key="wish_row", title="Your wish-list")
    _draw_categories(catalog, index)


def _draw_categories(catalog: Catalog, index: CatalogIndex) -> None:
    counts = [(path, count) for path, count in counts_of(catalog, "category").items() if path]
    if not counts:
        return
    st.markdown("**Shop by category**")
    faces = _faces(catalog, index)
    cards = [
        Card(path, short_category(path), faces.get(path), badges=((counted(count, "product"), ""),))
        for path, count in counts[:CATEGORIES_SHOWN]
    ]
    clicked = product_grid(cards, key="category_row", label="categories", small=True)
    if clicked:
        visit(**{SHELF: clicked})
    if len(counts) > CATEGORIES_SHOWN:
        more = [path for path, _count in counts[CATEGORIES_SHOWN:]]
        chosen = st.selectbox("All other categories", more, index=None, placeholder="Choose a category")
        if chosen:
            visit(**{SHELF: chosen})


def _faces(catalog: Catalog, index: CatalogIndex) -> dict[str, str | None]:
    return _faces_of(catalog.catalog_id, catalog.version, index.embedding_version, str(home_of().root), catalog, index)


@st.cache_resource(show_spinner=False, max_entries=4)
def _faces_of(
    catalog_id: int, version: int, embedding: str, root: str, _catalog: Catalog, _index: CatalogIndex
) -> dict[str, str | None]:
    """Choose a picture for each of the largest categories: its most typical product's."""
    table = products_of(_catalog)
    shown = dict(zip(table["product_id"], table["picture_hash"], strict=True))
    faces: dict[str, str | None] = {}
    for row in typical_rows(_index, k=2 * CATEGORIES_SHOWN):
        faces.setdefault(str(_index.category_of(int(row))), shown.get(_index.product_ids[row]))
    return faces


def draw_shelf(catalog: Catalog, category: str) -> None:
    """Draw a category: its products and those of the categories below it."""
    table = products_of(catalog)
    paths = table["category"].fillna("")
    rows = table[(paths == category) | paths.str.startswith(f"{category} > ")]
    heading(" › ".join(category.split(" > ")))
    if rows.empty:
        st.info("This shelf is empty or was renamed; go back to the shop.", icon=":material/shelves:")
        return
    st.text(counted(len(rows), "product"))
    shown = page_rows(len(rows), key="page")
    clicked = product_grid([row_card(row) for row in rows.iloc[shown].itertuples()], key="shelf", label="products")
    if clicked:
        visit(**{ITEM: clicked})


def draw_item(catalog: Catalog, index: CatalogIndex, table: HistoryTable, user: str, product_id: str) -> None:
    """Draw the page of a product: picture, words, what goes with it and what is like it."""
    try:
        product = get_product(home_of(), catalog, product_id)
    except CatalogError:
        show_problem(f"There is no product {product_id[:100]!r} in this shop.", title="Product not found")
        return
    record(catalog, user, product_id, "view")
    taste = shopper_taste(catalog, user)
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        if product.picture_hashes:
            st.image(large_picture(product.picture_hashes[0]), width="stretch")
        else:
            st.info("This product has no picture.", icon=":material/image_not_supported:")
    with right:
        heading(product.title)
        price = price_text(product.price_minor_units, product.currency)
        st.text(" · ".join(each for each in (price, product.brand, product.color) if each) or "No price yet")
        _draw_wish(catalog, user, product_id, wished=product_id in wishes_of(taste))
        if product.category:
            st.text(product.category.replace(" > ", " › "))
            if st.button("See the whole shelf", icon=":material/shelves:", key="to_shelf"):
                visit(**{SHELF: product.category})
        if product.description:
            st.text(product.description[:1500])
    if product_id in index.rows:
        _draw_companions(catalog, index, table, product_id)
    recent = [each for each in taste.recent if each != product_id]
    shelf_row(catalog, recent, key="item_recent", title="Recently viewed")


def _draw_companions(catalog: Catalog, index: CatalogIndex, table: HistoryTable, product_id: str) -> None:
    if not index.category.paths:
        return
    goes, related = companions(catalog, index, table, product_id, k=ROW)
    ids = [index.product_ids[row] for row in goes.rows]
    shelf_row(catalog, ids, key="complement_row", title="Goes well with it")
    shelf_row(catalog, related, key="related_row", title="More like this")


def _draw_wish(catalog: Catalog, user: str, product_id: str, *, wished: bool) -> None:
    label = "On the wish-list" if wished else "Add to wish-list"
    icon = ":material/favorite:" if wished else ":material/favorite_border:"
    if st.button(label, icon=icon, key="wish", disabled=wished, type="primary"):
        record(catalog, user, product_id, "wish")
        st.rerun()


def percent_rows(labels: list[dict[str, object]]) -> pd.DataFrame:
    """Lay out labels with percentages."""
    return pd.DataFrame(
        {
            "Label": [each["name"] for each in labels],
            "Share": [float(str(each["probability"])) * 100 for each in labels],
        }
    )
