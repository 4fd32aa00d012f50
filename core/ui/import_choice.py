"""Step 1 of an import: what somebody sent, as cards to choose from."""

from dataclasses import dataclass, field

import streamlit as st

from core.catalog.source_settings import SourceSettings

KIND_IN_URL = "source"
_CARD_PX = 228


@dataclass(frozen=True)
class SourceKind:
    """A kind of source that can be chosen.

    Attributes:
        title: Its name.
        words: What it is, in one sentence.
        icon: Name of a material icon.
    """

    title: str
    words: str
    icon: str


KINDS = {
    "folder": SourceKind("Folder", "Pictures in one folder a category.", "folder_open"),
    "table": SourceKind("Table file", "CSV, TSV, JSON lines, Parquet or Excel.", "table"),
    "archive": SourceKind("Archive", "A zip or tar of pictures, or a table with them.", "folder_zip"),
    "bson": SourceKind("BSON", "Documents with pictures inside, of any size.", "data_object"),
    "sql": SourceKind("Database", "A read-only query on an SQL database.", "database"),
    "web": SourceKind("Result pages", "Pages of a shop that you may crawl.", "travel_explore"),
    "sample": SourceKind("Sample", "Real clothes, CC0: look around with real data.", "checkroom"),
}


@dataclass(frozen=True)
class ChosenSource:
    """A source as the visitor described it.

    Attributes:
        text: A path or an address, without any password.
        settings: How it is to be read.
        name: Words to suggest the catalog's name from.
        password: Password of a database; kept only while the page is drawn.
    """

    text: str
    settings: SourceSettings
    name: str
    password: str | None = field(default=None, repr=False)


def choose_kind() -> str | None:
    """Draw the cards, or the chosen one with a way back; give the kind, which the address names."""
    chosen = st.query_params.get(KIND_IN_URL)
    if chosen in KINDS:
        kind = KINDS[chosen]
        with st.container(horizontal=True, vertical_alignment="center", key="chosen_kind"):
            st.markdown(f":material/{kind.icon}: **{kind.title}** · {kind.words}")
            if st.button("Another source", icon=":material/arrow_back:", type="tertiary"):
                st.query_params.pop(KIND_IN_URL, None)
                st.rerun()
        return chosen
    _draw_cards()
    return None


def _draw_cards() -> None:
    st.markdown("What do you have? Nothing is imported before you have seen what would come of it.")
    with st.container(horizontal=True, gap="medium", key="source_cards"):
        for name, kind in KINDS.items():
            with st.container(border=True, width=_CARD_PX, height="stretch", key=f"kind_{name}"):
                if st.button(kind.title, icon=f":material/{kind.icon}:", width="stretch", key=f"choose_{name}"):
                    st.query_params[KIND_IN_URL] = name
                    st.rerun()
                st.caption(kind.words)
