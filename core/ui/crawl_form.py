"""Asking for result pages: an address, what its first page holds, and the selectors to correct while it is seen."""

import json
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from core.catalog.source_settings import SourceSettings
from core.catalog.web.crawl_preview import CrawlPreview, preview_crawl
from core.catalog.web.crawl_settings import FIELDS, CrawlSettings, crawl_settings
from core.errors import Cancelled, ShelfLensError
from core.ui.caches import home
from core.ui.crawl_found import draw_found
from core.ui.errors import show_problem
from core.ui.import_choice import ChosenSource
from core.ui.wording import number_text

_LOOKED = "_crawl_looked"
_FIELD = "crawl_field_"
_TEXTS = ("product", *FIELDS, "next_selector", "page_address", "fixed_category")
_SHOWN_FIELDS = ("link", "picture", "title", "price", "brand", "category", "color", "description", "currency")
_NEXT_WORDS = {
    "none": "nothing: this page only",
    "link": "a link",
    "button": "a button that loads more",
    "scroll": "more when scrolled to the end",
    "pages": "a number in the address",
}
_RENDER_WORDS = {"auto": "found out", "static": "as the server sends it", "browser": "by a browser (Chromium)"}
_CHOICES = {"next": _NEXT_WORDS, "render": _RENDER_WORDS}
_NUMBERS = ("stop_products", "stop_pages", "seconds")
_ALL = (*_TEXTS, *_CHOICES, *_NUMBERS, "follow")


def ask_crawl() -> ChosenSource | None:
    """Ask for result pages; None until a page was looked at and holds products."""
    st.markdown(
        "Crawl only pages you may crawl: your own shop, or one whose owner allows it. ShelfLens asks with its own "
        "name, slowly, and only where the site's robots.txt lets it."
    )
    asked = _ask_address()
    if asked is None:
        return None
    address, hosts = asked
    try:
        chosen, preview = _looked(address, hosts)
    except (ShelfLensError, Cancelled) as error:
        show_problem(error, title="This page cannot be crawled")
        if getattr(error, "reason", "") == "private_address":
            st.caption("Here its host is allowed above, under *The shop runs on a private network*.")
        _draw_anew(address, hosts)
        return None
    draw_found(preview)
    _draw_selectors(preview)
    _draw_pace(preview)
    if not preview.products:
        return None
    settings = SourceSettings(format="web", allowed_hosts=hosts, crawl=chosen.to_json())
    return ChosenSource(address, settings, _name(address))


def _ask_address() -> tuple[str, tuple[str, ...]] | None:
    """Ask for the page; give the one that was looked at last, with the hosts allowed for it."""
    left, right = st.columns([5, 1.4], vertical_alignment="bottom", gap="small")
    text = left.text_input(
        "Address of a result page",
        key="crawl_address",
        placeholder="https://shop.example/shirts",
        max_chars=4000,
        help="A page that lists products: a category or the results of a search.",
    ).strip()
    pressed = right.button("Look at the page", type="primary", icon=":material/travel_explore:", width="stretch")
    with st.expander("The shop runs on a private network", icon=":material/lan:"):
        allowed = st.text_input(
            "Hosts to allow",
            key="crawl_hosts",
            placeholder="shop.local",
            max_chars=1000,
            help="Private and local addresses are refused unless their host is named here, parted by blanks.",
        )
    if pressed and text:
        _forget_fields()
        st.session_state[_LOOKED] = {"address": text, "hosts": allowed.replace(",", " ").split()}
    looked = st.session_state.get(_LOOKED)
    if looked is None or not text:
        return None
    if looked["address"] != text or looked["hosts"] != allowed.replace(",", " ").split():
        st.caption("Press *Look at the page* to look at this one.")
        return None
    return looked["address"], tuple(looked["hosts"])


def _looked(address: str, hosts: tuple[str, ...]) -> tuple[CrawlSettings, CrawlPreview]:
    """Look at the page with the selectors as they stand; at first with none, so that they are guessed."""
    _restore()
    chosen = _chosen()
    preview = _preview(str(home().root), address, hosts, json.dumps(chosen, sort_keys=True))
    if not chosen:
        _fill(preview.settings)
        return preview.settings, preview
    return crawl_settings(chosen), preview


@st.cache_data(show_spinner="Looking at the page", max_entries=8, ttl=600)
def _preview(root: str, address: str, hosts: tuple[str, ...], written: str) -> CrawlPreview:
    return preview_crawl(home(), address, crawl_settings(json.loads(written)), allowed_hosts=hosts)


def _chosen() -> dict[str, Any]:
    """Gather what the fields say; nothing before they were filled."""
    kept = {name: st.session_state.get(f"{_FIELD}{name}") for name in _ALL}
    values = {name: value for name, value in kept.items() if value not in (None, "")}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _fill(settings: CrawlSettings) -> None:
    """Put guesses into the fields, before these are drawn."""
    for name in _ALL:
        st.session_state[f"{_FIELD}{name}"] = getattr(settings, name)


def _restore() -> None:
    """Bring back what fields held that were not drawn for once, as while an error was shown."""
    kept = st.session_state[_LOOKED].setdefault("fields", {})
    for name in _ALL:
        if f"{_FIELD}{name}" in st.session_state:
            kept[name] = st.session_state[f"{_FIELD}{name}"]
        elif name in kept:
            st.session_state[f"{_FIELD}{name}"] = kept[name]


def _forget_fields() -> None:
    for name in [key for key in st.session_state if str(key).startswith(_FIELD)]:
        del st.session_state[name]


def _draw_anew(address: str, hosts: tuple[str, ...]) -> None:
    """Draw the way out of settings that cannot be used, and of a site that did not answer."""
    if _chosen():
        _draw_selectors(None)
    label = "Start over with guesses" if _chosen() else "Try again"
    if st.button(label, icon=":material/restart_alt:"):
        _forget_fields()
        st.session_state[_LOOKED] = {"address": address, "hosts": list(hosts)}
        st.rerun()


def _draw_selectors(preview: CrawlPreview | None) -> None:
    """Draw one box a selector, with how many cards it finds something in."""
    matches = {} if preview is None else preview.matches
    cards = matches.get("product", 0)
    with st.expander("What is where on the page", icon=":material/ads_click:", expanded=preview is None or not cards):
        st.caption(
            "CSS selectors, looked up inside each product's card; `img@alt` takes an attribute. All of them are "
            "guesses: change any."
        )
        _text("product", "Card of one product", f"{number_text(cards)} on this page" if preview else "", "li.product")
        columns = st.columns(3, gap="medium")
        for place, name in enumerate(_SHOWN_FIELDS):
            looked = (
                f"in {number_text(matches.get(name, 0))} of {number_text(cards)}"
                if name in matches
                else "not looked for"
            )
            found = looked if preview else ""
            with columns[place % 3]:
                _text(name, name.capitalize(), found, "")


def _draw_pace(preview: CrawlPreview) -> None:
    """Draw how the crawl goes on, how far and how fast."""
    with st.container(border=True, key="crawl_pace"):
        columns = st.columns(3, gap="medium")
        with columns[0]:
            _choice("next", "What leads to the next results")
            if preview.settings.next in ("link", "button"):
                _text("next_selector", "Its selector", "", "a.next")
            if preview.settings.next == "pages" or st.session_state.get(f"{_FIELD}next") == "pages":
                _text(
                    "page_address", "Address with {page} for the number", "", "https://shop.example/shirts?page={page}"
                )
        with columns[1]:
            st.number_input("Stop after so many products", 1, 100_000, key=f"{_FIELD}stop_products", step=100)
            st.number_input("Stop after so many pages", 1, 10_000, key=f"{_FIELD}stop_pages")
        with columns[2]:
            st.number_input("Seconds between two requests", 0.0, 300.0, key=f"{_FIELD}seconds", step=0.5)
            _choice("render", "Pages are read")
        left, right = st.columns([2, 1], gap="medium", vertical_alignment="bottom")
        with left:
            _text("fixed_category", "Category of all products", "", "as the pages say")
        right.toggle(
            "Read each product's own page",
            key=f"{_FIELD}follow",
            help="Adds description, color and larger pictures, and one request a product.",
        )


def _choice(name: str, label: str) -> None:
    words = _CHOICES[name]
    st.selectbox(label, list(words), format_func=lambda each: words[each], key=f"{_FIELD}{name}")


def _text(name: str, label: str, found: str, placeholder: str) -> None:
    shown = f"{label} · {found}" if found else label
    st.text_input(shown, key=f"{_FIELD}{name}", placeholder=placeholder, max_chars=500)


def _name(address: str) -> str:
    """Give words to suggest the catalog's name from: the host and the last part of the path."""
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "-".join(filter(None, [(parts.hostname or "").removeprefix("www."), last]))
