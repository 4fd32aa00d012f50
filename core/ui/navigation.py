"""The pages, their order and their addresses."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from core.access.actor import Role, allowed

BRAND = Path(__file__).with_name("brand")
PAGES_FOLDER = Path(__file__).resolve().parents[2] / "pages"

_FIRST = "overview"
_SIDEBAR_PX = 232  # the menu fits, and on a narrow screen the page has the rest; on a small one it is folded away
_PAGES = {
    "": [("overview", "Overview", "dashboard")],
    "Data": [
        ("import_products", "Import", "download"),
        ("catalog", "Catalog", "inventory_2"),
        ("clean", "Clean", "cleaning_services"),
        ("quality", "Quality", "health_metrics"),
        ("review", "Review", "rate_review"),
    ],
    "Models": [
        ("train", "Train", "model_training"),
        ("evaluate", "Evaluate", "fact_check"),
        ("compare", "Compare", "balance"),
    ],
    "Explore": [
        ("embeddings", "Embeddings", "scatter_plot"),
        ("recommend", "Recommend", "tune"),
        ("storefront", "Storefront", "storefront"),
    ],
    "This machine": [("health", "Health", "monitor_heart")],
}


_NEEDED = {
    "import_products": (Role.EDITOR, "Importing"),
    "clean": (Role.EDITOR, "Cleaning a catalog"),
    "review": (Role.EDITOR, "Correcting products"),
    "train": (Role.EDITOR, "Training"),
    "health": (Role.EDITOR, "Looking at the machine"),
}
"""Pages that take more than a viewer, and what is done there."""


def page_script(name: str) -> str:
    """Give the script of a page, for links and switches."""
    return str(PAGES_FOLDER / f"{name}.py")


def has_page(name: str) -> bool:
    """Tell whether there is a page of this name."""
    return any(name == entry[0] for entries in _PAGES.values() for entry in entries)


def page_refusal(name: str) -> tuple[str, str] | None:
    """Give the title of a page that is not for whoever acts, and why; None where it is."""
    role, doing = _NEEDED.get(name, (Role.VIEWER, "Looking"))
    if allowed(role):
        return None
    title = next((entry[1] for entries in _PAGES.values() for entry in entries if entry[0] == name), "ShelfLens")
    return title, f"{doing} takes an {role.word}: ask whoever keeps this ShelfLens for that role."


def current_page(*, menu: bool = True) -> st.Page:
    """Tell Streamlit which pages there are and draw the menu; give the page the visitor asked for.

    The icon of the browser's tab is set first: without one of our own, a page's menu icon would be fetched from the
    internet.
    """
    st.set_page_config(
        page_title="ShelfLens", page_icon=str(BRAND / "mark.svg"), layout="wide", initial_sidebar_state=_SIDEBAR_PX
    )
    sections = {
        section: [_page(name, title, icon) for name, title, icon in entries] for section, entries in _PAGES.items()
    }
    # The first page lives at the root; its name leads there too, as every other page's does.
    sections[""].append(st.Page(_to_first_page, title="Overview", url_path=_FIRST, visibility="hidden"))
    # Voters come by the link of a blind test; nobody looks for it in the menu.
    sections[""].append(st.Page(page_script("vote"), title="Vote", url_path="vote", visibility="hidden"))
    return st.navigation(sections, expanded=True, position="sidebar" if menu else "hidden")


def _page(name: str, title: str, icon: str) -> st.Page:
    first = name == _FIRST
    path = "home" if first else None
    # A hidden page keeps its address, so that links to it say what it takes instead of leading nowhere.
    shown = allowed(_NEEDED.get(name, (Role.VIEWER, ""))[0])
    return st.Page(
        page_script(name),
        title=title,
        icon=f":material/{icon}:",
        default=first,
        url_path=path,
        visibility="visible" if shown else "hidden",
    )


def _to_first_page() -> None:
    st.switch_page(page_script(_FIRST), query_params=st.query_params.to_dict())


def link(page: str, label: str, *, icon: str | None = None, **query: object) -> None:
    """Show a link to a page with the query that makes it show the right thing."""
    st.page_link(page_script(page), label=label, icon=icon, query_params=_query(query))


def go(page: str, **query: object) -> None:
    """Leave for a page with the query that makes it show the right thing."""
    st.switch_page(page_script(page), query_params=_query(query))


def _query(values: Mapping[str, object]) -> dict[str, str]:
    """Write a query, leaving out what is not set and keeping the chosen catalog."""
    kept = {"catalog": st.query_params.get("catalog"), **values}
    return {name: str(value) for name, value in kept.items() if value not in (None, "")}
