"""Renaming and deleting a catalog; each with a way back."""

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog, delete_catalog, rename_catalog
from core.ui.address import forget_choice
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.frame import choose_catalog
from core.ui.guard import visitor_name
from core.ui.navigation import go
from core.ui.permission import drawn_for
from core.ui.said import say_next
from core.ui.wording import counted


def draw_care(catalog: Catalog) -> None:
    """Draw everything about the catalog itself."""
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, height="stretch"):
        _draw_rename(catalog)
    with right, st.container(border=True, height="stretch"):
        _draw_delete(catalog)


@drawn_for(Role.EDITOR, "Renaming a catalog")
def _draw_rename(catalog: Catalog) -> None:
    st.header("Rename", anchor=False)
    with st.form("rename", border=False):
        name = st.text_input("New name", catalog.name, max_chars=100, help="Letters, digits, '-' and '_'.")
        if st.form_submit_button("Rename") and name != catalog.name:
            with shown_errors():
                rename_catalog(home(), catalog.name, name, actor=visitor_name())
                choose_catalog(name)
                st.rerun()


@drawn_for(Role.ADMIN, "Deleting a catalog")
def _draw_delete(catalog: Catalog) -> None:
    st.header("Delete", anchor=False)
    st.markdown(
        f"Takes {counted(catalog.products, 'product')} out of sight. Runs keep their figures. "
        "You can undo it on the Overview page under *Last changes*."
    )
    sure = st.checkbox("Yes, delete this catalog", key=f"sure_{catalog.catalog_id}")
    if st.button("Delete", disabled=not sure, icon=":material/delete:"):
        delete_catalog(home(), catalog.name, actor=visitor_name())
        forget_choice("catalog")
        say_next("Deleted. Undo it under Last changes.", icon=":material/delete:")
        go("overview")
