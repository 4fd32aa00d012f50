"""How a source is read: what was found out of a table's file, and everything a visitor may say instead."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.catalog.source_settings import SourceSettings
from core.errors import ShelfLensError
from core.ui.import_choice import ChosenSource

_ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16", "gb18030", "shift_jis", "cp1251", "euc_kr", "big5", "mac_roman")
_DELIMITERS = {"comma  ,": ",", "semicolon  ;": ";", "tab": "tab", "pipe  |": "|", "space": "space"}
_BOX_PX = 196
_CURRENCIES = ("EUR", "USD", "GBP", "INR", "JPY", "CNY", "CHF", "SEK", "PLN")


def ask_reading(source: ChosenSource, *, key: str) -> SourceSettings:
    """Ask how a source is to be read, what was found out as placeholder; a folder and a crawl leave nothing open.

    Args:
        source: The source.
        key: Names the source within the session.
    """
    if source.settings.format not in ("table", "archive", "sql"):
        return source.settings
    found = _found(source) if source.settings.format == "table" else {}
    asked: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="reading"):
        asked["currency"] = _choice("Currency of bare prices", _CURRENCIES, f"currency_{key}", "as written")
        if "encoding" in found:
            asked["encoding"] = _choice("Encoding", _ENCODINGS, f"encoding_{key}", f"found: {found['encoding']}")
        if "delimiter" in found:
            names = _choice("Delimiter", tuple(_DELIMITERS), f"delimiter_{key}", f"found: {found['delimiter']}")
            asked["delimiter"] = _DELIMITERS.get(names, names) if names else None
        if "sheet" in found:
            sheet = st.text_input("Sheet", key=f"sheet_{key}", placeholder=found["sheet"], max_chars=100, width=_BOX_PX)
            asked["sheet"] = sheet.strip() or None
    return replace(source.settings, **{name: value for name, value in asked.items() if value})


def _choice(label: str, options: tuple[str, ...], key: str, placeholder: str) -> str | None:
    chosen = st.selectbox(
        label, options, index=None, key=key, placeholder=placeholder, accept_new_options=True, width=_BOX_PX
    )
    return str(chosen) if chosen else None


def _found(source: ChosenSource) -> dict[str, str]:
    """Tell how a table's file is read by itself; nothing where it cannot be read: the preview says why."""
    from core.catalog.tables.table_files import checked_file, table_kind

    try:
        kind = table_kind(checked_file(source.text))
        if kind == "workbook":
            return {"sheet": "the first with rows"}
        return _found_in_text(source.text) if kind == "text" else {}
    except (ShelfLensError, OSError):
        return {}


@st.cache_data(show_spinner=False, max_entries=16, ttl=60)
def _found_in_text(text: str) -> dict[str, str]:
    from core.catalog.tables.delimited import DelimitedReader
    from core.catalog.tables.table_files import checked_file

    reader = DelimitedReader(checked_file(text))
    words = {sign: words for words, sign in _DELIMITERS.items()} | {"\t": "tab", " ": "space"}
    delimiter = reader.dialect.delimiter
    return {"encoding": reader.encoding, "delimiter": words.get(delimiter, repr(delimiter))}
