"""Step 2 of an import: the first rows as they are read, and the products they become, with the mapping to correct."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.source_password import given_password
from core.catalog.source_preview import SourcePreview, preview_source
from core.catalog.source_settings import MAPPED_FIELDS, SourceSettings
from core.progress import SilentProgress
from core.ui.caches import home
from core.ui.import_choice import ChosenSource
from core.ui.import_products_shown import draw_products
from core.ui.import_reading import ask_reading
from core.ui.wording import counted, number_text, shortened

_CORRECTIONS = "_mapping_corrections"
_LEFT_OUT = "no column"
_CELL_CHARACTERS = 200
_MOST_DETAILS = 3
_FIELD_WORDS = {
    "product_id": "Product id",
    "picture": "Pictures",
    "price_was": "Price before",
    "specifications": "Specifications",
}


def draw_source(source: ChosenSource) -> tuple[SourceSettings, SourcePreview]:
    """Draw what is in a source; give the settings as corrected, and what was seen with them.

    Raises:
        CatalogError: The source cannot be read.
    """
    digest = hashlib.sha256(source.text.encode("utf-8", "replace")).hexdigest()[:12]
    settings = replace(ask_reading(source, key=digest), columns=dict(_corrections(digest)))
    preview = _previewed(replace(source, settings=settings))
    _draw_counts(preview)
    _draw_warnings(preview)
    if preview.columns:
        _draw_mapping(preview, digest)
    draw_products(preview.records)
    if preview.rows:
        _draw_rows(preview)
    return replace(settings, columns=_pinned(settings, preview)), preview


def _pinned(settings: SourceSettings, preview: SourcePreview) -> dict[str, str]:
    """Name every column as it was seen, so that the import cannot understand the table in another way."""
    seen = {each.field: each.column for each in preview.mapping if each.field in MAPPED_FIELDS}
    return {**seen, **settings.columns}


def _previewed(source: ChosenSource) -> SourcePreview:
    with given_password(source.password):
        return _preview(
            str(home().root), source.text, repr(source.settings), _state_of_file(source.text), source.settings
        )


@st.cache_data(show_spinner="Looking into it", max_entries=4, ttl=600)
def _preview(root: str, text: str, written: str, state: Any, _settings: SourceSettings) -> SourcePreview:
    return preview_source(home(), text, settings=_settings, progress=SilentProgress())


def _state_of_file(text: str) -> tuple[int, int] | None:
    """Give size and time of a file, so that one that was changed is looked into again."""
    try:
        found = Path(text).expanduser().stat()
    except (OSError, RuntimeError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def _corrections(digest: str) -> dict[str, str]:
    """Give what the visitor corrected in the mapping of a source: column by field."""
    kept = st.session_state.get(_CORRECTIONS)
    if kept is None or kept[0] != digest:
        kept = st.session_state[_CORRECTIONS] = (digest, {})
    corrections: dict[str, str] = kept[1]
    return corrections


def _draw_counts(preview: SourcePreview) -> None:
    figures = st.columns(4)
    noun = "Rows" if preview.columns else "Products"
    figures[0].metric(noun, number_text(preview.count) if preview.count is not None else "counted while importing")
    figures[1].metric("Columns", number_text(len(preview.columns)) if preview.columns else "–")
    pictures = sum(len(record.pictures) for record in preview.records)
    figures[2].metric(f"Pictures of the first {len(preview.records)}", number_text(pictures))
    figures[3].metric("Not usable so far", number_text(len(preview.skipped)))


def _draw_warnings(preview: SourcePreview) -> None:
    """Say what to look at first; the words may hold foreign names, so they are text."""
    if not preview.warnings:
        return
    details = [file.detail and f"{file.name}: {file.detail}" for file in preview.skipped[:_MOST_DETAILS]]
    with st.container(border=True, key="preview_warnings"):
        st.markdown(":orange[:material/warning:] **Look at this first**")
        for words in (*preview.warnings, *filter(None, details)):
            st.text(shortened(words, 400))


def _draw_mapping(preview: SourcePreview, digest: str) -> None:
    """Draw one row a field with a box to correct it."""
    title, reset = st.columns([4, 1.4], vertical_alignment="center")
    title.markdown("**Which column is what**")
    corrections = _corrections(digest)
    if corrections and reset.button("Back to automatic", icon=":material/restart_alt:", width="stretch"):
        corrections.clear()
        st.rerun()
    found = {each.field: each for each in preview.mapping}
    with st.container(border=True, key="mapping"):
        for name in dict.fromkeys((*MAPPED_FIELDS, *found)):
            mapped = found.get(name)
            _draw_field(
                name,
                mapped.column if mapped else None,
                _reason(mapped, corrected=name in corrections),
                preview.columns,
                digest,
            )
    if preview.attribute_columns:
        shown = ", ".join(preview.attribute_columns[:20])
        st.text(f"{counted(len(preview.attribute_columns), 'other column')} become attributes: {shortened(shown, 300)}")


def _reason(mapped: Any, *, corrected: bool) -> str:
    if mapped is None:
        return "left out by you" if corrected else "no column fits"
    return mapped.reason if mapped.confidence >= 1 else f"{mapped.reason} ({mapped.confidence:.0%} sure)"


def _draw_field(name: str, current: str | None, reason: str, columns: tuple[str, ...], digest: str) -> None:
    label = _FIELD_WORDS.get(name, name.replace("_", " ").capitalize())
    words, box, why = st.columns([1.5, 2.3, 3], vertical_alignment="center")
    words.text(label)
    why.text(shortened(reason, 160))
    options = [_LEFT_OUT, *([current] if current and current not in columns else []), *columns]
    # The key names the choice: another correction may take a column away, and the box then begins anew.
    key = f"map_{digest}_{name}_{hashlib.sha256(repr(current).encode('utf-8', 'replace')).hexdigest()[:8]}"

    def corrected() -> None:
        chosen = st.session_state[key]
        _corrections(digest)[name] = "" if chosen == _LEFT_OUT else chosen

    box.selectbox(
        label,
        options,
        index=options.index(current) if current else 0,
        key=key,
        on_change=corrected,
        label_visibility="collapsed",
    )


def _draw_rows(preview: SourcePreview) -> None:
    with st.expander(f"The first {counted(len(preview.rows), 'row')} as read", icon=":material/table_rows:"):
        frame = pd.DataFrame(
            [{name: shortened(cell, _CELL_CHARACTERS) for name, cell in row.items()} for row in preview.rows],
            columns=list(preview.columns),
        )
        st.dataframe(frame, hide_index=True, width="stretch")
